"""The step of training that the chapter prints, against torch's autograd, clipping and descent."""

from typing import Any

import numpy as np
import pytest
import torch

from lstm_ref.datasets import worked_example as data
from tests.book.small_book import extension


@pytest.fixture(scope="module")
def step() -> dict[str, Any]:
    found: dict[str, Any] = extension("worked_training").one_step()
    return found


def answer(weights: dict[str, torch.Tensor]) -> torch.Tensor:
    """The whole network, written once more."""
    h, c = torch.tensor(data.h0), torch.tensor(data.c0)
    for x in torch.tensor(data.xs):
        z = {k: weights[f"W_{k}"] @ x + weights[f"U_{k}"] @ h + weights[f"b_{k}"] for k in "ifgo"}
        c = torch.sigmoid(z["f"]) * c + torch.sigmoid(z["i"]) * torch.tanh(z["g"])
        h = torch.sigmoid(z["o"]) * torch.tanh(c)
    return (weights["v"] * h).sum() + weights["a"][0]


@pytest.mark.parametrize("clip", [True, False])
def test_the_step_is_torchs(step: dict[str, Any], clip: bool) -> None:
    given = {**data.params, "v": np.ones(2), "a": np.zeros(1)}
    weights = {k: torch.tensor(a, requires_grad=True) for k, a in given.items()}
    descent = torch.optim.SGD(weights.values(), lr=step["rate"])
    y = answer(weights)
    loss = (y - step["target"]) ** 2
    loss.backward()
    assert y.item() == pytest.approx(step["y"], rel=1e-12)
    assert loss.item() == pytest.approx(step["loss"], rel=1e-12)
    for name, weight in weights.items():
        assert weight.grad is not None
        np.testing.assert_allclose(step["grads"][name], weight.grad.numpy(), rtol=1e-9, atol=1e-14)
    limit = step["max_norm"] if clip else float("inf")
    norm = torch.nn.utils.clip_grad_norm_(weights.values(), limit)
    assert norm.item() == pytest.approx(step["norm"], rel=1e-12)
    assert sum(step["squares"].values()) == pytest.approx(norm.item() ** 2, rel=1e-12)
    descent.step()
    after = step["clipped" if clip else "plain"]
    y = answer(weights)
    assert y.item() == pytest.approx(after["y"], rel=1e-5)  # torch divides by norm + 1e-6
    assert ((y - step["target"]) ** 2).item() == pytest.approx(after["loss"], rel=1e-5)
    if clip:
        for name, weight in weights.items():
            np.testing.assert_allclose(step["new"][name], weight.detach().numpy(), atol=1e-5)


def test_the_story_of_the_step_is_told_rightly(step: dict[str, Any]) -> None:
    """The chapter says that clipping helps here, and that the same direction without it harms."""
    assert step["clipped"]["loss"] < step["loss"] < step["plain"]["loss"]
