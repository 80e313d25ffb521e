"""The memory that a dry run tells, beside that of the run."""

import re
import sys

import pytest

MEASURED = """
import sys, torch
from ganzoo.cli import main
from ganzoo.engine.device import most_memory
try:
    main(sys.argv[1:])
finally:
    print("taken", most_memory(torch.device("cpu")) // 2**20)
"""


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="Windows does not tell")
def test_dry_run_says_the_memory_that_the_run_then_takes(installed):
    wide = "kept = torch.ones(2**16 * len(batch.real)).exp()  # 4 MiB in 16 samples\n    real, fake ="
    source = installed.good.replace("import ganzoo\n", "import torch\n\nimport ganzoo\n", 1)
    installed.add("wide", source.replace("    real, fake =", f"    {wide}"))
    said = {}
    for batch in (16, 1024):
        words = ("train", "wide", "--batch", str(batch), "--threads", "1")
        plan = installed.run(*words, "--dry-run", python=("-c", MEASURED)).stdout
        run = installed.run(*words, "--steps", "3", python=("-c", MEASURED)).stdout
        said[batch] = int(re.search(r"^memory      about ([\d,]+) MiB", plan, re.M)[1].replace(",", ""))
        assert said[batch] == pytest.approx(int(re.search(r"^taken (\d+)$", run, re.M)[1]), rel=0.2)
        assert re.search(r"; [\d,]+ were free$", plan, re.M)
    assert said[1024] - said[16] > 250  # what the objective keeps is seen
