import json

import pytest
from click.testing import CliRunner

from ganzoo import catalogue
from ganzoo.commands.datasets import datasets
from ganzoo.errors import PluginError


@pytest.fixture(autouse=True)
def no_downloads(tmp_path, monkeypatch):
    monkeypatch.setenv("GANZOO_DATA", str(tmp_path))


def output(*arguments):
    result = CliRunner().invoke(datasets, arguments, catch_exceptions=False)
    assert result.exit_code == 0
    return result.output


def test_the_table_names_every_data_set():
    lines = output().splitlines()
    assert lines[0].split() == ["name", "samples", "shape", "classes", "here", "where"]
    assert [line.split()[0] for line in lines[1:]] == catalogue.names(catalogue.DATASETS)
    (digits,) = [line for line in lines if line.startswith("digits ")]
    assert digits.split() == ["digits", "1,797", "1x8x8", "10", "yes", "built", "in"]


def test_quiet_prints_names_only():
    assert output("-q").split() == catalogue.names(catalogue.DATASETS)


def test_json_says_what_is_here(tmp_path):
    raw = tmp_path / "MNIST" / "raw"
    raw.mkdir(parents=True)

    def here():
        return {row["name"]: row["here"] for row in json.loads(output("--json", "--data-root", str(tmp_path)))}

    assert not here()["mnist"]
    for name in ("train-images-idx3-ubyte.gz", "train-labels-idx1-ubyte.gz"):
        (raw / name).touch()
    assert here()["mnist"]
    assert here()["ring8"]
    assert not here()["cifar10"]


def test_a_broken_plugin_does_not_hide_the_others(monkeypatch):
    call = catalogue.call

    def broken(group, name, hook, **arguments):
        if name == "digits":
            raise PluginError("digits cannot be imported: no module 'gone'")
        return call(group, name, hook, **arguments)

    monkeypatch.setattr(catalogue, "call", broken)
    lines = output().splitlines()
    assert len(lines) == 1 + len(catalogue.names(catalogue.DATASETS))
    assert any(line.startswith("digits ") and "no module 'gone'" in line for line in lines)
