"""Two sequences: the first few numbers say the class, and all others are noise of the same kind.

Source: Hochreiter and Schmidhuber (1997), experiment 3c, which makes Bengio's two-sequence problem
(3a) harder: the answer must be a number, and the one that is shown in training is noisy, so that
only its mean can be learnt. They say that 3a is solved sooner by guessing weights.
"""

import numpy as np

from lstm_ref.arrays import Array, whole

#: What is to be answered for the first and the second class.
ANSWERS = (0.2, 0.8)
#: The variance of the numbers that say nothing, and of the noise on an answer.
NOISE, NOISE_ON_ANSWERS = 0.2, 0.1


def two_sequence(
    rng: np.random.Generator,
    *,
    batch_size: int,
    length: int = 100,
    telling: int = 3,
    noisy: bool = True,
) -> tuple[Array, Array]:
    """Draw a batch and return (xs, targets), (T, B, 1) and (B, 1).

    One batch has one T, from `length` to a tenth more. The first `telling` numbers are 1 in the
    first class and -1 in the second; the others are Gaussian. The target is the class's answer,
    with Gaussian noise where `noisy`.
    Raises ValueError for a size below 1, or fewer steps than numbers that tell something.
    """
    batch_size, telling = whole("batch_size", batch_size), whole("telling", telling)
    length = whole("length", length, telling)
    T = int(rng.integers(length, length + length // 10 + 1))
    second = rng.integers(0, 2, batch_size)
    xs = rng.normal(0.0, NOISE**0.5, (T, batch_size, 1))
    xs[:telling, :, 0] = 1.0 - 2.0 * second
    targets = np.array(ANSWERS)[second]
    if noisy:
        targets = targets + rng.normal(0.0, NOISE_ON_ANSWERS**0.5, batch_size)
    return xs, targets[:, None]
