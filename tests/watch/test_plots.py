import numpy as np
from PIL import Image

from ganzoo.watch import log
from ganzoo.watch.plots import save_plots


def play(run, records):
    for number, record in enumerate(records):
        run.step, run.record = 100 * number, record
        log.ganzoo_step_ended(run)


def test_only_what_was_recorded_is_plotted(run):
    assert save_plots(run) == []
    play(run, [{"value/objective": -1.0, "score/gradient": 2.0}] * 3)
    assert [path.name for path in save_plots(run)] == ["objectives.png", "gradients.png"]


def test_a_plot_has_a_row_for_each_player(run):
    play(run, [{"value/objective": -1.0}] * 3)
    [one] = save_plots(run)
    with Image.open(one) as picture:
        height = picture.height
    play(run, [{"value/objective": -1.0, "score/objective": -0.7}] * 3)
    [two] = save_plots(run)
    with Image.open(two) as picture:
        assert picture.height > 1.5 * height


def test_a_single_point_and_missing_values_can_be_seen(plane_run):
    play(plane_run, [{"modes": 1, "auc": float("nan")}, {"auc": 0.4}, {"auc": float("nan")}])
    by_name = {path.stem: path for path in save_plots(plane_run)}
    assert list(by_name) == ["auc", "modes"]
    for path in by_name.values():
        with Image.open(path) as picture:
            pixels = np.asarray(picture.convert("RGB")).astype(int)
        assert ((pixels[..., 2] - pixels[..., 0]) > 100).any()  # something blue
        assert ((pixels[..., 0] - pixels[..., 2]) > 100).any()  # the dashed line where it is solved
