import hashlib

import pytest


@pytest.fixture
def shelf(tmp_path):
    """A registry with one model in a folder beside it."""
    folder = tmp_path / "weights"
    folder.mkdir()
    lines = ["schema = 1", '[models."dcgan.mine"]', 'path = "weights"', 'plugin = "dcgan"', 'license = "mit"']
    lines += ['dataset = "digits"', '[models."dcgan.mine".files]']
    for name in ("config.json", "generator.safetensors"):
        (folder / name).write_text(name)
        digest = hashlib.sha256(name.encode()).hexdigest()
        lines.append(f'"{name}" = {{ sha256 = "{digest}", size = {len(name)} }}')
    path = tmp_path / "mine.toml"
    path.write_text("\n".join(lines))
    return path


def test_the_shipped_registry_is_in_order(ganzoo):
    code, out, err = ganzoo("registry", "check")
    assert (code, err) == (0, "")
    assert out.rstrip().endswith("in order")


def test_a_registry_of_ones_own_is_checked_with_its_files(ganzoo, shelf):
    assert ganzoo("registry", "check", shelf)[:2] == (0, f"{shelf}: 1 model, 0 plugins, in order\n")
    assert ganzoo("registry", "check", shelf, "-q") == (0, "", "")
    weights = shelf.parent / "weights" / "generator.safetensors"
    weights.write_text("Generator.safetensors")
    code, out, err = ganzoo("registry", "check", shelf)
    assert (code, out) == (2, "")
    assert f"error: {shelf}: models.dcgan.mine: {weights} has the sha256" in err


def test_models_are_fetched_and_drawn_from_where_it_is_said(ganzoo, shelf):
    code, out, err = ganzoo("registry", "check", shelf, "--online")
    assert (code, out) == (2, "")
    assert err.startswith(f"error: {shelf}: models.dcgan.mine: ")
    assert err.count("\n") == 1


def test_mistakes_and_a_missing_file_end_with_code_two(ganzoo, shelf, tmp_path):
    assert ganzoo("registry", "check", tmp_path / "none.toml")[0] == 2
    shelf.write_text("schema = 2")
    code, out, err = ganzoo("registry", "check", shelf)
    assert (code, out) == (2, "")
    assert err.startswith("error: ")
    assert "Traceback" not in err
