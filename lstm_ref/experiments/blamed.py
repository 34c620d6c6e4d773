"""Which words of the example sentence a network's verdict hangs on, before and after training.

A word's part in the verdict is the gradient at its input times its input: what the verdict would
lose, to first order, without the word. The network has forget bias 1, and learns from reviews whose
length is drawn for each mini-batch.
"""

from functools import partial

import numpy as np
import torch

from lstm_ref.arrays import Array
from lstm_ref.datasets.sentence import numbers, words
from lstm_ref.datasets.verdict import verdict
from lstm_ref.experiments.experiment import Experiment, Result
from lstm_ref.experiments.verdicts import BATCH, STEPS, build, train
from lstm_ref.training import tensor

BIAS, LENGTHS = 1.0, (5, 11)
#: How many words of the sentence are read: up to *good*, and up to *great*.
READ = (5, 10)


def mixed(rng: np.random.Generator) -> tuple[Array, Array]:
    """Draw reviews of one length, which is drawn, too."""
    low, high = LENGTHS
    return verdict(rng, length=int(rng.integers(low, high + 1)), batch_size=BATCH)


def run(seed: int, *, steps: int = STEPS) -> Result:
    """Return for both readings the verdicts, and each word's part in them, before and after."""
    with torch.random.fork_rng([]):
        torch.manual_seed(seed)
        untrained = build(BIAS)  # as `fit` builds it
    trained, _ = train(BIAS, partial(mixed), seed, steps)
    found: Result = {}
    for count in READ:
        for name, model in (("before", untrained), ("after", trained)):
            xs = tensor(numbers(words[:count])[:, None], next(model.parameters())).requires_grad_()
            output = model(xs).sum()
            parts = (torch.autograd.grad(output, xs)[0] * xs).sum(dim=(1, 2))
            found[f"verdict {name} of {count}"] = output.item()
            found[f"parts {name} of {count}"] = parts.tolist()
    return found


EXPERIMENT = Experiment("blamed", run, ({},), seeds=5, miniature={"steps": 12})
