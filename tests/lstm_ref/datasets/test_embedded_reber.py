"""The grammar against a regular expression of it, and its encoding."""

import re
from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings

from lstm_ref.datasets.embedded_reber import (
    PADDING,
    SYMBOLS,
    embedded_reber,
    embedded_reber_string,
    encode,
    reber_string,
    successors,
)
from tests.strategies import seeds, sizes

#: The graph once more, as a language: what may follow the state before X and S, then all.
_AFTER = "(?:XT*VP)*(?:S|XT*VV)E"
REBER = f"B(?:TS*X{_AFTER}|PT*V(?:P{_AFTER}|VE))"
EMBEDDED = re.compile(f"BT{REBER}TE|BP{REBER}PE")


@given(seed=seeds)
def test_strings_are_of_the_grammar(seed: int) -> None:
    rng = np.random.default_rng(seed)
    assert re.fullmatch(REBER, reber_string(rng))
    string = embedded_reber_string(rng)
    assert EMBEDDED.fullmatch(string)
    assert len(string) >= 9


def test_every_choice_is_a_fair_coin() -> None:
    rng = np.random.default_rng(0)
    drawn = Counter(reber_string(rng) for _ in range(20_000))
    for string, coins in {"BTXSE": 3, "BPVVE": 3, "BTSXSE": 4, "BPTVVE": 4, "BTXXVVE": 5}.items():
        np.testing.assert_allclose(drawn[string] / 20_000, 0.5**coins, rtol=0.12)
    branch = Counter(embedded_reber_string(rng)[1] for _ in range(4000))
    assert set(branch) == {"T", "P"}
    assert abs(branch["T"] - 2000) < 150


@settings(deadline=None)
@given(seed=seeds)
def test_successors_are_what_may_follow(seed: int) -> None:
    """A symbol is allowed after a prefix if, and only if, some whole string goes on so."""
    string = embedded_reber_string(np.random.default_rng(seed))
    for end in range(len(string)):
        prefix = string[:end]
        possible = {symbol for symbol in SYMBOLS if can_go_on(prefix + symbol)}
        assert successors(prefix) == possible
        assert string[end] in possible
    assert successors(string) == set()


def can_go_on(prefix: str) -> bool:
    """Whether one of a few endings, tried blindly, completes the prefix: no graph is used."""
    inner = ("", "E", "VE", "SE", "VVE", "XSE", "XVVE", "TXSE", "PVVE", "BTXSE")
    tails = [f"{middle}{branch}E" for middle in inner for branch in ("T", "P")]
    tails += ["", "E", "TBTXSETE", "BTBTXSETE"]
    return any(EMBEDDED.fullmatch(prefix + tail) for tail in tails)


def test_what_is_not_of_the_grammar_is_placed() -> None:
    with pytest.raises(ValueError, match=r"'BTBTXSEP' has 'P' at position 7; expected T there"):
        successors("BTBTXSEP")
    with pytest.raises(ValueError, match="'T' has 'T' at position 0; expected B there"):
        successors("T")
    with pytest.raises(ValueError, match="at position 3; expected P or T there"):
        successors("BTBV")
    with pytest.raises(ValueError, match="expected the end there"):
        successors("BTBTXSETEE")


@given(seed=seeds, batch_size=sizes)
def test_the_encoding_is_each_symbol_and_the_next(seed: int, batch_size: int) -> None:
    xs, labels = embedded_reber(np.random.default_rng(seed), batch_size=batch_size)
    T, B, I = xs.shape
    assert (batch_size, 7) == (B, I)
    assert labels.shape == (T, B)
    assert (labels[-1] != PADDING).any()  # the longest string fills all steps
    for b in range(B):
        length = int((labels[:, b] != PADDING).sum())
        assert (labels[length:, b] == PADDING).all()
        np.testing.assert_array_equal(xs[length:, b], 0.0)
        np.testing.assert_array_equal(xs[:length, b].sum(-1), 1.0)
        read = "".join(SYMBOLS[k] for k in xs[:length, b].argmax(-1))
        following = "".join(SYMBOLS[k] for k in labels[:length, b])
        assert read[1:] == following[:-1]
        assert EMBEDDED.fullmatch(read + following[-1])


def test_the_seed_decides_and_arguments_are_checked() -> None:
    one, two, other = (
        embedded_reber(np.random.default_rng(seed), batch_size=8) for seed in (5, 5, 6)
    )
    np.testing.assert_array_equal(one[1], two[1])
    assert one[1].shape != other[1].shape or not np.array_equal(one[1], other[1])
    with pytest.raises(ValueError, match="batch_size is 0; expected a whole number"):
        embedded_reber(np.random.default_rng(0), batch_size=0)
    with pytest.raises(ValueError, match=r"strings is \[\]; expected at least one"):
        encode([])
    with pytest.raises(ValueError, match="'Q' in strings; expected only B, T, S, X, P, V, E"):
        encode(["BTQ"])
