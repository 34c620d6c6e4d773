"""Lines with quotations and brackets: the rules hold, and the known state is that of the text."""

import numpy as np
import pytest

from lstm_ref.datasets.lines import DEEPEST, SIGNS, WIDTH, encode, lines, read


def test_the_state_is_that_of_the_text() -> None:
    found = lines(np.random.default_rng(0), length=80, batch_size=5)
    for b in range(5):
        text = "".join(SIGNS[sign] for sign in found.signs[:, b])
        again = read(text)
        begun = text.index("\n")  # before it the line began at an unknown place
        for name in ("quoted", "depth", "odd"):
            assert np.array_equal(getattr(again, name)[:, 0], getattr(found, name)[:, b]), name
        assert np.array_equal(again.place[begun:, 0], found.place[begun:, b])


def test_the_rules_hold() -> None:
    found = lines(np.random.default_rng(1), length=200, batch_size=20)
    assert found.depth.min() == 0
    assert found.depth.max() == DEEPEST
    assert found.place.max() == WIDTH - 1
    opened = np.isin(found.signs[1:], [SIGNS.index("("), SIGNS.index(")")])
    assert opened.any()
    assert not (opened & (found.quoted[:-1] == 1)).any()  # no bracket inside of a quotation
    ends = found.signs == SIGNS.index("\n")
    assert (found.place[:-1][ends[1:]] == WIDTH - 1).all()
    assert (found.place[ends] == 0).all()


def test_the_cost_is_that_of_who_knows_the_rules() -> None:
    """Frequencies of signs, given the whole state, come to the same cost."""
    found = lines(np.random.default_rng(2), length=400, batch_size=100)
    state = np.stack([found.quoted, found.depth, found.place])[:, :-1].reshape(3, -1).T
    following = found.signs[1:].ravel()
    groups = np.unique(state, axis=0, return_inverse=True)[1].ravel()
    counts = np.zeros((groups.max() + 1, len(SIGNS)))
    np.add.at(counts, (groups, following), 1)
    shares = counts / counts.sum(axis=1, keepdims=True)
    cost = -np.log(shares[groups, following]).mean()
    assert cost == pytest.approx(found.cost[1:].mean(), rel=0.01)


def test_signs_become_numbers_and_others_are_refused() -> None:
    assert np.array_equal(encode(np.array([[2]])), np.eye(len(SIGNS))[[[2]]])
    with pytest.raises(ValueError, match="'z' is not one of the signs"):
        read("abz")
    with pytest.raises(ValueError, match="length is 0"):
        lines(np.random.default_rng(0), length=0, batch_size=1)
