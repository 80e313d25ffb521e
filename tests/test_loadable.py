"""Plugins loaded in another process, where the worst of them harm nobody."""

from ganzoo import catalogue
from ganzoo.loadable import problems

GOOD = "import ganzoo\n@ganzoo.hookimpl\ndef ganzoo_run_ended(run): ...\n"  # imports no torch, so that it is quick


def test_what_is_wrong_is_said_of_each_and_the_rest_are_tried(installed, capfd):
    sources = {
        "tiny": GOOD,
        "dead": "import os\nos._exit(7)",
        "absent": "import no_such_module",
        "noisy": f"print('hello')\n{GOOD}",
        "stuck": "import time\ntime.sleep(600)",
        "last": GOOD,
    }
    for name, source in sources.items():
        installed.add(name, source, group=catalogue.OBSERVERS)
    path = installed.folder / "my_gan.py"
    path.write_text("1 / 0")
    entries = [catalogue.entry(name, catalogue.OBSERVERS) for name in sources]
    found = problems([*entries, catalogue.typed(str(path))], seconds=8)
    assert found == [
        "",
        "'dead' of ganzoo-dead 1.2 ends the process (exit code 7)",
        "observer 'absent' of ganzoo-absent 1.2 cannot be imported: "
        "ModuleNotFoundError: No module named 'no_such_module'",
        "",
        "'stuck' of ganzoo-stuck 1.2 takes longer than 8 s to load (exit code -9)",
        "",
        f"GAN 'my-gan' of {path} cannot be imported: ZeroDivisionError: division by zero",
    ]
    assert capfd.readouterr() == ("", "")


def test_nothing_to_load_starts_no_process():
    assert problems([]) == []
