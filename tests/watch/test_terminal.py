import io
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest
import torch

from ganzoo.watch import terminal
from ganzoo.watch.terminal import Terminal

COMMANDS = ("train", "sample", "resume")
RECORD = {"value/objective": -1.0734, "score/objective": -0.7, "auc": 0.931, "rate": 178.3}


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self):
        return True


class OldFile(io.TextIOWrapper):
    """A file in an encoding that knows no dots and ticks."""

    def __init__(self):
        super().__init__(io.BytesIO(), encoding="ascii", newline="")

    def text(self):
        self.flush()
        return self.buffer.getvalue().decode("ascii")


@pytest.fixture
def clock(monkeypatch):
    """The monotonic clock, moved by hand."""
    clock = SimpleNamespace(now=1000.0)
    monkeypatch.setattr(terminal.time, "monotonic", lambda: clock.now)
    return clock


@pytest.fixture
def in_runs(run, monkeypatch):
    """The run in runs/, seen from where it was started."""
    monkeypatch.chdir(run.folder.parent)
    run.folder = Path("runs") / "a-gan-digits-001"
    return run


def play(run, listener, clock, *, seconds, times=100, until=None):
    listener.started(run)
    for number in range(1, times + 1):
        clock.now += seconds / times
        run.step, run.record = run.steps * number // times, RECORD
        listener.progress(run)
        if run.step == until:
            break
    run.exit_reason = "done"
    listener.ended(run)


def test_a_short_run_in_a_file_is_five_lines(in_runs, clock):
    stream = io.StringIO()
    play(in_runs, Terminal(False, stream, COMMANDS), clock, seconds=19)
    assert stream.getvalue().splitlines() == [
        "data    digits (1,797 images, 1x8x8)       device  cpu, 1 thread",
        "nets    G 1.1k · D 1k parameters           plan    3,000 steps, about 17 s",
        "folder  runs/a-gan-digits-001",
        "✔ 3,000 steps in 19 s          saved runs/a-gan-digits-001",
        "  next: ganzoo sample latest -n 16 · ganzoo resume latest --steps 6000",
    ]


@pytest.mark.parametrize(
    ("device", "processes", "precision", "said"),
    [
        ("cpu", 1, "bf16", "cpu, 1 thread, bf16"),
        ("cpu", 3, "fp32", "cpu, 3 processes, 1 thread each"),
        ("cuda:0", 1, "bf16", "cuda:0, bf16"),
        ("cuda:0", 2, "fp32", "cuda, 2 processes"),
    ],
)
def test_what_is_played_on_is_said(in_runs, device, processes, precision, said):
    stream = io.StringIO()
    in_runs.setup.device, in_runs.setup.processes.count = torch.device(device), processes
    in_runs.settings.precision = precision
    Terminal(False, stream, COMMANDS).started(in_runs)
    assert stream.getvalue().splitlines()[0].endswith(f"device  {said}")


def test_a_long_run_in_a_file_says_a_line_every_five_per_cent(in_runs, clock):
    stream = io.StringIO()
    play(in_runs, Terminal(False, stream, COMMANDS), clock, seconds=6000)
    lines = [line for line in stream.getvalue().splitlines() if "/3,000" in line]
    assert len(lines) == 19
    assert lines[0] == "  150/3,000  V -1.07 (-1.386)  AUC .93  178 step/s  0:16 left"


def test_lines_are_half_a_minute_apart_in_a_file(in_runs, clock):
    stream = io.StringIO()
    play(in_runs, Terminal(False, stream, COMMANDS), clock, seconds=120)
    assert stream.getvalue().count("/3,000") == 3


def test_a_very_slow_run_is_not_silent(in_runs, clock):
    stream = io.StringIO()
    play(in_runs, Terminal(False, stream, COMMANDS), clock, seconds=100 * 3600, times=1000)
    assert stream.getvalue().count("/3,000") == 499  # one in 720 s, each due after 600 s


def test_the_live_line_never_wraps_and_goes_away(in_runs, clock, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    for name in ("NO_COLOR", "FORCE_COLOR", "TTY_COMPATIBLE", "TTY_INTERACTIVE"):
        monkeypatch.delenv(name, raising=False)
    for columns in (80, 60, 40):
        monkeypatch.setenv("COLUMNS", str(columns))
        screen = Screen()
        listener = Terminal(False, screen, COMMANDS)
        play(in_runs, listener, clock, seconds=19)
        shown = plain(screen.getvalue())
        live = [line for line in shown if "/3,000" in line and "steps" not in line]
        assert len(live) >= 100
        assert all(len(line) <= columns for line in live)
        assert "1,500/3,000" in "".join(live)  # the bar and the facts give way, the step does not
        assert shown[-1].startswith("  next:")
        assert screen.getvalue().count("\x1b[?25l") == screen.getvalue().count("\x1b[?25h") == 1  # the cursor
        in_runs.step = 0
    assert "V -1.07 (-1.386)" in live[-1]


def test_the_live_line_says_all_in_eighty_columns(in_runs, clock, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "80")
    screen = Screen()
    play(in_runs, Terminal(False, screen, COMMANDS), clock, seconds=19)
    [line] = {line for line in plain(screen.getvalue()) if "1,500/3,000" in line}
    assert line.endswith("V -1.07 (-1.386)  AUC .93  178 step/s  0:08 left")


def plain(text):
    """The lines of a screen's text, without the codes that move and colour."""
    import re

    return [line for line in re.split(r"[\r\n]+", re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", text)) if line]


def test_lines_are_told_above_the_live_line_as_they_are(in_runs, clock, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    screen = Screen()
    listener = Terminal(False, screen)
    listener.started(in_runs)
    listener.tell("[bold]not markup[/bold] " + "long " * 40)
    in_runs.exit_reason = "stopped: by a signal"
    listener.ended(in_runs)
    assert "[bold]not markup[/bold] " + "long " * 40 in screen.getvalue()
    assert "✔" not in screen.getvalue()


def test_a_dumb_terminal_gets_plain_lines(in_runs, clock, monkeypatch):
    monkeypatch.setenv("TERM", "dumb")
    screen = Screen()
    play(in_runs, Terminal(False, screen), clock, seconds=19)
    assert "\x1b" not in screen.getvalue()


def test_quiet_says_the_folder_only(in_runs, clock):
    stream = io.StringIO()
    listener = Terminal(True, stream, COMMANDS)
    listener.tell("something")
    play(in_runs, listener, clock, seconds=600)
    assert stream.getvalue() == "runs/a-gan-digits-001\n"


def test_a_stream_without_unicode_gets_plain_characters(in_runs, clock):
    stream = OldFile()
    play(in_runs, Terminal(False, stream, COMMANDS), clock, seconds=19)
    assert "G 1.1k | D 1k" in stream.text()
    assert "* 3,000 steps in 19 s" in stream.text()


def test_only_commands_that_exist_and_fit_are_proposed(in_runs, clock):
    stream = io.StringIO()
    play(in_runs, Terminal(False, stream, ("sample", "resume", "watch")), clock, seconds=19, until=1500)
    assert "✔ 1,500 steps in 10 s" in stream.getvalue()
    last = stream.getvalue().splitlines()[-1]
    assert last == "  next: ganzoo sample latest -n 16 · ganzoo resume latest"


def test_a_run_elsewhere_is_named_by_its_folder(run, clock):
    stream = io.StringIO()
    play(run, Terminal(False, stream, COMMANDS), clock, seconds=19)
    assert stream.getvalue().splitlines()[-1] == (
        f"  next: ganzoo sample {run.folder} -n 16 · ganzoo resume {run.folder} --steps 6000"
    )


def test_minutes_are_the_plan_where_they_end_the_run(in_runs, clock):
    stream = io.StringIO()
    in_runs.settings.minutes, in_runs.steps = 30.0, 10**9
    listener = Terminal(False, stream, COMMANDS)
    listener.started(in_runs)
    clock.now += 600
    in_runs.step, in_runs.record = 100_000, RECORD
    listener.progress(in_runs)
    lines = stream.getvalue().splitlines()
    assert lines[1].endswith("plan    30 min")
    assert lines[3] == "100,000 steps  V -1.07 (-1.386)  AUC .93  178 step/s  20:00 left"


def test_a_resumed_run_says_from_where(in_runs, clock):
    stream = io.StringIO()
    in_runs.step = 1000
    play(in_runs, Terminal(False, stream, COMMANDS), clock, seconds=19)
    assert "plan    from step 1,000 to 3,000, about 11 s" in stream.getvalue()
    assert "✔ 2,000 steps in 19 s" in stream.getvalue()


def test_a_game_without_data_or_equilibrium_is_told_by_its_player(game_run, clock):
    stream = io.StringIO()
    game_run.players = [SimpleNamespace(name="climber", over=("x",), equilibrium=None)]
    listener = Terminal(False, stream)
    listener.started(game_run)
    game_run.step, game_run.record = 2, {"climber/objective": 0.25, "rate": 0.1}
    clock.now += 700
    listener.progress(game_run)
    assert "none: a game between the players alone" in stream.getvalue()
    assert "climber 0.25  10 s/step  8:19:40 left" in stream.getvalue()


@pytest.mark.parametrize(
    ("number", "text"), [(950, "950"), (999_600, "1M"), (293_137, "293k"), (1_234_567, "1.23M"), (7e9, "7B")]
)
def test_parameters_are_counted_in_three_digits(number, text):
    assert terminal._short(number) == text


def test_neither_torch_nor_rich_is_imported_before_a_run():
    code = "import sys, ganzoo.watch.terminal as t; t.Terminal(False); print(*sys.modules)"
    modules = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.split()
    assert not {"torch", "rich", "numpy", "PIL", "matplotlib"} & set(modules)
