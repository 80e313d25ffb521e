import json

import pytest

FILES = '"config.json" = { sha256 = "%s", size = 1000 }\n"generator.safetensors" = { sha256 = "%s", size = 2000000 }'
REGISTRY = f"""
schema = 1
[plugins.tiny]
distribution = "ganzoo-tiny"
requires = ">=0.2"
[models."dcgan.mine"]
path = "weights"
plugin = "dcgan"
license = "mit"
dataset = "mnist"
shape = [1, 32, 32]
classes = 10
metrics = [{{ name = "kid", value = 0.51, dataset = "mnist", n = 10000, extractor = "raw" }}]
[models."dcgan.mine".files]
{FILES % ("a" * 64, "b" * 64)}
[models."dcgan.old"]
path = "gone"
plugin = "dcgan"
license = "mit"
dataset = "mnist"
status = "yanked"
[models."dcgan.old".files]
{FILES % ("a" * 64, "b" * 64)}
[models."dcgan.there"]
repo = "me/gan"
revision = "{"3" * 40}"
plugin = "dcgan"
license = "mit"
dataset = "mnist"
[models."dcgan.there".files]
{FILES % ("a" * 64, "b" * 64)}
[models."tiny.there"]
repo = "me/tiny"
revision = "{"3" * 40}"
plugin = "tiny"
license = "mit"
dataset = "mnist"
[models."tiny.there".files]
{FILES % ("a" * 64, "b" * 64)}
[aliases]
mine = "dcgan.mine"
"""


@pytest.fixture(autouse=True)
def shelf(tmp_path, monkeypatch):
    (tmp_path / "weights").mkdir()
    (tmp_path / "mine.toml").write_text(REGISTRY)
    monkeypatch.setenv("GANZOO_REGISTRY", str(tmp_path / "mine.toml"))
    return tmp_path


def test_what_there_is_how_large_how_good_and_whether_it_is_here(ganzoo):
    code, out, err = ganzoo("models", "*.[mot]*")
    assert (code, err) == (0, "")
    lines = {line.split()[0]: line for line in out.splitlines()}
    mine = lines["dcgan.mine"]
    for part in ("(mine)", "mnist 1x32x32, 10 classes", "2.0 MB", "  here  ", "kid 0.51 (n 10,000, raw)", "mit"):
        assert part in mine
    assert "to download" in lines["dcgan.there"]
    assert "taken back" in lines["dcgan.old"]
    assert (
        'needs the plugin tiny: the registry lists it as: ganzoo plugins install "ganzoo-tiny>=0.2"'
        in lines["tiny.there"]
    )


def test_names_aliases_and_json(ganzoo):
    assert ganzoo("models", "mine", "-q")[1] == "dcgan.mine\n"
    found = json.loads(ganzoo("models", "mine", "--json")[1])
    assert (found[0]["aliases"], found[0]["state"], found[0]["size"]) == (["mine"], "here", 2001000)
    assert found[0]["files"]["config.json"]["size"] == 1000
    code, out, err = ganzoo("models", "no-such-*")
    assert (code, out) == (0, "")
    assert "no model of the registry matches 'no-such-*'" in err
