import sys
from pathlib import Path

import pytest

from ganzoo import catalogue
from ganzoo.contract import API, Architecture
from ganzoo.errors import DataError, GanzooError, PluginError, UsageError

DATA = '''"""A data set."""
import ganzoo
from ganzoo.errors import DataError

@ganzoo.hookimpl
def ganzoo_dataset(request):
    if request == "absent":
        raise DataError("it is absent")
    return 1 / request
'''


def test_bundled_gans_and_data_sets_are_found():
    assert {"vanilla-mlp", "dcgan", "wgan-gp"} <= set(catalogue.names())
    assert {"digits", "mnist", "ring8"} <= set(catalogue.names(catalogue.DATASETS))


def test_an_entry_is_read_without_importing_it(installed):
    path = installed.add("tiny", installed.good)
    entry = catalogue.entry("tiny")
    assert entry.file == path
    assert (entry.distribution, entry.version) == ("ganzoo-tiny", "1.2")
    assert entry.outline.summary == "Tiny GAN: the smallest game that there is."
    assert "stranger_tiny" not in sys.modules


def test_a_file_that_the_user_typed_is_a_plugin(installed, tmp_path):
    path = tmp_path / "My_GAN.py"
    path.write_text(installed.good)
    found = catalogue.typed(str(path))
    assert (found.name, found.word, found.file, found.version) == ("my-gan", str(path), path, "")
    assert found.outline.summary == "Tiny GAN: the smallest game that there is."
    assert catalogue.load(found).steps == 5
    assert catalogue.load(found).config is catalogue.load(catalogue.typed(str(path))).config
    assert not list(tmp_path.rglob("__pycache__"))
    assert "my-gan" not in catalogue.names()


def test_what_runs_is_what_was_read_when_the_file_was_typed(installed, tmp_path):
    path = tmp_path / "my_gan.py"
    path.write_text(installed.good)
    before = catalogue.typed(str(path))
    said = before.sha256
    path.write_text(installed.good.replace("steps=5", "steps=6"))
    assert (catalogue.load(before).steps, before.sha256) == (5, said)
    after = catalogue.typed(str(path))
    assert catalogue.load(after).steps == 6
    assert after.sha256 != said


def test_a_name_is_never_read_as_a_path(installed, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("my_gan.py").write_text("raise SystemExit('run')")
    for name in ("my_gan.py", "./my_gan.py", str(tmp_path / "my_gan.py")):
        for read in (catalogue.load, catalogue.entry):
            with pytest.raises(UsageError, match="unknown GAN"):
                read(name)


@pytest.mark.parametrize(
    ("path", "said"),
    [("gone.py", "there is no file gone.py to read"), ("_.py", "_.py: the file's name becomes the GAN's")],
)
def test_a_file_that_cannot_be_a_plugin(tmp_path, monkeypatch, path, said):
    monkeypatch.chdir(tmp_path)
    Path("_.py").touch()
    with pytest.raises(UsageError) as caught:
        catalogue.typed(path)
    assert str(caught.value).startswith(said)


def test_a_broken_file_is_named_and_runs_anew_when_it_is_mended(installed, tmp_path):
    path = tmp_path / "my_gan.py"
    path.write_text(f"{installed.good}raise ZeroDivisionError\n")
    for _ in range(2):
        with pytest.raises(PluginError, match=r"GAN 'my-gan' of /.*my_gan.py cannot be imported: ZeroDivisionError"):
            catalogue.load(catalogue.typed(str(path)))


@pytest.mark.parametrize("api", ["2", "17, and more"])
def test_a_plugin_for_a_newer_ganzoo_is_refused_before_it_is_imported(installed, api):
    source = installed.good.replace("Tasks:", f"API: {api}\nTasks:")
    installed.add("newer", source.replace("import ganzoo\n", "import ganzoo\nraise OSError\n"))
    with pytest.raises(GanzooError) as caught:
        catalogue.load("newer")
    number = api.partition(",")[0]
    assert str(caught.value) == (
        f"GAN 'newer' of ganzoo-newer 1.2 is made for plugin API {number}, this ganzoo has {API}; "
        "type: pip install --upgrade ganzoo"
    )
    assert caught.value.exit_code == 2


def test_a_plugin_for_this_api_is_loaded(installed):
    installed.add("tiny", installed.good.replace("Tasks:", f"API: {API}\nTasks:"))
    assert catalogue.load("tiny").steps == 5


def test_the_file_of_a_submodule_is_found_without_importing_its_parents(installed):
    path = installed.add("tiny", installed.good, module="stranger_pack.games.tiny")
    (installed.folder / "stranger_pack" / "__init__.py").write_text("raise RuntimeError('imported')")
    assert catalogue.entry("tiny").file == path
    path.with_suffix("").mkdir()
    path.rename(path.with_suffix("") / "__init__.py")
    assert catalogue.entry("tiny").file == path.with_suffix("") / "__init__.py"


def test_a_plugin_whose_file_is_gone_is_listed_without_a_summary(installed):
    installed.add("tiny", installed.good).unlink()
    assert catalogue.entry("tiny").file is None
    assert catalogue.entry("tiny").outline.summary == ""
    assert "tiny" in catalogue.names()


def test_a_plugin_whose_file_cannot_be_read_is_listed_without_a_summary(installed, monkeypatch):
    def closed(path):
        raise PermissionError(13, "Permission denied")

    installed.add("tiny", installed.good)
    monkeypatch.setattr(Path, "read_bytes", closed)
    assert catalogue.entry("tiny").outline.summary == ""
    assert "tiny" in catalogue.names()


def test_load_returns_the_architecture(installed):
    installed.add("tiny", installed.good)
    architecture = catalogue.load("tiny")
    assert isinstance(architecture, Architecture)
    assert architecture.steps == 5


def test_load_imports_no_other_plugin(installed):
    installed.add("tiny", installed.good)
    installed.add("bad", "raise RuntimeError('imported')")
    assert catalogue.load("tiny").size == 8


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (("import ganzoo\n", "import ganzoo\nimport no_such_module\n"), "No module named 'no_such_module'"),
        (("import ganzoo\n", "import ganzoo\nraise SystemExit(3)\n"), "SystemExit: 3"),
        (("import ganzoo\n", "import ganzoo\ndef (\n"), "SyntaxError"),
        (("def ganzoo_architecture", "def ganzoo_architectrue"), "ganzoo_architectrue"),
        (("def ganzoo_architecture():", "def ganzoo_architecture(seed):"), "{'seed'} are declared in the hookimpl"),
        (("return ganzoo.Architecture(", "raise SystemExit(0)\n    ganzoo.Architecture("), "failed: SystemExit: 0"),
        ((" = 4", ""), "Config: latent_dim needs a default"),
        ((" = 4", " = 'four'"), "Config's own default is wrong: option latent_dim='four': expected int"),
        (
            ("latent_dim: Annotated[int,", "latent_dim: Annotated['Whole',"),
            "its config failed: NameError: name 'Whole'",
        ),
        (("class Config(ganzoo.Config)", "class Config"), "config, should inherit from ganzoo.Config"),
        (("Architecture(Config", "Architecture(None"), "config, should inherit from ganzoo.Config"),
        (("@ganzoo.hookimpl\n", ""), "no ganzoo_architecture marked with @ganzoo.hookimpl"),
        (("return ganzoo.Architecture(", "None and ganzoo.Architecture("), "ganzoo_architecture returned None"),
        (("return ganzoo.Architecture(", "return str("), "ganzoo_architecture failed: TypeError"),
        (("return ganzoo.Architecture(", "return dict(a=3) or ganzoo.Architecture("), "returned dict"),
    ],
)
def test_a_broken_plugin_is_named_with_its_distribution(installed, change, said):
    source = installed.good.replace(*change)
    assert source != installed.good
    installed.add("bad", source)
    with pytest.raises(PluginError) as caught:
        catalogue.load("bad")
    assert "'bad' of ganzoo-bad 1.2" in str(caught.value)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


def test_a_plugins_own_exception_is_the_cause(installed):
    installed.add("bad", "raise ZeroDivisionError('of theirs')")
    with pytest.raises(PluginError) as caught:
        catalogue.load("bad")
    assert isinstance(caught.value.__cause__, ZeroDivisionError)


def test_an_unknown_name_gets_the_nearest():
    with pytest.raises(UsageError, match=r"unknown GAN 'vanila-mlp'; did you mean 'vanilla-mlp'\?; see `ganzoo list`"):
        catalogue.entry("vanila-mlp")


def test_a_name_that_two_distributions_claim_is_an_error_that_names_both(installed):
    installed.add("tiny", installed.good, distribution="first-tiny")
    installed.add("tiny", "raise RuntimeError('imported')", distribution="second-tiny", module="stranger_other")
    with pytest.raises(UsageError, match=r"claimed by first-tiny .* and second-tiny .*uninstall one"):
        catalogue.load("tiny")
    assert catalogue.names().count("tiny") == 1
    assert "stranger_tiny" not in sys.modules
    assert catalogue.load("vanilla-mlp").size == 28


def test_a_stranger_cannot_take_a_bundled_name(installed):
    installed.add("dcgan", installed.good)
    with pytest.raises(UsageError, match=r"claimed by ganzoo .* and ganzoo-dcgan"):
        catalogue.load("dcgan")


def test_blocked_plugins_are_as_if_not_installed(installed, monkeypatch):
    installed.add("tiny", installed.good)
    monkeypatch.setenv("GANZOO_BLOCK_PLUGINS", "tiny, digits")
    assert "tiny" not in catalogue.names()
    assert "digits" not in catalogue.names(catalogue.DATASETS)
    with pytest.raises(UsageError, match="'tiny' is blocked by GANZOO_BLOCK_PLUGINS"):
        catalogue.load("tiny")


def test_call_gives_the_hook_its_arguments(installed):
    installed.add("halves", DATA, group=catalogue.DATASETS)
    assert catalogue.call(catalogue.DATASETS, "halves", "ganzoo_dataset", request=4) == 0.25


def test_an_error_for_people_from_a_hook_passes_and_any_other_is_the_plugins(installed):
    installed.add("halves", DATA, group=catalogue.DATASETS)
    with pytest.raises(DataError, match="it is absent"):
        catalogue.call(catalogue.DATASETS, "halves", "ganzoo_dataset", request="absent")
    with pytest.raises(PluginError, match="ganzoo_dataset failed: ZeroDivisionError"):
        catalogue.call(catalogue.DATASETS, "halves", "ganzoo_dataset", request=0)


def test_every_installed_plugin_passes_its_check():
    for group in catalogue.GROUPS:
        for entry in catalogue.entries(group):
            catalogue.check(entry)


@pytest.mark.parametrize("name", ["Tiny_GAN", "-tiny", "tiny.gan", "x" * 65])
def test_a_name_that_cannot_be_typed_is_refused_and_not_imported(installed, name):
    installed.add(name, "raise OSError", module="stranger_tiny")
    for read in (catalogue.load, lambda name: catalogue.check(catalogue.entry(name))):
        with pytest.raises(PluginError, match="its name should match"):
            read(name)


def test_a_broken_observer_is_told_and_the_others_are_loaded(installed):
    hook = "import ganzoo\n@ganzoo.hookimpl\ndef ganzoo_run_ended(run):\n    run.append('{}')\n"
    installed.add("first", hook.format("first"), group=catalogue.OBSERVERS)
    installed.add("second", hook.format("second"), group=catalogue.OBSERVERS)
    installed.add("third", "raise RuntimeError('theirs')", group=catalogue.OBSERVERS)
    installed.add("fourth", hook.replace("run_ended", "run_eneded"), group=catalogue.OBSERVERS)
    manager, problems = catalogue.observers()
    assert {"first", "second", "log"} <= {name for name, plugin in manager.list_name_plugin() if plugin}
    assert len(problems) == 2
    assert "observer 'fourth' of ganzoo-fourth 1.2" in problems[0]
    assert "observer 'third' of ganzoo-third 1.2 cannot be imported: RuntimeError: theirs" in problems[1]
    heard = []
    for plugin in ("first", "second"):
        manager.get_plugin(plugin).ganzoo_run_ended(heard)
    assert heard == ["first", "second"]
