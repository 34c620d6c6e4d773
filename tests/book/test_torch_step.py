"""The chapter on torch: its step of training is torch's own, and its blanks take that."""

from typing import Any

import numpy as np
import pytest
import torch
from playwright.sync_api import Browser, expect
from torch import nn

from lstm_ref.datasets import sentence, worked_example
from lstm_ref.parameters import LSTMParameters
from tests.book.small_book import extension


@pytest.fixture(scope="module")
def step() -> Any:
    """What the page prints."""
    return extension("torch_step").torch_step()


def layer(params: dict[str, np.ndarray]) -> Any:
    """torch's own layer, with these weights."""
    packed = LSTMParameters.from_gates(params)
    made = nn.LSTM(packed.weight_ih.shape[1], packed.weight_hh.shape[1], dtype=torch.float64)
    made.load_state_dict({f"{name}_l0": torch.tensor(a) for name, a in vars(packed).items()})
    return made


def states(data: Any) -> tuple[torch.Tensor, torch.Tensor]:
    return torch.tensor(data.h0)[None], torch.tensor(data.c0)[None]


def loss_of(made: Any) -> Any:
    _, (h_n, _) = made(torch.tensor(worked_example.xs), states(worked_example))
    return h_n.sum()


def test_one_step_is_torch_s_own(step: Any) -> None:
    made = layer(worked_example.params)
    loss = loss_of(made)
    loss.backward()
    assert step.loss == pytest.approx(loss.item(), rel=1e-12)
    for name, array in vars(step.grads).items():
        gradient = getattr(made, f"{name}_l0").grad
        np.testing.assert_allclose(array, gradient.numpy(), rtol=1e-9, atol=1e-12)
        assert getattr(step.squares, name) == pytest.approx(float((gradient**2).sum()))
    assert step.numbers == sum(p.numel() for p in made.parameters())
    loss_of(made).backward()  # a second time, and nobody has cleared .grad
    norm = nn.utils.clip_grad_norm_(made.parameters(), 1e9)
    assert 2 * step.norm == pytest.approx(norm.item())
    assert step.twice == pytest.approx(step.limit / norm.item())
    made.zero_grad()
    loss_of(made).backward()
    assert step.weight.gradient == pytest.approx(made.bias_ih_l0.grad[5].item())
    nn.utils.clip_grad_norm_(made.parameters(), step.limit)
    assert step.weight.clipped == pytest.approx(made.bias_ih_l0.grad[5].item(), rel=1e-5)
    before = made.bias_ih_l0[5].item()
    torch.optim.SGD(made.parameters(), lr=step.rate).step()
    assert (step.weight.before, step.weight.after) == pytest.approx(
        (before, made.bias_ih_l0[5].item()), rel=1e-6
    )


def test_what_the_verdict_hangs_on_is_what_torch_finds(step: Any) -> None:
    xs = torch.tensor(sentence.xs[:6], requires_grad=True)
    _, (_, c_n) = layer(sentence.params)(xs, states(sentence))
    (gradient,) = torch.autograd.grad(c_n[0, 1], xs)
    np.testing.assert_allclose(step.blame, gradient.norm(dim=-1).numpy(), rtol=1e-9)
    assert [sentence.words[k] for k in np.argsort(step.blame)[:-3:-1]] == ["good", "not"]


def test_lines_are_counted_as_the_page_says(step: Any) -> None:
    assert step.lines.forward == 14
    assert step.lines.backward > step.lines.forward


@pytest.mark.browser
def test_the_blanks_take_torch_s_numbers(browser: Browser, site: str, step: Any) -> None:
    made = layer(worked_example.params)
    loss_of(made).backward()
    nn.utils.clip_grad_norm_(made.parameters(), step.limit)
    clipped = made.bias_ih_l0.grad[5].item()
    wanted = (clipped, made.bias_ih_l0[5].item() - step.rate * clipped, step.limit)
    page = browser.new_page(viewport={"width": 1280, "height": 900})
    page.goto(f"{site}torch.html")
    page.locator(".blanks.is-live").wait_for()
    fields = page.locator(".blanks input")
    assert fields.count() == len(wanted)
    for place, number in enumerate(wanted):
        fields.nth(place).fill("9")
        fields.nth(place).press("Enter")
        expect(page.locator(".blanks")).to_contain_text("not yet. Look at")
        fields.nth(place).fill(f"{number:.2f}")
        fields.nth(place).press("Enter")
        expect(fields.nth(place)).to_have_attribute("aria-invalid", "false")
    page.close()
