import pytest

from ganzoo.cli import ganzoo, main


def test_the_program_and_python_m_are_the_same(installed):
    as_module = installed.run("--version")
    as_script = installed.run("--version", python=("-c", "from ganzoo.cli import main; main()"))
    assert as_module.stdout == as_script.stdout
    assert as_module.stdout.startswith("ganzoo ")
    assert as_module.returncode == 0


def test_without_a_command_it_shows_help_and_fails(capsys):
    with pytest.raises(SystemExit) as end:
        main([])
    assert end.value.code == 2
    assert "Commands:" in capsys.readouterr().err


def typed(group, *before):
    """Every command as it is typed, those of groups inside too."""
    for name, command in sorted(group.commands.items()):
        yield from typed(command, *before, name) if hasattr(command, "commands") else [" ".join([*before, name])]


@pytest.mark.parametrize("name", list(typed(ganzoo)))
def test_every_help_says_what_quiet_does_and_ends_with_an_example(name, capsys):
    with pytest.raises(SystemExit) as end:
        main([*name.split(), "--help"])
    text = capsys.readouterr().out
    assert end.value.code == 0
    assert "-q, --quiet" in text
    assert f"  ganzoo {name}" in text[text.rindex("Example") :]


@pytest.mark.parametrize("name", ["config", "datasets", "devices", "doctor", "list", "models", "show"])
def test_every_listing_has_json(name):
    assert "--json" in [option for parameter in ganzoo.commands[name].params for option in parameter.opts]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["lits"], "error: No such command 'lits'"),
        (["list", "--jsn"], "error: No such option"),
        (["show"], "error: Missing argument 'NAME'"),
        (["train", "dcgan", "--steps"], "error: Option '--steps' requires an argument.\nsee `ganzoo train --help`"),
        (["tran"], "error: No such command 'tran'. Did you mean 'train'?\nsee `ganzoo --help`"),
        (["show", "vanila"], "error: unknown GAN 'vanila'; did you mean 'vanilla-mlp'?; see `ganzoo list`"),
        (["train"], "error: no GAN is named; `ganzoo list` shows them"),
        (["sample", "no-such-run"], "error: no run or model 'no-such-run'"),
        (["resume", "no-such-run"], "error: no run at 'no-such-run'"),
        (["train", "dcgan", "--config", "absent.toml"], "error: cannot read the configuration absent.toml"),
    ],
)
def test_bad_input_is_one_line_and_exit_2(arguments, said, capsys, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(SystemExit) as end:
        main(arguments)
    printed = capsys.readouterr()
    assert end.value.code == 2
    assert printed.err.startswith(said)
    assert printed.out == ""
    assert list(tmp_path.iterdir()) == []


def test_a_plugins_own_error_is_shown_with_its_traceback_and_exit_1(installed, capsys):
    path = installed.add("bad", "def deep():\n    raise ZeroDivisionError('theirs')\ndeep()\n")
    with pytest.raises(SystemExit) as end:
        main(["show", "bad"])
    text = capsys.readouterr().err
    assert end.value.code == 1
    assert f'File "{path}", line 2, in deep' in text
    assert text.splitlines()[-1].startswith("error: GAN 'bad' of ganzoo-bad 1.2 cannot be imported: ZeroDivision")


def test_ctrl_c_ends_with_130(monkeypatch, capsys):
    def interrupted():
        raise KeyboardInterrupt

    monkeypatch.setattr("ganzoo.catalogue.entries", interrupted)
    with pytest.raises(SystemExit) as end:
        main(["list"])
    assert end.value.code == 130
    assert "interrupted" in capsys.readouterr().err


def test_a_reader_that_goes_away_is_no_error(installed):
    text = (
        "import os\nfrom ganzoo.cli import main\nend = os.pipe()\nos.close(end[0])\nos.dup2(end[1], 1)\nmain(['list'])"
    )
    done = installed.run(python=("-c", text))
    assert done.stderr == ""
    assert done.returncode == 1


def test_the_shell_completes_names_of_gans_and_data_sets(installed):
    def completions(words):
        count = str(len(words.split()) - (not words.endswith(" ")))
        done = installed.run(
            python=("-c", "from ganzoo.cli import main; main()"),
            _GANZOO_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=count,
        )  # fmt: skip
        return [line.split(",")[1] for line in done.stdout.splitlines()]

    installed.add("vanity", installed.good)
    assert completions("ganzoo train van") == ["vanilla-mlp", "vanity"]
    assert "mnist" in completions("ganzoo train dcgan --data mn")
    assert completions("ganzoo train dcgan --precision bf") == ["bf16"]
