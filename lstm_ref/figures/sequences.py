"""The sequences figure in Python: what `sequences.js` computes, by counting."""

from collections import Counter
from collections.abc import Mapping
from typing import Any

from lstm_ref.figures import data


def compute(state: Mapping[str, Any]) -> dict[str, Any]:
    """Return the words' numbers in this order, how often each occurs, and the one after "not"."""
    words = data.kept("sentence.json")["words"]
    kinds = list(dict.fromkeys(words))
    read = [words[int(k)] for k in state["order"]]
    found = Counter(read)
    after = read[read.index("not") + 1 :]
    return {
        "numbers": [kinds.index(word) + 1 for word in read],
        "counts": [found[kind] for kind in kinds],
        "after": kinds.index(after[0]) + 1 if after else 0,
    }
