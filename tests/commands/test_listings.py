"""list, show, devices, doctor, config: what they print, and that a broken plugin breaks none of them."""

import json
import re
from pathlib import Path

import pytest

from ganzoo import catalogue


def test_list_shows_names_and_summaries(ganzoo, installed):
    installed.add("tiny", installed.good)
    installed.add("bad", "raise RuntimeError")
    code, out, _ = ganzoo("list")
    assert code == 0
    assert re.search(r"^tiny +Tiny GAN: the smallest game that there is\.$", out, re.MULTILINE)
    assert re.search(r"^vanilla-mlp +Vanilla GAN: ", out, re.MULTILINE)
    assert re.search(r"^bad$", out, re.MULTILINE)


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["dc*"], ["dcgan"]),
        (["wgan-"], ["wgan-div", "wgan-gp"]),
        (["--task", "toys"], ["tiny"]),
        (["tin[xy]"], ["tiny"]),
    ],
)
def test_list_chooses_by_pattern_and_task(ganzoo, installed, arguments, names):
    installed.add("tiny", installed.good)
    assert ganzoo("list", "-q", *arguments)[1].split() == names


def test_list_with_nothing_to_show_says_so(ganzoo):
    assert ganzoo("list", "nothing-like-it") == (
        0, "", "no installed GAN matches '*nothing-like-it*'; see `ganzoo list`\n",
    )  # fmt: skip
    assert json.loads(ganzoo("list", "nothing-like-it", "--json")[1]) == []
    code, _, err = ganzoo("list", "--task", "imagse")
    assert code == 2
    assert "no GAN is for the task 'imagse'; did you mean 'images'?" in err


def test_list_json_says_all_that_is_known(ganzoo, installed):
    installed.add("tiny", installed.good)
    assert json.loads(ganzoo("list", "tiny", "--json")[1]) == [
        {
            "name": "tiny",
            "summary": "Tiny GAN: the smallest game that there is.",
            "paper": "Somebody et al. 2020, A Tiny Game, arXiv:0000.00000",
            "year": 2020,
            "tasks": ["images", "toys"],
            "distribution": "ganzoo-tiny",
            "version": "1.2",
        }
    ]


def test_show_prints_equation_options_and_size(ganzoo, installed):
    installed.add("tiny", installed.good)
    code, out, _ = ganzoo("show", "tiny", "--channels", "3")
    assert code == 0
    assert "min_G max_D" in out
    assert "Paper: Somebody et al. 2020" in out
    assert "-o latent_dim=4" in out
    assert "Z, length of the noise vector [1, 64]" in out
    assert "batch 16" in out
    assert f"G {4 * 192 + 192:,} · D {192 + 1:,} for 3x8x8" in out


def test_show_json_counts_parameters_for_the_size_asked(ganzoo, installed):
    installed.add("tiny", installed.good)
    facts = json.loads(ganzoo("show", "tiny", "--size", "4", "--json")[1])
    assert facts["parameters"] == {"G": 4 * 16 + 16, "D": 16 + 1}
    assert facts["space"] == "1x4x4"
    assert facts["options"] == [
        {"name": "latent_dim", "default": 4, "note": "Z, length of the noise vector", "range": "[1, 64]"}
    ]


@pytest.mark.parametrize("name", catalogue.names())
def test_every_bundled_gan_is_shown_with_its_size(ganzoo, name):
    """Also those that learn from labels, and those that translate: by what they prefer to translate from."""
    code, out, err = ganzoo("show", name, "--json")
    assert (code, err) == (0, "")
    facts = json.loads(out)
    assert bool(facts["parameters"]) == ("image" in facts["spaces"] or "vector" in facts["spaces"])


def test_show_names_the_plugin_whose_networks_raise(ganzoo, installed):
    installed.add("tiny", installed.good.replace("    generator = ", "    1 / 0\n    generator = "))
    code, _, err = ganzoo("show", "tiny")
    assert code == 1
    assert err.splitlines()[-1] == "error: tiny: networks raised ZeroDivisionError for 1x8x8"


def test_config_prints_values_with_their_origins(ganzoo, installed, monkeypatch):
    monkeypatch.setenv("OMP_NUM_THREADS", "1")
    installed.add("tiny", installed.good)
    (installed.folder / "my.toml").write_text('gan = "tiny"\nseed = 5\nbatch = 3\n')
    code, out, _ = ganzoo("config", "--config", str(installed.folder / "my.toml"), "--batch", "4", "-o", "latent_dim=8")
    rows = {line.split()[0]: line.split(None, 2)[1:] for line in out.splitlines()}
    assert code == 0
    assert rows["gan"] == ["tiny", str(installed.folder / "my.toml")]
    assert rows["seed"] == ["5", str(installed.folder / "my.toml")]
    assert rows["batch"] == ["4", "command line"]
    assert rows["steps"] == ["5", "plugin"]
    assert rows["threads"] == ["1", "environment"]
    assert rows["keep"] == ["3", "default"]
    assert rows["options.latent_dim"] == ["8", "command line"]


def test_show_and_config_tell_what_is_preferred_on_a_kind_of_samples(ganzoo, installed):
    on = "spaces=('image', 'vector'), on={'vector': {'batch': 7, 'options': {'latent_dim': 2}}}, size=8"
    installed.add("tiny", installed.good.replace("size=8", on))
    assert "\non vectors  batch 7, latent_dim 2\n" in ganzoo("show", "tiny")[1]
    assert json.loads(ganzoo("show", "tiny", "--json")[1])["on"] == {
        "vector": {"batch": 7, "options": {"latent_dim": 2}}
    }
    for data, batch, latent_dim in ("ring8", 7, 2), ("digits", 16, 4):
        values = json.loads(ganzoo("config", "tiny", "--data", data, "--json")[1])
        assert values["batch"] == {"value": batch, "origin": "plugin"}
        assert values["options.latent_dim"] == {"value": latent_dim, "origin": "plugin"}


def test_config_json_is_the_same(ganzoo, installed):
    installed.add("tiny", installed.good)
    values = json.loads(ganzoo("config", "tiny", "--seed=7", "--json")[1])
    assert values["seed"] == {"value": 7, "origin": "command line"}
    assert values["options.latent_dim"] == {"value": 4, "origin": "plugin"}


def test_config_reports_values_of_options_all_at_once(ganzoo, installed):
    installed.add("tiny", installed.good)
    code, _, err = ganzoo("config", "tiny", "-o", "latent_dim=0")
    assert (code, err) == (2, "error: option latent_dim=0: expected at least 1 and at most 64\n")


def test_an_option_is_given_once(ganzoo):
    said = "error: -o lr is given twice, 1 and 0.1; leave one out\n"
    assert ganzoo("config", "dcgan", "-o", "lr=1", "-o", "width=8", "-o", "lr=0.1") == (2, "", said)


def test_unknown_flags_are_reported_with_all_other_mistakes(ganzoo):
    code, _, err = ganzoo("config", "--bach", "0", "dcgan", "--stesp=0", "-o", "width", "-o", "widht=1")
    assert code == 2
    assert err.splitlines() == [
        "error: no flag --bach; did you mean '--batch'?",
        "error: no flag --stesp; did you mean '--steps' or '--tokens' or '--threads'?",
        "error: -o width: expected KEY=VALUE, for example -o latent_dim=64",
        "error: option --batch=0: expected at least 1",
        "error: option --steps=0: expected at least 1",
        "error: unknown option -o widht of dcgan; did you mean 'width'?",
    ]


def test_devices_lists_the_cpu(ganzoo):
    assert "cpu" in ganzoo("devices", "-q")[1].split()
    [cpu] = [device for device in json.loads(ganzoo("devices", "--json")[1]) if device["name"] == "cpu"]
    assert cpu["usable"]
    assert "usable" in ganzoo("devices")[1]


def test_doctor_finds_nothing_wrong_where_nothing_is(ganzoo):
    code, out, _ = ganzoo("doctor", "--json")
    found = json.loads(out)
    assert found["wrong"] == []
    assert code == 0
    assert {"ganzoo", "torch", "python", "pluggy"} <= set(found["versions"])
    assert ganzoo("doctor", "-q") == (0, "", "")


def test_doctor_names_every_broken_plugin_and_goes_on(ganzoo, installed):
    installed.add("bad", "raise SystemExit(5)")
    installed.add("worse", "import no_such_module", group="ganzoo.datasets")
    installed.add("tiny", installed.good)
    installed.add("dcgan", installed.good)
    code, out, _ = ganzoo("doctor")
    assert code == 1
    assert "works   ganzoo.architectures   tiny" in out
    assert "broken  ganzoo.architectures   bad" in out
    assert "wrong: GAN 'bad' of ganzoo-bad 1.2 cannot be imported: SystemExit: 5" in out
    assert "wrong: data set 'worse' of ganzoo-worse 1.2 cannot be imported: ModuleNotFoundError" in out
    assert "GAN 'dcgan' is claimed by" in out


def test_doctor_finds_a_folder_that_cannot_be_written(ganzoo):
    Path("runs").write_text("a file where the folder should be")
    code, out, _ = ganzoo("doctor", "-q")
    assert (code, out) == (1, f"cannot write to {Path('runs').absolute()}\n")
