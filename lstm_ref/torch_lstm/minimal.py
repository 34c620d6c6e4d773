"""Cells whose gates do not read h: minLSTM and minGRU, along a sequence by a scan or by a loop.

Where a gate reads x_t alone, all gates of a sequence are known before its first step. What is
left, h_t = a_t ∘ h_{t-1} + b_t, can be worked out in about log2(T) rounds.

Source: Feng et al. (2024), as they write the cells before they take logarithms: the candidate is
linear. The scan is that of Hillis and Steele (1986).
"""

from collections.abc import Callable

import torch
from torch import Tensor, nn
from torch.nn import functional as F

Along = Callable[[Tensor, Tensor], Tensor]


def scan(a: Tensor, b: Tensor) -> Tensor:
    """Return all h_t = a_t ∘ h_{t-1} + b_t, from h_0 = 0: a, b and the result are (T, …).

    After k rounds each step has gathered what the 2^k steps up to it have written.
    """
    reach = 1
    while reach < len(b):
        b = torch.cat([b[:reach], b[reach:] + a[reach:] * b[:-reach]])
        a = torch.cat([a[:reach], a[reach:] * a[:-reach]])
        reach *= 2
    return b


def loop(a: Tensor, b: Tensor) -> Tensor:
    """Return what `scan` does, one step after the other."""
    hs = [b[0]]
    for kept, written in zip(a[1:], b[1:], strict=True):
        hs.append(kept * hs[-1] + written)
    return torch.stack(hs)


class MinLSTM(nn.Module):
    """Gates f and i that read x alone, scaled so that they sum to 1; no output gate.

        f = σ(W_f x + b_f)      i = σ(W_i x + b_i)      g = W_g x + b_g
        h = f/(f + i) ∘ h_prev + i/(f + i) ∘ g

    xs (T, B, I) gives (hs, h_n), (T, B, H) and (1, B, H). `along` is `scan` or `loop`. The gate
    that keeps begins with bias 1, as our LSTM's.
    """

    def __init__(self, input_size: int, hidden_size: int, along: Along = scan) -> None:
        super().__init__()
        self.linear = nn.Linear(input_size, 3 * hidden_size)
        self.along = along
        nn.init.ones_(self.linear.bias.data[:hidden_size])

    def forward(self, xs: Tensor) -> tuple[Tensor, Tensor]:
        """Run along a sequence from h = 0."""
        z_f, z_i, g = self.linear(xs).chunk(3, dim=-1)  # (T, B, 3H) -> three times (T, B, H)
        share = torch.sigmoid(F.softplus(-z_i) - F.softplus(-z_f))  # f / (f + i), never 0 / 0
        hs = self.along(share, (1 - share) * g)
        return hs, hs[-1:]


class MinGRU(nn.Module):
    """One gate that reads x alone; no reset gate.

        z = σ(W_z x + b_z)      n = W_n x + b_n
        h = z ∘ h_prev + (1 - z) ∘ n

    z is the share that is kept, as in torch.nn.GRU; the paper's z is the other one. Arguments,
    call and bias as `MinLSTM`.
    """

    def __init__(self, input_size: int, hidden_size: int, along: Along = scan) -> None:
        super().__init__()
        self.linear = nn.Linear(input_size, 2 * hidden_size)
        self.along = along
        nn.init.ones_(self.linear.bias.data[:hidden_size])

    def forward(self, xs: Tensor) -> tuple[Tensor, Tensor]:
        """Run along a sequence from h = 0."""
        z, n = self.linear(xs).chunk(2, dim=-1)  # (T, B, 2H) -> twice (T, B, H)
        share = torch.sigmoid(z)
        hs = self.along(share, (1 - share) * n)
        return hs, hs[-1:]
