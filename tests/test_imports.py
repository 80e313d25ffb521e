"""Imports go one way, start-up is light, and what is public is said in order."""

import ast
import importlib
import json
import pkgutil
from pathlib import Path

import pytest

import ganzoo

ROOT = Path(ganzoo.__file__).parent
MODULES = [name for _, name, _ in pkgutil.walk_packages([str(ROOT)], "ganzoo.") if name != "ganzoo.__main__"]

# A module imports from its own rank or a lower one, while the program's layers are built up.
RANKS = [
    {"errors"},
    {"config", "counted", "degradation", "dynamics", "hookspecs", "memory", "optimisers", "players", "plurals"},
    {"columns", "common", "contract", "entry", "flags", "outline"},
    {"catalogue", "nn", "tokens"},
    {"installing", "loadable", "lookup", "packages", "settings", "template"},
    {"data", "places"},
    {"engine"},
    {"judge"},
    {"hub", "watch"},
    {"api", "health", "testing"},
    {"commands"},
    {"cli"},
    {"__main__"},
]
RANK = {name: rank for rank, names in enumerate(RANKS) for name in names}


def imported(tree):
    """The ganzoo modules that a file imports when it is run, at its top and in functions."""
    checked = [
        node for node in ast.walk(tree) if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
    ]
    exempt = {id(inner) for node in checked for inner in ast.walk(node)}
    for node in ast.walk(tree):
        if id(node) in exempt:
            continue
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, "relative import"
            if node.module == "ganzoo":
                yield from (name.name for name in node.names)
            elif node.module.startswith("ganzoo."):
                yield node.module.split(".")[1]
        elif isinstance(node, ast.Import):
            yield from (name.name.split(".")[1] for name in node.names if name.name.startswith("ganzoo."))


def test_imports_never_point_back():
    wrong, seen = [], 0
    for path in ROOT.rglob("*.py"):
        own = path.relative_to(ROOT).with_suffix("").parts[0]
        if own == "__init__":
            continue
        for name in imported(ast.parse(path.read_text())):
            if name.startswith("__version"):
                continue
            seen += 1
            if RANK[name] > RANK[own]:
                wrong.append(f"{path.relative_to(ROOT)} imports ganzoo.{name}")
    assert not wrong
    assert seen > 50


def test_the_layer_test_sees_an_import_in_a_function_and_not_one_for_types():
    text = (
        "def f():\n    from ganzoo.cli import main\nif TYPE_CHECKING:\n    import ganzoo.engine\nfrom ganzoo import hub"
    )
    assert sorted(imported(ast.parse(text))) == ["cli", "hub"]


def test_plugins_import_only_ganzoo_its_blocks_and_torch():
    plugins = ROOT.parent / "plugins" / "ganzoo_plugins"
    allowed = {"ganzoo", "ganzoo.nn", "torch"}
    standard = {"collections", "dataclasses", "typing", "math", "__future__", "functools", "itertools"}
    for path in plugins.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            modules = [node.module] if isinstance(node, ast.ImportFrom) else []
            modules += [name.name for name in node.names] if isinstance(node, ast.Import) else []
            for module in modules:
                top = module.split(".")[0]
                assert module in allowed or top in {"torch"} | standard, f"{path.name} imports {module}"


@pytest.mark.parametrize("name", MODULES)
def test_public_names_are_sorted_and_exist(name):
    module = importlib.import_module(name)
    public = getattr(module, "__all__", None)
    if public is None:
        assert Path(module.__file__).name == "__init__.py" or not [
            n for n, v in vars(module).items() if getattr(v, "__module__", None) == name and not n.startswith("_")
        ], f"{name} has no __all__"
        return
    order = sorted(public, key=lambda word: (not word.isupper(), not word[0].isupper(), word))
    assert public == order
    for word in public:
        assert hasattr(module, word), f"{name} says it has {word}"


PROBE = """
import sys
try:
    from ganzoo.cli import main
    main(sys.argv[1:])
except SystemExit as end:
    code = end.code
import json
heavy = ("torch", "numpy", "PIL", "sklearn", "matplotlib", "torchvision", "rich", "safetensors", "huggingface_hub",
         "tomlkit", "ganzoo_plugins", "stranger_slow", "pluggy")
print(json.dumps({"code": code, "imported": [name for name in heavy if name in sys.modules]}))
"""


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (["--help"], 0),
        (["--version"], 0),
        (["list"], 0),
        (["list", "--json"], 0),
        (["plugins"], 0),
        (["plugins", "--json"], 0),
        (["plugins", "known"], 0),
        (["plugins", "new", "my-gan"], 0),
        (["train", "--help"], 0),
        (["sample", "--help"], 0),
        (["registry", "check"], 0),
        (["models"], 0),
        (["train", "vanila-mlp", "--bach", "0"], 2),
        (["train", "vanilla-mlp", "-o", "widht=3", "--data", "mnits", "--device", "gpu"], 2),
        (["train", "slow", "-o", "latent_dmi=3"], 2),
    ],
)
def test_nothing_heavy_is_imported_until_a_gan_is_chosen(installed, arguments, code):
    installed.add("slow", installed.good.replace("import ganzoo\n", "import time, ganzoo\ntime.sleep(60)\n"))
    done = installed.run(*arguments, python=("-c", PROBE))
    assert json.loads(done.stdout.splitlines()[-1]) == {"code": code, "imported": []}


def test_import_ganzoo_is_light(installed):
    done = installed.run(python=("-c", "import ganzoo, sys; print({'torch', 'click', 'numpy'} & set(sys.modules))"))
    assert done.stdout == "set()\n"
