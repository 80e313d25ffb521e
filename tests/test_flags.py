from ganzoo.flags import COMMAND_LINE, flags
from ganzoo.settings import Settings


def test_every_setting_has_a_note_and_its_own_spelling():
    found = flags(Settings)
    assert all(flag.option.note for flag in found.values())
    spellings = [flag.spelling for flag in found.values()]
    assert len(set(spellings)) == len(spellings)
    assert found["start_from"].spelling == "--from"
    assert found["checkpoint_every"].spelling == "--checkpoint-every"


def test_choices_are_those_of_a_literal():
    assert flags(Settings)["precision"].choices == ("auto", "fp32", "bf16")
    assert flags(Settings)["channels"].choices == ("1", "3")
    assert flags(Settings)["batch"].choices == ()


def test_a_value_of_a_wrong_type_gets_an_example_of_a_right_one():
    _, problem = flags(Settings)["channels"].read("rgb", COMMAND_LINE)
    assert problem == "option --channels='rgb': expected one of 1, 3, for example --channels=1"
    _, problem = flags(Settings)["ema"].read("x", "my.toml")
    assert problem == "option ema='x': expected float, for example ema=0.5"
