"""A generator: the networks of a GAN that samples are drawn from, as an ordinary module in eval mode."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from itertools import count
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn

from ganzoo.contract import Architecture, Batch, Config, Space
from ganzoo.counted import counted
from ganzoo.engine.asked import Asked
from ganzoo.engine.device import drawing
from ganzoo.engine.modes import evaluating
from ganzoo.engine.samples import Samples
from ganzoo.errors import PluginError, UsageError

__all__ = ["Generator", "draw_prior", "generate"]

_CHUNK = 16  # samples always made together on a CPU, so that the first of many have the bits of few
_MANY = 256  # the same on other devices, which so few would not fill


def draw_prior(
    architecture: Architecture,
    n: int,
    config: Config,
    space: Space,
    device: torch.device,
    generator: torch.Generator | None = None,
) -> Any:
    """Z for n samples from the architecture's prior, (n, Z) standard normal where it names none.

    generator: what the normal numbers are drawn from; a prior of its own draws from the default one.
    """
    if architecture.prior:
        return architecture.prior(n, config, space, device)
    length: int = getattr(config, "latent_dim", 0)
    if not length:
        raise PluginError("without a prior of its own, an architecture's Config has a field latent_dim, Z")
    return torch.randn(n, length, device=device, generator=generator)


def generate(architecture: Architecture, modules: Mapping[str, nn.Module], batch: Batch, config: Config) -> Tensor:
    """Samples (N, *shape) from a batch's latents, labels and sources, as the architecture says.

    G(z) by default, of a translation G(source).
    """
    if architecture.generate:
        return architecture.generate(SimpleNamespace(**modules), batch, config)
    samples: Tensor = modules[architecture.generator[0]](batch.source if architecture.source else batch.z)
    return samples


class Generator(nn.Module):
    """Draws samples: `sample(16, seed=0)`. `name` is the GAN's, `config` its hyper-parameters, `space` its output."""

    def __init__(
        self,
        name: str,
        architecture: Architecture,
        config: Config,
        space: Space,
        modules: Mapping[str, nn.Module],
    ) -> None:
        super().__init__()
        self.name, self.architecture, self.config, self.space = name, architecture, config, space
        self.nets = nn.ModuleDict(modules)
        self.about: Mapping[str, Any] = {}  # of a published model: data set, steps and seed of its training

    @property
    def device(self) -> torch.device:
        """Where the networks are."""
        return next((parameter.device for parameter in self.parameters()), torch.device("cpu"))

    def forward(
        self, z: Any = None, label: Tensor | None = None, source: Tensor | None = None, where: int | None = None
    ) -> Tensor:
        """Samples (N, *shape) from latents z, as the prior draws them.

        label (N,) and source (N, *source shape) where the GAN takes them; z None if it translates without noise.
        where: of a table, the feature that rows should hold.
        """
        return generate(self.architecture, dict(self.nets), self.batch(z, label, source, where), self.config)

    def batch(
        self, z: Any = None, label: Tensor | None = None, source: Tensor | None = None, where: int | None = None
    ) -> Batch:
        """What `generate` is given; its `touched` names, afterwards, what the GAN takes."""
        first = source if source is not None else z
        part = first if isinstance(first, Tensor) else next(iter(z.values() if isinstance(z, dict) else z))
        size = part.shape[0]  # since len() would make the N of a graph that is being traced a constant
        zero = torch.zeros((), device=self.device)
        fetch: dict[str, Any] = {} if z is None else {"z": lambda: z}
        if label is not None:
            fetch["label"] = lambda: label
        if source is not None:
            fetch["source"] = lambda: source
        if where is not None:
            fetch["where"] = lambda: torch.full((size,), where, device=self.device)
        return Batch(size, step=zero, progress=zero + 1, device=self.device, fetch=fetch)

    def sample(
        self,
        n: int,
        *,
        seed: int = 0,
        labels: Sequence[int | str] | None = None,
        where: Mapping[str, str] | None = None,
    ) -> Samples:
        """Draw n samples. The same seed on the same device gives the same bytes, and the first of more samples.

        labels: class numbers or names, repeated to n; without them every class in turn. where: of a table, the
        values that rows should have in columns of categories; rows without them are drawn again. The global random
        state is left as it was. Raises UsageError for what does not exist, and where hardly a row is as asked.
        """
        return Samples(torch.cat(list(self.stream(n, seed=seed, labels=labels, where=where))), self.space)

    def stream(
        self,
        n: int,
        *,
        seed: int = 0,
        labels: Sequence[int | str] | None = None,
        where: Mapping[str, str] | None = None,
    ) -> Iterator[Tensor]:
        """The samples that `sample` draws, some at a time on the CPU: (k, *shape) each. Raises UsageError."""
        self._refuse_to_draw()
        if n < 1:
            raise UsageError(f"asked for {n} samples; ask for at least one, for example -n 16")
        label = self._labels(n + _MANY, labels)
        asked = Asked(self.space, where or {})
        together, found = _CHUNK if self.device.type == "cpu" else _MANY, 0
        for first in count(0, together):
            if found >= n:
                break
            if first >= asked.patience * n:
                raise UsageError(f"of {first:,} rows {found:,} are as asked, {asked}; ask for fewer or for less")
            with evaluating(dict(self.nets)), drawing(self.device, counted(seed, "sample", first)):
                z = draw_prior(self.architecture, together, self.config, self.space, self.device)
                chosen = label[first : first + together] if label is not None else None
                made = asked.met(self(z, chosen, where=asked.feature).float().cpu())[: n - found]
            found += len(made)
            yield made

    def _refuse_to_draw(self) -> None:
        """Raises UsageError where nothing is made of noise."""
        if self.space.kind == "game":
            raise UsageError(f"{self.name} is a game without samples; its course is in metrics.csv and plots/")
        if self.space.source:
            raise UsageError(
                f"{self.name} translates what it is given, it draws none from noise; type: ganzoo apply RUN FILE..., "
                "or in Python generator.translate(sources)"
            )

    @cached_property
    def takes_labels(self) -> bool:
        """Whether samples depend on a label: whether the GAN looks at it to make one."""
        if not self.space.classes:
            return False
        with evaluating(dict(self.nets)), drawing(self.device, 0):
            z = draw_prior(self.architecture, 1, self.config, self.space, self.device) if self.takes_noise else None
            source = torch.zeros(1, *self.space.source.shape, device=self.device) if self.space.source else None
            batch = self.batch(z, torch.zeros(1, dtype=torch.long, device=self.device), source)
            generate(self.architecture, dict(self.nets), batch, self.config)
        return "label" in batch.touched

    @property
    def takes_noise(self) -> bool:
        """Whether there is a z: an architecture that translates may have none."""
        return self.architecture.prior is not None or bool(getattr(self.config, "latent_dim", 0))

    def translate(
        self, sources: Tensor, *, seed: int = 0, labels: Sequence[int | str] | None = None, chunk: int = _CHUNK
    ) -> Samples:
        """The translations of sources (N, *source shape), `chunk` at a time; of other heights and widths if it can.

        seed: of the noise where it takes any. labels: as `sample` takes them. Raises UsageError.
        """
        if self.space.source is None:
            raise UsageError(f"{self.name} draws samples from noise, it translates none; type: ganzoo sample RUN")
        label, parts = self._labels(len(sources), labels), []
        with evaluating(dict(self.nets)):
            for first in range(0, len(sources), chunk):
                some = sources[first : first + chunk].to(self.device)
                chosen = label[first : first + chunk] if label is not None else None
                with drawing(self.device, counted(seed, "sample", first)):
                    z = None
                    if self.takes_noise:
                        z = draw_prior(self.architecture, len(some), self.config, self.space, self.device)
                    parts.append(self(z, chosen, some).float().cpu())
        return Samples(torch.cat(parts), self.space)

    def walk(self, frames: int, *, seed: int = 0, columns: int = 4, stops: int = 4) -> list[Samples]:
        """`frames` pictures of columns^2 samples each, whose latents pass through `stops` random points and return.

        The way between two points is spherical, since N(0, I) has its mass on a shell (White 2016, sec. 2.1).
        Raises UsageError where the prior's latents are not one tensor of real numbers.
        """
        self._refuse_to_draw()
        n, device = columns * columns, self.device
        points = []
        for stop in range(stops):
            with drawing(device, counted(seed, "walk", stop)):
                points.append(draw_prior(self.architecture, n, self.config, self.space, device))
        if not all(isinstance(point, Tensor) and point.is_floating_point() for point in points):
            raise UsageError(f"{self.name} has structured latents, which a walk cannot pass between")
        label = self._labels(n, None)
        shown = []
        with evaluating(dict(self.nets)), drawing(device, counted(seed, "walk")):
            for frame in range(frames):
                place = frame / frames * stops
                here, there = points[int(place)], points[(int(place) + 1) % stops]
                shown.append(Samples(self(_between(here, there, place % 1), label).float().cpu(), self.space))
        return shown

    def _labels(self, n: int, labels: Sequence[int | str] | None) -> Tensor | None:
        names = self.space.classes
        if not names:
            if labels:
                raise UsageError(f"{self.name} was trained without labels; leave out --labels")
            return None
        if labels and not self.takes_labels:
            raise UsageError(f"{self.name} draws from all classes and takes no label; leave out --labels")
        numbers = []
        for label in labels or range(len(names)):
            if str(label) in names:
                numbers.append(names.index(str(label)))
            elif str(label).isdecimal() and int(label) < len(names):
                numbers.append(int(label))
            else:
                raise UsageError(f"no class {label!r}; the classes are {', '.join(names)}")
        return torch.tensor(numbers, device=self.device).repeat(-(-n // len(numbers)))[:n]


def _between(here: Tensor, there: Tensor, share: float) -> Tensor:
    """Spherical interpolation between two batches of latents (N, Z)."""
    angle = torch.acos(torch.cosine_similarity(here, there, dim=1).clamp(-0.9999, 0.9999))[:, None]
    sine = torch.sin(angle)
    return torch.sin((1 - share) * angle) / sine * here + torch.sin(share * angle) / sine * there
