import tomllib
from dataclasses import dataclass, replace
from typing import Annotated

import pytest

from ganzoo.config import Config, Range
from ganzoo.contract import Architecture
from ganzoo.errors import PluginError, UsageError
from ganzoo.flags import COMMAND_LINE, ENVIRONMENT
from ganzoo.settings import Settings, completed, environment, read_file, resolve


@dataclass(frozen=True, kw_only=True)
class Tiny(Config):
    latent_dim: Annotated[int, "Z", Range(1, 64)] = 4
    widths: Annotated[tuple[int, ...], "units"] = (8, 8)


ARCHITECTURE = Architecture(Tiny, dict, list, data="ring8", size=16, batch=32, steps=500, ema=0.99)


def typed(**values):
    return resolve([(COMMAND_LINE, {"gan": "vanilla-mlp", **values})])


def mistakes(*layers):
    with pytest.raises(UsageError) as caught:
        resolve(layers)
    return caught.value.mistakes


def test_strings_are_read_as_the_settings_types():
    settings = typed(batch="32", seed="7", ema=".999", minutes="2", augment="true", channels="3", data="mnist").settings
    assert (settings.batch, settings.seed, settings.ema) == (32, 7, 0.999)
    assert (settings.minutes, settings.augment, settings.channels, settings.data) == (2.0, True, 3, "mnist")


def test_a_later_layer_wins_and_origins_say_which():
    resolved = resolve(
        [
            ("config.toml", {"gan": "dcgan", "batch": 8, "seed": 3, "options": {"width": 1, "latent_dim": 2}}),
            (ENVIRONMENT, {"threads": "2"}),
            (COMMAND_LINE, {"batch": "16", "options": {"width": "4"}}),
        ]
    )
    settings = resolved.settings
    assert (settings.gan, settings.batch, settings.seed, settings.threads) == ("dcgan", 16, 3, 2)
    assert settings.options == {"width": "4", "latent_dim": 2}
    assert resolved.origins == {
        "gan": "config.toml",
        "batch": COMMAND_LINE,
        "seed": "config.toml",
        "threads": ENVIRONMENT,
        "options.width": COMMAND_LINE,
        "options.latent_dim": "config.toml",
    }


def test_a_later_layers_epochs_replace_an_earlier_layers_steps():
    resolved = resolve([("config.toml", {"gan": "dcgan", "steps": 100}), (COMMAND_LINE, {"epochs": "5"})])
    assert (resolved.settings.steps, resolved.settings.epochs) == (None, 5.0)
    assert "steps" not in resolved.origins


def test_all_mistakes_are_reported_at_once():
    found = mistakes(
        ("my.toml", {"bach": 1, "keep": 0, "options": 3}),
        (ENVIRONMENT, {"threads": "many"}),
        (
            COMMAND_LINE,
            {"gan": "vanila-mlp", "batch": "0", "seed": "-1", "data": "mnits", "device": "gpu", "precision": "fp8"},
        ),
    )
    assert len(found) == 10
    text = "\n".join(found)
    assert "unknown setting 'bach' in my.toml; did you mean 'batch'?" in text
    assert "option keep=0: expected at least 1" in text
    assert "options=3 in my.toml: expected a table" in text
    assert "option OMP_NUM_THREADS='many': expected int, for example OMP_NUM_THREADS=100" in text
    assert "option --batch=0: expected at least 1" in text
    assert "option --seed=-1: expected at least 0" in text
    assert "unknown GAN 'vanila-mlp'; did you mean 'vanilla-mlp'?" in text
    assert "unknown data set 'mnits'; did you mean 'mnist'?" in text
    assert "unknown device 'gpu'" in text
    assert "--precision='fp8': expected one of auto, fp32, bf16" in text


def test_unknown_hyper_parameters_are_found_without_loading(installed):
    installed.add("tiny", installed.good.replace("import ganzoo\n", "import ganzoo\nraise RuntimeError\n"))
    found = mistakes((COMMAND_LINE, {"gan": "tiny", "options": {"latent_dmi": "3"}}))
    assert found == ("unknown option -o latent_dmi of tiny; did you mean 'latent_dim'?",)


def test_mistakes_found_before_come_first():
    with pytest.raises(UsageError) as caught:
        resolve([(COMMAND_LINE, {"gan": "dcgan", "steps": "0"})], found=["no flag --bach"])
    assert caught.value.mistakes == ("no flag --bach", "option --steps=0: expected at least 1")


def test_steps_and_epochs_together_are_a_mistake():
    assert "both steps and epochs are given" in mistakes((COMMAND_LINE, {"gan": "dcgan", "steps": 1, "epochs": 1}))[0]


def test_without_a_gan_it_says_where_they_are_listed():
    assert mistakes((COMMAND_LINE, {})) == ("no GAN is named; `ganzoo list` shows them",)


@pytest.mark.parametrize("device", ["auto", "cpu", "cuda", "cuda:1", "mps", "xpu", "xpu:0"])
def test_every_form_of_device_is_accepted(device):
    assert typed(device=device).settings.device == device


@pytest.mark.parametrize("device", ["", "CPU", "cuda:", "cuda:x", "cpu:0", "mps2"])
def test_no_other_form_of_device_is(device):
    with pytest.raises(UsageError, match="unknown device"):
        typed(device=device)


def test_a_path_is_not_taken_for_a_misspelt_data_set(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "mnits").mkdir()
    for path in ("mnits", "./absent", "faces.zip", "/absent/folder"):
        assert typed(data=path).settings.data == path


def test_the_environment_gives_the_data_folder_and_the_threads(monkeypatch):
    monkeypatch.setenv("GANZOO_DATA", "/data")
    monkeypatch.setenv("OMP_NUM_THREADS", "3")
    assert environment() == {"data_root": "/data", "threads": "3"}
    monkeypatch.setenv("OMP_NUM_THREADS", "")
    monkeypatch.delenv("GANZOO_DATA")
    assert environment() == {}


def test_toml_gives_equal_settings_back():
    settings = typed(
        batch="32", data='a "quoted" \\ path.zip', options={"width": 3, "lr": 1e-4, "saturating": True}
    ).settings
    text = settings.to_toml()
    assert Settings.from_toml(text) == settings
    assert tomllib.loads(text)["options"] == {"width": 3, "lr": 1e-4, "saturating": True}
    assert "# samples per turn" in text


def test_toml_leaves_the_folder_out_so_that_another_run_gets_its_own():
    assert Settings.from_toml(typed(out="here").settings.to_toml()).out is None


def test_from_toml_looks_no_name_up_but_refuses_unknown_settings():
    assert Settings.from_toml('gan = "uninstalled"\ndata = "gone"').gan == "uninstalled"
    with pytest.raises(UsageError, match="unknown setting 'bach'"):
        Settings.from_toml('gan = "dcgan"\nbach = 3')


def test_a_file_that_cannot_be_read_or_is_not_toml_is_named(tmp_path):
    with pytest.raises(UsageError, match=r"cannot read the configuration .*absent.toml: No such file"):
        read_file(tmp_path / "absent.toml")
    (tmp_path / "bad.toml").write_text("gan = \n")
    with pytest.raises(UsageError, match=r"bad.toml is not TOML: Invalid value .*line 1"):
        read_file(tmp_path / "bad.toml")
    (tmp_path / "binary.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(UsageError, match=r"binary.toml is not TOML"):
        read_file(tmp_path / "binary.toml")


def test_completed_takes_the_architectures_preferences_where_nothing_was_asked():
    resolved = completed(typed(batch="8"), ARCHITECTURE)
    settings = resolved.settings
    assert (settings.data, settings.size, settings.batch, settings.steps, settings.ema) == ("ring8", 16, 8, 500, 0.99)
    assert settings.options == {"latent_dim": 4, "widths": [8, 8]}
    assert resolved.origins["data"] == resolved.origins["options.widths"] == "plugin"
    assert resolved.origins["batch"] == COMMAND_LINE
    assert Settings.from_toml(settings.to_toml()) == settings


@pytest.mark.parametrize("asked", [{"epochs": "2"}, {"minutes": "1"}])
def test_completed_sets_no_steps_where_another_end_was_asked(asked):
    assert completed(typed(**asked), ARCHITECTURE).settings.steps is None


ON_VECTORS = {"batch": 512, "steps": 9, "schedule": "cosine", "options": {"latent_dim": 2, "widths": (4,)}}


def test_completed_takes_the_preferences_on_the_datas_kind_where_nothing_was_asked():
    architecture = replace(ARCHITECTURE, spaces=("image", "vector"), on={"vector": ON_VECTORS})
    assert completed(typed(), architecture) == completed(typed(), architecture, "image")
    asked = typed(batch="8", options={"latent_dim": "3"})
    resolved = completed(asked, architecture, "vector")
    settings = resolved.settings
    assert (settings.size, settings.batch, settings.steps, settings.schedule) == (16, 8, 9, "cosine")
    assert settings.options == {"latent_dim": 3, "widths": [4]}
    assert resolved.origins["schedule"] == resolved.origins["options.widths"] == "plugin"
    assert completed(typed(schedule="linear"), architecture, "vector").settings.schedule == "linear"
    assert completed(typed(epochs="2"), architecture, "vector").settings.steps is None


@pytest.mark.parametrize(
    ("on", "said"),
    [
        ({"audio": {}}, "on audio: it plays on image, vector alone"),
        ({"vector": {"bach": 2}}, "on vector: unknown setting 'bach' in it; did you mean 'batch'?"),
        ({"vector": {"batch": 0}}, "on vector: option batch=0: expected at least 1"),
        ({"vector": {"data": "grid25"}}, "on vector: data is said of all kinds"),
        ({"vector": {"options": {"latent_dim": 65}}}, "on vector: option latent_dim=65: expected at least 1 and at"),
    ],
)
def test_wrong_preferences_on_a_kind_are_the_plugins_fault(on, said):
    with pytest.raises(PluginError) as caught:
        completed(typed(), replace(ARCHITECTURE, spaces=("image", "vector"), on=on))
    assert str(caught.value).startswith(f"vanilla-mlp: {said}")


def test_completed_parses_the_hyper_parameters():
    resolved = resolve([(COMMAND_LINE, {"gan": "vanilla-mlp", "options": {"latent_dim": "8"}})])
    completed_ = completed(resolved, ARCHITECTURE)
    assert completed_.settings.options["latent_dim"] == 8
    assert completed_.origins["options.latent_dim"] == COMMAND_LINE
    resolved.settings.options["latent_dim"] = "65"
    with pytest.raises(UsageError, match="latent_dim=65: expected at least 1 and at most 64"):
        completed(resolved, ARCHITECTURE)


def test_observers_to_report_to_are_typed_with_commas_and_known_by_name(installed):
    installed.add("mine", "raise RuntimeError('imported')", group="ganzoo.observers")
    found = resolve([("command line", {"gan": "dcgan", "report_to": "tensorboard,mine"})]).settings
    assert found.report_to == ("tensorboard", "mine")
    assert Settings.from_toml(found.to_toml()) == found
    with pytest.raises(UsageError, match="unknown observer 'tensorbord'; did you mean 'tensorboard'"):
        resolve([("command line", {"gan": "dcgan", "report_to": "tensorbord"})])


def test_bounds_are_said_with_all_their_digits():
    with pytest.raises(UsageError) as caught:
        resolve([("call", {"gan": "dcgan", "ema": 1, "size": 0})])
    assert caught.value.mistakes == (
        "option ema=1.0: expected at least 0 and at most 0.9999999",
        "option size=0: expected at least 1 and at most 1048576",
    )
