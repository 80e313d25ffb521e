"""The tests against a Hub on loopback, with the oldest client that is allowed and the last one of 1.x.

The newest is in the environment that all tests run in.
"""

import os
import shutil
import site
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TESTS = ("test_server.py", "test_network_circle.py", "test_network_failures.py")


@pytest.mark.slow
def test_other_clients_pass_the_same_tests(tmp_path):
    uv = shutil.which("uv")
    assert uv, "this test installs clients for real: pip install uv"
    outside = {key: value for key, value in os.environ.items() if key not in ("PYTHONPATH", "VIRTUAL_ENV")}
    ours = [path for path in site.getsitepackages() if Path(path).is_dir()]  # torch is not installed again

    def run(*command):
        return subprocess.run(command, check=True, capture_output=True, text=True, env=outside, timeout=300).stdout

    started = {}
    for version in ("1.28", "1.33"):
        environment = tmp_path / version
        run(uv, "venv", "--python", sys.executable, environment)
        python = environment / ("Scripts/python.exe" if os.name == "nt" else "bin/python")
        run(uv, "pip", "install", "--python", python, f"huggingface-hub=={version}.*")
        packages = Path(run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))").strip())
        (packages / "with_ours.pth").write_text("".join(f"import site; site.addsitedir({path!r})\n" for path in ours))
        found = run(python, "-c", "import torch, huggingface_hub; print(huggingface_hub.__version__)")
        assert found.startswith(version)
        tests = [str(Path(__file__).with_name(name)) for name in TESTS]
        command = [python, "-m", "pytest", "-p", "no:cacheprovider", "--basetemp", tmp_path / f"tmp-{version}", *tests]
        started[version] = subprocess.Popen(
            command, cwd=ROOT, env=outside, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
    told = {version: process.communicate(timeout=900)[0] for version, process in started.items()}
    assert {version: process.returncode for version, process in started.items()} == dict.fromkeys(started, 0), told
