"""The numbers of the chapters on relatives and on what came after, against torch and by hand."""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch

from lstm_ref.datasets import worked_example as data
from tests.book.small_book import extension


@pytest.fixture(scope="module")
def relatives() -> dict[str, Any]:
    found: dict[str, Any] = extension("worked_relatives").relatives()
    return found


def test_the_gru_that_borrows_the_weights_is_torchs(relatives: dict[str, Any]) -> None:
    cell = torch.nn.GRUCell(2, 2, dtype=torch.float64)
    W, U, b = (np.concatenate([data.params[f"{kind}_{k}"] for k in "ifg"]) for kind in "WUb")
    with torch.no_grad():
        for name, value in (("weight_ih", W), ("weight_hh", U), ("bias_ih", b), ("bias_hh", 0 * b)):
            getattr(cell, name).copy_(torch.tensor(value))
        h = torch.tensor(data.h0)[None]
        for x, step in zip(data.xs, relatives["lent"]["gru"], strict=True):
            h = cell(torch.tensor(x)[None], h)
            np.testing.assert_allclose(step.h, h[0].numpy(), rtol=1e-12)


def test_the_cell_of_1997_that_borrows_them_only_adds(relatives: dict[str, Any]) -> None:
    steps = relatives["lent"]["lstm1997"]
    written = sum(step.i * step.g for step in steps)
    np.testing.assert_allclose(steps[-1].c, data.c0 + written, rtol=1e-12)
    same = relatives["lent"]["lstm"][0]
    np.testing.assert_allclose(steps[0].i * steps[0].g, same.i * same.g, rtol=1e-12)


def test_the_note_on_the_sentence_is_told_rightly(relatives: dict[str, Any]) -> None:
    """Plain: fades, and is not gone. 1997: never let go. 2000 and GRU: held, then dropped."""
    first = relatives["first"]
    assert 0.2 < first("plain", "great") < first("plain", "good") < first("plain", "not")
    assert first("lstm1997", "great") == pytest.approx(first("lstm1997", "not"))
    for name in ("lstm", "gru"):
        assert first(name, "good") > 0.9
        assert first(name, "great") < 0.01


def test_as_many_units_as_the_chapter_says(relatives: dict[str, Any]) -> None:
    most = sum(p.numel() for p in torch.nn.LSTM(32, 128).parameters())
    kinds: dict[str, Callable[..., torch.nn.Module]] = {"gru": torch.nn.GRU, "plain": torch.nn.RNN}
    for name, kind in kinds.items():
        units = relatives["units"](name, 32, 128)
        fits, over = (sum(p.numel() for p in kind(32, n).parameters()) for n in (units, units + 1))
        assert fits <= most < over


def test_joined_steps_are_the_steps_one_after_the_other() -> None:
    after = extension("worked_after").after()
    pair, join = after["pair"], after["join"]
    left = join(join(pair(1), pair(2)), pair(3))
    right = join(pair(1), join(pair(2), pair(3)))
    np.testing.assert_allclose(left, right, rtol=1e-12)
    c = data.c0
    for f, w in zip(after["f"], after["w"], strict=True):
        c = f * c + w
    np.testing.assert_allclose(left[0] * data.c0 + left[1], c, rtol=1e-12)
    np.testing.assert_allclose(after["c"][-1], c, rtol=1e-12)
