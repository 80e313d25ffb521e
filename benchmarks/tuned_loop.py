"""The vanilla GAN as a plain loop, tuned by hand: what ganzoo is measured against, beside any other script.

Data in memory as bytes and gathered there, one pass for real and fake, fused Adam, losses on logits, nothing
waits for the device. Not here: averages, checks for non-finite values, pictures, checkpoints, exact resume.
Reads MNIST from ./data, prints a line an epoch: python tuned_loop.py fp32|bf16 EPOCHS
"""

import sys

import torch
import torch.nn.functional as F
from torch import Tensor, nn
from torchvision.datasets import MNIST

precision, epochs = sys.argv[1], int(sys.argv[2])
N, Z, WIDTH = 64, 100, 256


class Discriminator(nn.Module):
    """(N, 784) -> (N, 1) logits, with dropout."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.second, self.last = nn.Linear(784, WIDTH), nn.Linear(WIDTH, WIDTH), nn.Linear(WIDTH, 1)

    def forward(self, x: Tensor) -> Tensor:
        """Logits, one pass for as many samples as there are."""
        x = F.dropout(F.leaky_relu(self.first(x), 0.2, inplace=True), 0.3)
        logits: Tensor = self.last(F.dropout(F.leaky_relu(self.second(x), 0.2, inplace=True), 0.3))
        return logits


def generator() -> nn.Sequential:
    """(N, Z) -> (N, 784) in [-1, 1]."""
    layers = [nn.Linear(Z, WIDTH), nn.LeakyReLU(0.2, True), nn.Linear(WIDTH, WIDTH), nn.LeakyReLU(0.2, True)]
    return nn.Sequential(*layers, nn.Linear(WIDTH, 784), nn.Tanh())


G, D = generator(), Discriminator()
D_adam, G_adam = (torch.optim.Adam(net.parameters(), lr=2e-4, betas=(0.5, 0.999), fused=True) for net in (D, G))
images = MNIST("data", download=True).data.view(-1, 784)

for epoch in range(epochs):
    for index in torch.randperm(len(images)).split(N):
        real = images[index].float().div_(127.5).sub_(1)
        D.requires_grad_(True)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bf16"):
            with torch.no_grad():
                fake = G(torch.randn(N, Z))
            logits = D(torch.cat([real.to(fake.dtype), fake]))
            loss = F.softplus(-logits[: len(real)].float()).mean() + F.softplus(logits[len(real) :].float()).mean()
        D_adam.zero_grad()
        loss.backward()
        D_adam.step()
        D.requires_grad_(False)
        with torch.autocast("cpu", dtype=torch.bfloat16, enabled=precision == "bf16"):
            fooling = F.softplus(-D(G(torch.randn(N, Z))).float()).mean()
        G_adam.zero_grad()
        fooling.backward()
        G_adam.step()
    print(f"Epoch [{epoch + 1}/{epochs}], {loss.item():.4f}, {fooling.item():.4f}", flush=True)
