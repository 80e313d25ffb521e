"""What a plugin's file says of itself, read from its text without importing it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

__all__ = ["Outline"]

_DOCSTRING = re.compile(r'(?:\s*#[^\n]*\n|\s)*[rR]?("""|\'\'\')(.*?)\1', re.DOTALL)


@dataclass(frozen=True)
class Outline:
    """A plugin's docstring and the names of its options, from the text of its file."""

    text: str

    @cached_property
    def docstring(self) -> str:
        """The file's docstring, empty if it has none."""
        found = _DOCSTRING.match(self.text.removeprefix("\ufeff"))
        return found[2].strip() if found else ""

    @property
    def summary(self) -> str:
        """The docstring's first line."""
        return self.docstring.partition("\n")[0].strip()

    @property
    def paper(self) -> str:
        """What follows `Paper:` in the docstring: authors and year, title, where to find it."""
        return self._paragraph("Paper")

    @property
    def citation(self) -> str:
        """The authors and the year: the paper's paragraph up to its first comma."""
        return self.paper.partition(",")[0]

    @property
    def year(self) -> int | None:
        """The first year in the paper's paragraph."""
        found = re.search(r"\b(?:19|20)\d\d\b", self.paper)
        return int(found[0]) if found else None

    @property
    def tasks(self) -> tuple[str, ...]:
        """What follows `Tasks:` in the docstring, split at commas."""
        return tuple(task.strip() for task in self._paragraph("Tasks").split(",") if task.strip())

    @property
    def api(self) -> int:
        """What follows `API:` in the docstring, the plugin API's number that the plugin is made for; 1 without it."""
        found = re.match(r"\d{1,9}\b", self._paragraph("API"))
        return int(found[0]) if found else 1

    @property
    def hooks(self) -> tuple[str, ...]:
        """The names of the functions that the file marks with @hookimpl, in order."""
        marked = r"^\s*@(?:ganzoo\.)?hookimpl\b[^\n]*\n(?:\s*@[^\n]*\n)*\s*def\s+(\w+)"
        return tuple(dict.fromkeys(re.findall(marked, self.text, re.MULTILINE)))

    def option_names(self) -> list[str] | None:
        """The keys that `-o` takes; None if the file does not tell, as when its Config inherits from another plugin's.

        A Config may inherit from those of `ganzoo` itself, whose fields are known without the plugin.
        """
        import ast
        from dataclasses import fields

        from ganzoo import common

        try:
            tree = ast.parse(self.text)
        except (SyntaxError, ValueError):
            return None  # loading the plugin will say what is wrong with it
        known = {f"ganzoo.{name}": fields(getattr(common, name)) for name in ("Config", *common.__all__)}
        classes = {node.name: node for node in tree.body if isinstance(node, ast.ClassDef)}
        for node in ast.walk(tree):
            if not isinstance(node, ast.Call) or ast.unparse(node.func) != "ganzoo.Architecture":
                continue
            given = [*node.args[:1], *(word.value for word in node.keywords if word.arg == "config")]
            config = classes.get(ast.unparse(given[0])) if given else None
            bases = [ast.unparse(base) for base in config.bases] if config else []
            if config is None or not known.keys() >= set(bases):
                return None
            own = [line.target for line in config.body if isinstance(line, ast.AnnAssign)]
            names = [target.id for target in own if isinstance(target, ast.Name)]
            return list(dict.fromkeys(names + [field.name for base in bases for field in known[base]]))
        return None

    def _paragraph(self, word: str) -> str:
        found = re.search(rf"^{word}:\s*(.*?)(?=\n\s*\n|\n\w+:|\Z)", self.docstring, re.DOTALL | re.MULTILINE)
        return " ".join(found[1].split()) if found else ""
