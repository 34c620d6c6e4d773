"""A recurrent layer with a linear read-out: what most experiments train."""

from typing import Any

import torch
from torch import nn


class ReadOut(nn.Module):
    """Run a layer, and read its hidden states: the last one, or each where `every_step`.

    `layer(xs)` and `layer(xs, state)` return (hs, state), hs (T, B, features), as torch's
    recurrent layers do. `dropout` acts on what is read, not on what goes from step to step
    (Zaremba et al., 2014).
    """

    def __init__(
        self,
        layer: nn.Module,
        features: int,
        outputs: int,
        *,
        every_step: bool = False,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.layer = layer
        self.dropout = nn.Dropout(dropout)
        self.linear = nn.Linear(features, outputs)
        self.every_step = every_step

    def forward(self, xs: torch.Tensor) -> torch.Tensor:
        """xs (T, B, I) gives (B, O), or (T, B, O) at every step; the states begin at zero."""
        return self.carry(xs, None)[0]

    def carry(self, xs: torch.Tensor, state: Any) -> tuple[torch.Tensor, Any]:
        """Return (outputs, state), beginning with the state that an earlier chunk ended with."""
        hs, state = self.layer(xs) if state is None else self.layer(xs, state)
        outputs: torch.Tensor = self.linear(self.dropout(hs if self.every_step else hs[-1]))
        return outputs, state
