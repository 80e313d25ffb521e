import numpy as np
import pytest
from PIL import Image

from ganzoo.watch import log, pictures
from ganzoo.watch.pictures import frames


def play(run, *steps):
    for step in steps:
        run.step, run.record = step, {"value/objective": -1.0, "auc": 0.8}
        log.ganzoo_step_ended(run)
        pictures.ganzoo_step_ended(run)


def names(run):
    return [path.name for path in frames(run.folder)]


def test_the_data_and_the_untrained_generator_are_shown_at_once(run):
    pictures.ganzoo_run_started(run)
    with Image.open(run.folder / "reals.png") as reals, Image.open(run.folder / "samples/000000.png") as first:
        assert reals.size == first.size == (8 * 58 + 2, 8 * 58 + 2)  # 64 cells
        assert np.asarray(reals).std() > 30
    assert len(run.told) == 1
    assert "reals.png" in run.told[0]
    assert "samples/000000.png" in run.told[0]


def test_pictures_are_made_only_when_they_are_due(run):
    pictures.ganzoo_run_started(run)
    play(run, 100)
    run.due_for_picture = False
    play(run, 150)
    assert names(run) == ["000000.png", "000100.png"]


def test_pictures_stay_in_order_beyond_six_digits(run):
    run.steps = 2_000_000
    play(run, 1_000_000, 999_000)
    assert names(run) == ["999000.png", "1000000.png"]


def test_a_resumed_run_forgets_pictures_that_it_will_make_again(run):
    pictures.ganzoo_run_started(run)
    play(run, 100, 200, 300)
    before = (run.folder / "reals.png").stat().st_mtime_ns
    run.step = 200
    pictures.ganzoo_run_started(run)
    assert names(run) == ["000000.png", "000100.png", "000200.png"]
    assert (run.folder / "reals.png").stat().st_mtime_ns == before
    assert len(run.told) == 1


@pytest.mark.parametrize("kind", ["run", "plane_run"])
def test_the_end_leaves_samples_an_animation_plots_and_a_report(request, kind):
    run = request.getfixturevalue(kind)
    pictures.ganzoo_run_started(run)
    play(run, 1000, 2000, 3000)
    pictures.ganzoo_run_ended(run)
    assert (run.folder / "samples.png").read_bytes() == (run.folder / "samples/003000.png").read_bytes()
    with Image.open(run.folder / "progress.webp") as animation:
        assert animation.n_frames == 4
    assert (run.folder / "progress.webp").stat().st_size < 1_000_000
    assert {path.name for path in (run.folder / "plots").iterdir()} == {"objectives.png", "auc.png"}
    assert (run.folder / "report.html").stat().st_size < 5_000_000


def test_a_game_without_samples_has_plots_and_a_report_only(game_run):
    pictures.ganzoo_run_started(game_run)
    play(game_run, 1, 2)
    pictures.ganzoo_run_ended(game_run)
    made = {path.name for path in game_run.folder.iterdir()}
    assert made == {"metrics.jsonl", "plots", "report.html"}
    assert game_run.told == []


def test_two_runs_in_one_process_do_not_mix(run, tmp_path):
    other = type(run)(tmp_path / "other", run.space)
    other.folder.mkdir()
    for each in (run, other):
        pictures.ganzoo_run_started(each)
    play(run, 100)
    play(other, 700)
    assert names(run) == ["000000.png", "000100.png"]
    assert names(other) == ["000000.png", "000700.png"]
