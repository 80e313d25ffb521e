"""A GAN's game as a loop written by hand, on the networks and objectives of a plugin. In one of three styles:

plain: a DataLoader with workers, two passes for real and fake, torch's optimisers as they come.
tuned: data in memory as bytes and gathered there, one pass, channels last, fused optimisers, gradients only where they
are needed, nothing waits. limit: the matrix products and convolutions of one tuned step alone, one after the other.

Not here: averages, checks for values that are not finite, pictures, checkpoints, exact resume.
Prints a JSON object: `first`, the seconds from BEGUN (since 1970) to the end of the first step, and `seconds`, of
STEPS steps after WARM others: python loop.py GAN DATA SIZE BATCH STYLE PRECISION DEVICE WARM STEPS BEGUN
"""

import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils.data import DataLoader

import ganzoo
from ganzoo.contract import Batch
from ganzoo.data import Dataset, Request, open_dataset
from ganzoo.nn import Dropout
from ganzoo.optimisers import number_at

__all__: list[str] = []

aten = torch.ops.aten
PRODUCTS = {aten.mm, aten.addmm, aten.bmm, aten.baddbmm, aten.convolution, aten.convolution_backward}
WORKERS = 2  # of the plain loop


class Items:
    """Samples (C, H, W) in [-1, 1] one by one, as a DataLoader takes them."""

    def __init__(self, dataset: Dataset) -> None:
        self.samples = dataset.samples

    def __len__(self) -> int:
        return len(self.samples)

    def __getitem__(self, index: int) -> Tensor:
        return self.samples[index].float() / 127.5 - 1


def loaded(dataset: Dataset, batch: int) -> Iterator[Tensor]:
    """Batches as a plain loop gets them."""
    loader: DataLoader[Tensor] = DataLoader(Items(dataset), batch, shuffle=True, drop_last=True, num_workers=WORKERS)  # type: ignore[arg-type]
    while True:
        yield from loader


def gathered(dataset: Dataset, batch: int, device: torch.device) -> Iterator[Tensor]:
    """Batches as a tuned loop gets them: from samples that lie on the device."""
    samples = dataset.samples.to(device)
    while True:
        for index in torch.randperm(len(dataset), device=device).split(batch):
            if len(index) == batch:
                yield samples[index].float().div_(127.5).sub_(1)


class Loop:
    """A game and what it is played on; `step` lets every player move."""

    def __init__(
        self, gan: str, data: str, size: int, batch: int, device: torch.device, *, tuned: bool, half: bool
    ) -> None:
        self.gan, self.batch, self.tuned, self.half, self.device = ganzoo.architecture(gan), batch, tuned, half, device
        self.config: Any = self.gan.config.parse({})
        dataset = open_dataset(data, Request(root=Path("data"), size=size, channels=None))
        self.reals = gathered(dataset, batch, device) if tuned else loaded(dataset, batch)
        self.modules = {k: usual(net).to(device) for k, net in self.gan.networks(self.config, dataset.space).items()}
        for name in self.modules:
            if tuned and any(weight.dim() == 4 for weight in self.modules[name].parameters()):
                self.modules[name].to(memory_format=torch.channels_last)
            if not tuned:
                self.modules[name].mixes_samples = True  # two passes
        self.players = self.gan.players(self.config)
        self.optimisers = [self.optimiser(player) for player in self.players]

    def optimiser(self, player: ganzoo.Player) -> torch.optim.Optimizer:
        """The player's Adam as torch has it."""
        by = player.by
        assert isinstance(by, ganzoo.Adam), "of the GANs here"
        weights = [weight for name in player.over for weight in self.modules[name].parameters()]
        betas = (number_at(by.betas[0], 0.0), number_at(by.betas[1], 0.0))
        return torch.optim.Adam(weights, number_at(by.lr, 0.0), betas, by.eps, fused=self.tuned or None)

    def step(self) -> None:
        """Every player takes its turns once."""
        device = self.device
        zero, nets = torch.zeros((), device=device), SimpleNamespace(**self.modules)
        for player, optimiser in zip(self.players, self.optimisers, strict=True):
            for name, module in self.modules.items():
                module.requires_grad_(name in player.over or (name in self.gan.discriminator and not self.tuned))
            for _ in range(player.turns):
                fetch = {
                    "real": lambda: next(self.reals).to(device, non_blocking=self.tuned),
                    "z": lambda: torch.randn(self.batch, self.config.latent_dim, device=device),
                }
                batch = Batch(self.batch, step=zero, progress=zero, device=device, fetch=fetch)
                with torch.autocast(device.type, torch.bfloat16, enabled=self.half):
                    terms = player.objective(nets, batch, self.config)
                loss = sum(terms.values(), zero)
                optimiser.zero_grad()
                (loss if player.goal == "minimize" else -loss).backward()
                optimiser.step()


def usual(net: nn.Module) -> nn.Module:
    """The network with torch's own dropout."""
    for module in list(net.modules()):
        for name, child in module.named_children():
            if isinstance(child, Dropout):
                setattr(module, name, nn.Dropout(child.p))
    return net


class Products(TorchDispatchMode):
    """Inside, every matrix product and convolution is remembered with what it was computed of."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[Any, Any, Any]] = []

    def __torch_dispatch__(self, function: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        if function.overloadpacket in PRODUCTS:
            self.calls.append((function, args, kwargs or {}))
        return function(*args, **(kwargs or {}))

    def step(self) -> None:
        """All of them again, alone."""
        with torch.no_grad():
            for function, args, named in self.calls:
                function(*args, **named)


def main(gan: str, data: str, size: str, batch: str, style: str, precision: str, on: str, *numbers: str) -> None:
    """Play, and print what was measured."""
    warm, steps, begun = map(float, numbers)
    device = torch.device(on)
    wait = torch.accelerator.synchronize if device.type != "cpu" else lambda: None
    loop = Loop(gan, data, int(size), int(batch), device, tuned=style != "plain", half=precision == "bf16")
    loop.step()
    wait()
    first, step = time.time() - begun, loop.step
    if style == "limit":
        with Products() as products:
            loop.step()
        step = products.step
    for _ in range(int(warm) - 1):
        step()
    wait()
    start = time.perf_counter()
    for _ in range(int(steps)):
        step()
    wait()
    print(json.dumps({"first": first, "seconds": time.perf_counter() - start}), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
