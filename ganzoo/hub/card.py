"""The model card: what was trained on what, how good it is, how to load it, and what it is not for."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from ganzoo import __version__
from ganzoo.hub.fields import LICENCE
from ganzoo.places import word
from ganzoo.settings import Settings

if TYPE_CHECKING:
    from huggingface_hub import ModelCardData

    from ganzoo.engine.generator import Generator
    from ganzoo.entry import Entry

__all__ = ["MARKER", "Facts", "card", "licence_in"]

MARKER = "<!-- written by ganzoo: changes below are lost at the next publish; take this line out to keep them -->"
_TASKS = {"image": "unconditional-image-generation"}


@dataclass(frozen=True, kw_only=True)
class Facts:
    """What a card says. settings: the run's config.toml. start: of run.json. metrics: of `ganzoo evaluate`."""

    generator: Generator
    gan: Entry
    address: str
    license: str
    training: Mapping[str, Any]
    settings: Mapping[str, Any]
    start: Mapping[str, Any]
    metrics: Mapping[str, Any]
    has_picture: bool
    half: bool

    @property
    def name(self) -> str:
        """The model's own name: the last part of its address."""
        return self.address.partition("@")[0].rstrip("/").rpartition("/")[2] or self.generator.name

    @property
    def parameters(self) -> int:
        """Numbers in the generator's networks."""
        from ganzoo.engine.parts import parameter_count

        return parameter_count(self.generator)

    @property
    def command(self) -> str:
        """The command that trains it again."""
        words = [
            "ganzoo train",
            self.gan.path.name if self.gan.path else self.gan.name,
            f"--data {self.settings.get('data', '')}",
        ]
        for name in ("size", "steps", "batch", "seed", "ema", "precision", "schedule", "dynamics"):
            if self.settings.get(name) not in (None, Settings.__dataclass_fields__[name].default):
                words.append(f"--{name} {self.settings[name]}")
        default = self.generator.architecture.config().to_dict()
        changed = {name: v for name, v in self.generator.config.to_dict().items() if v != default[name]}
        words += [f"-o {name}={json.dumps(v) if not isinstance(v, str) else v}" for name, v in changed.items()]
        return " ".join(words)


def card(facts: Facts) -> str:
    """The whole README.md, its YAML written by the Hub's own library."""
    generator, space = facts.generator, facts.generator.space
    outline = facts.gan.outline
    made = f"{space.plural} of {space}" + (f" in {len(space.classes)} classes" if generator.takes_labels else "")
    rows = [
        ("architecture", f"{generator.name} ({outline.summary})"),
        ("paper", outline.paper),
        ("makes", made + (f", translated from {space.source.plural} of {space.source}" if space.source else "")),
        ("weights", f"{facts.parameters:,} numbers" + (", stored as float16" if facts.half else "")),
        ("data", facts.training.get("dataset", "")),
        ("steps, seed", f"{facts.training.get('steps', 0):,}, {facts.training.get('seed', 0)}"),
        ("trained on", f"{facts.settings.get('device', '')}, {facts.start.get('platform', '')}".strip(", ")),
        ("with", f"ganzoo {facts.start.get('ganzoo', __version__)}, torch {facts.start.get('torch', '')}, "
                 f"Python {facts.start.get('python', '')}"),
        ("licence", facts.license or "none was given: ask its author before you use it"),
    ]  # fmt: skip
    table = "\n".join(f"| {name} | {_cell(text)} |" for name, text in rows if text)
    picture = "![samples of seed 0](samples.png)\n\n" if facts.has_picture else ""
    return f"""---
{_data(facts).to_yaml()}
---

{MARKER}

# {facts.name}

{picture}A generative adversarial network of ganzoo, a model zoo (`pip install ganzoo`).

| | |
| --- | --- |
{table}

## Use it

```
ganzoo sample {word(facts.address)} -n 16 --seed 0
```

```python
import ganzoo

generator = ganzoo.load("{facts.address}")  # an ordinary nn.Module in eval mode
generator.sample(16, seed=0).save("samples.png")
```

Behind an `@` goes a tag or a commit, which fixes what is loaded. Weights are safetensors; loading runs no code of this
repository.

## Train it again

```
{facts.command}
```

{_measured(facts)}## Limits

It makes what its data look like, with their gaps and their bias, and may repeat samples that it has seen. Numbers
of quality hold for the protocol that is named beside them alone.
"""


def licence_in(readme: str) -> str:
    """The licence that a README.md names in its YAML; empty if it names none that can be read."""
    if not readme.startswith("---"):
        return ""
    from huggingface_hub import ModelCard
    from yaml import YAMLError

    try:
        found = ModelCard(readme, ignore_metadata_errors=True).data.get("license")
    except (ValueError, YAMLError):
        return ""
    return found if isinstance(found, str) and LICENCE.fullmatch(found) else ""


def _data(facts: Facts) -> ModelCardData:
    from huggingface_hub import EvalResult, ModelCardData

    space, dataset = facts.generator.space, facts.training.get("dataset") or "unknown"
    found = _values(facts)
    results = [
        EvalResult(
            task_type=_TASKS.get(space.kind, "other"), dataset_type=dataset, dataset_name=dataset,
            metric_type=name, metric_value=value["value"],
        )
        for name, value in found.items()
    ]  # fmt: skip
    tag = "image-to-image" if space.source and space.kind == "image" else _TASKS.get(space.kind)
    return ModelCardData(
        library_name="ganzoo",
        license=facts.license or None,
        tags=["ganzoo", "gan", facts.generator.name, "pytorch"],
        pipeline_tag=tag,
        datasets=[dataset] if dataset != "unknown" else None,
        metrics=sorted(found) or None,
        model_name=facts.name if results else None,
        eval_results=results or None,
    )


def _values(facts: Facts) -> dict[str, Any]:
    """The measured numbers that are finite, by name."""
    return {name: value for name, value in facts.metrics.get("values", {}).items() if value["value"] is not None}


def _measured(facts: Facts) -> str:
    found = _values(facts)
    if not found:
        return ""
    rows = "\n".join(
        f"| {name} | {value['value']:.4g} | {value.get('generated', '')} | {value.get('real', '')} | "
        f"{_cell(value.get('extractor', ''))} | {_cell(value.get('protocol', ''))} |"
        for name, value in found.items()
    )
    return f"""## Measured

On {facts.metrics.get("data", "")}, by `ganzoo evaluate`{", before the weights were stored as float16" * facts.half}.

| metric | value | generated | real | extractor | protocol |
| --- | --: | --: | --: | --- | --- |
{rows}

"""


def _cell(text: object) -> str:
    """A text as a cell of a table, in which nothing can end the row."""
    return " ".join(str(text).replace("|", "\\|").split())
