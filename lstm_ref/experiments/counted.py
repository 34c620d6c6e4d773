"""The two networks of the chapter's live figure: an LSTM and a GRU of `counting`, with weights.

They are those that `counting` trains on aⁿbⁿ with its first seed. Weights are kept in thousandths,
and `reach` is how far a network counts with its weights so rounded.
"""

import torch
from torch import nn

from lstm_ref.experiments.counting import ASKED, STEPS, reach, train
from lstm_ref.experiments.experiment import Experiment, Result, every


def run(seed: int, *, cell: str, steps: int = STEPS, asked: int = ASKED, look: int = 100) -> Result:
    """Train one network; return its weights by torch's names, and how far it counts with them."""
    model, _ = train(seed, cell, "ab", steps=steps, look=look)
    weights = {name: (1000 * p.detach()).round() for name, p in model.named_parameters()}
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            parameter.copy_(weights[name] / 1000)
    found = {name: values.int().tolist() for name, values in weights.items()}
    return {"reach": reach(_evaluated(model), "ab", asked), "weights": found}


def _evaluated(model: nn.Module) -> nn.Module:
    """In float64, as the figure computes."""
    return model.double().eval()


EXPERIMENT = Experiment(
    "counted",
    run,
    every(cell=("gru", "lstm")),
    seeds=1,
    miniature={"steps": 4, "asked": 5, "look": 2},
)
