"""The verdict: does the last word praise, or is there a *not* before it in its sentence?

Short reviews with the two numbers a word of `lstm_ref.datasets.sentence`: one at *not*, one that is
1 at a full stop and -1 at a word of praise. The last word is praise. It counts +1, or -1 where a
*not* stands before it in the same sentence. A *not* in the sentence before means nothing.
"""

import numpy as np

from lstm_ref.arrays import Array
from lstm_ref.datasets.sentence import numbers

NOT, STOP, PRAISE = numbers(["not", ".", "good"])


def verdict(rng: np.random.Generator, *, length: int, batch_size: int) -> tuple[Array, Array]:
    """Draw a batch and return (xs, targets) of shape (T, B, 2) and (B, 1), T = length.

    Half of the reviews have two sentences, the first of 1 to T/2 words before its full stop; the
    last of these words praises in half of them. Each sentence holds a *not* with probability 1/2,
    before the praise; in the sentence that counts, in its first half. So the *not* that counts
    stands about T/4 to T words before the end.
    Raises ValueError for a length below 5 or a batch below 1.
    """
    if length < 5 or batch_size < 1:
        raise ValueError(
            f"length is {length} and batch_size {batch_size}; expected at least 5 and at least 1"
        )
    xs = np.zeros((length, batch_size, 2))
    each = np.arange(batch_size)
    begins = np.zeros(batch_size, int)  # where the last sentence begins
    two = rng.random(batch_size) < 0.5
    stop = rng.integers(1, length // 2 + 1, batch_size)
    xs[stop[two], each[two]] = STOP
    begins[two] = stop[two] + 1
    praised = two & (stop > 1) & (rng.random(batch_size) < 0.5)
    xs[stop[praised] - 1, each[praised]] = PRAISE
    earlier = two & (rng.random(batch_size) < 0.5)
    place = (rng.random(batch_size) * np.maximum(1, stop - 1)).astype(int)  # before that praise
    xs[place[earlier], each[earlier]] = NOT
    denied = rng.random(batch_size) < 0.5
    half = np.maximum(1, (length - 1 - begins) // 2)
    place = begins + (rng.random(batch_size) * half).astype(int)
    xs[place[denied], each[denied]] = NOT
    xs[-1] = PRAISE
    return xs, np.where(denied, -1.0, 1.0)[:, None]
