import csv
import json
from types import SimpleNamespace

import pluggy

from ganzoo import hookspecs
from ganzoo.hookspecs import hookimpl
from ganzoo.watch import log
from ganzoo.watch.log import history


def play(run, *steps):
    for step in steps:
        run.step, run.record = step, {"value/objective": -1.0 / step}
        log.ganzoo_step_ended(run)


def test_each_log_point_is_one_line(run):
    play(run, 1, 50)
    lines = [json.loads(line) for line in (run.folder / "metrics.jsonl").read_text().splitlines()]
    assert [line["step"] for line in lines] == [1, 50]
    assert lines[1]["value/objective"] == -0.02
    assert lines[0]["time"] <= lines[1]["time"]


def test_what_is_not_finite_is_null(run):
    run.record = {"a": float("nan"), "b": float("inf"), "c": 1.0}
    log.ganzoo_step_ended(run)
    [point] = history(run.folder)
    assert (point["a"], point["b"], point["c"]) == (None, None, 1.0)


def test_a_resumed_run_forgets_what_it_will_play_again(run):
    play(run, 100, 200, 300)
    with (run.folder / "metrics.jsonl").open("a") as file:
        file.write('{"step": 400, "ti')  # torn by a crash
    assert [point["step"] for point in history(run.folder)] == [100, 200, 300]
    run.step = 200
    log.ganzoo_run_started(run)
    play(run, 300)
    assert [point["step"] for point in history(run.folder)] == [100, 200, 300]


def test_a_torn_line_does_not_swallow_the_next_one(run):
    play(run, 100)
    with (run.folder / "metrics.jsonl").open("a") as file:
        file.write('{"step": 200')
    log.ganzoo_run_started(run)
    play(run, 200)
    assert [point["step"] for point in history(run.folder)] == [100, 200]


def test_a_run_that_never_logged_has_no_history(run):
    log.ganzoo_run_started(run)
    assert history(run.folder) == []


def test_the_table_has_a_column_for_every_name(run):
    play(run, 1)
    run.step, run.record = 2, {"auc": 0.5}
    log.ganzoo_step_ended(run)
    log.ganzoo_run_ended(run)
    with (run.folder / "metrics.csv").open(newline="") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["step", "time", "value/objective", "auc"]
    assert [(row["step"], row["value/objective"], row["auc"]) for row in rows] == [("1", "-1.0", ""), ("2", "", "0.5")]


def test_the_log_is_written_after_the_others_have_looked(run):
    class Other:
        @hookimpl
        def ganzoo_step_ended(self, run):
            run.record["auc"] = 0.75

    manager = pluggy.PluginManager(hookspecs.PROJECT)
    manager.add_hookspecs(hookspecs)
    manager.register(Other())
    manager.register(log)  # the last to be registered is called first, were it not for trylast
    manager.check_pending()
    manager.hook.ganzoo_step_ended(run=run)
    assert history(run.folder)[0]["auc"] == 0.75


def test_a_checkpoint_is_noted_in_the_runs_log(tmp_path):
    told = []
    log.ganzoo_checkpoint_saved(
        SimpleNamespace(step=1000, files=SimpleNamespace(tell=told.append)), tmp_path / "step-00001000.safetensors"
    )
    assert told == ["step 1,000 is saved in step-00001000.safetensors"]
