"""Parity by guessing: draw all weights of a tiny tanh network, and look whether it is right.

Hochreiter and Schmidhuber (1997, sections 5 and 6) say that guessing beats training where the
answer is a simple machine; Schmidhuber, Hochreiter and Bengio (2001) have parity among their
examples. Here a network of two units is drawn again and again, each weight from -RANGE to RANGE,
and tried on short strings first. The first one that is right on all of these is asked for 1,000
long ones.
"""

import numpy as np

from lstm_ref.arrays import Array
from lstm_ref.datasets.parity import parity
from lstm_ref.experiments.experiment import Experiment, Result

HIDDEN, RANGE, MOST, AT_ONCE = 2, 10.0, 500_000, 5000
#: The strings that a guess must get right: (length, how many), one after the other.
SIEVE = ((5, 8), (20, 16), (100, 64))
LENGTH, FRESH = 500, 1000


def run(seed: int, *, length: int = LENGTH, most: int = MOST, fresh: int = FRESH) -> Result:
    """Guess until a network is right; return after how many, and its share of wrong answers."""
    rng = np.random.default_rng(seed)
    for done in range(0, most, AT_ONCE):
        nets = rng.uniform(-RANGE, RANGE, (AT_ONCE, HIDDEN * (HIDDEN + 3) + 1))
        left = np.arange(AT_ONCE)
        for long, count in SIEVE:
            xs, targets = parity(rng, length=long, batch_size=count)
            left = left[(answers(nets[left], xs) == targets[:, 0]).all(axis=1)]
        if len(left):
            xs, targets = parity(rng, length=length, batch_size=fresh)
            wrong = answers(nets[left[:1]], xs)[0] != targets[:, 0]
            return {"guesses": done + int(left[0]) + 1, "error": float(wrong.mean())}
    return {"guesses": None, "error": None}


def answers(nets: Array, xs: Array) -> Array:
    """Return what networks (N, weights) answer to xs (T, B, 1): 0 or 1, (N, B)."""
    H = HIDDEN
    W, b, v, U, a = np.split(nets, [H, 2 * H, 3 * H, 3 * H + H * H], axis=1)
    U = U.reshape(-1, H, H)
    h = np.zeros((len(nets), xs.shape[1], H))
    for x in xs:
        z = x[None] * W[:, None] + b[:, None] + np.einsum("nbk,njk->nbj", h, U)
        h = np.tanh(z)
    found: Array = (np.einsum("nbk,nk->nb", h, v) + a > 0).astype(float)
    return found


EXPERIMENT = Experiment(
    "guessed", run, ({},), seeds=20, miniature={"length": 20, "most": 5000, "fresh": 10}
)
