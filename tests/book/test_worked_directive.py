"""The numbers in {worked} text: right, printed as the book prints them, or a clear error."""

from pathlib import Path
from types import ModuleType

import numpy as np
import pytest
import torch

from lstm_ref.datasets import sentence
from lstm_ref.datasets import worked_example as data
from tests import in_torch
from tests.book.small_book import build, extension


@pytest.fixture(scope="module")
def worked() -> ModuleType:
    return extension("worked_example")


@pytest.fixture(scope="module")
def torch_run() -> list[tuple[np.ndarray, np.ndarray]]:
    """h and c after each step, from torch's own cell: it shares no line with the book."""
    cell = in_torch.cell(data.params)
    with torch.no_grad():
        h, c = torch.tensor(data.h0)[None], torch.tensor(data.c0)[None]
        steps = []
        for x in data.xs:
            h, c = cell(torch.tensor(x)[None], (h, c))
            steps.append((h[0].numpy(), c[0].numpy()))
    return steps


def test_the_whole_run_is_torch_s(
    worked: ModuleType, torch_run: list[tuple[np.ndarray, np.ndarray]]
) -> None:
    known = worked.names()
    for t, (h, c) in enumerate(torch_run, start=1):
        np.testing.assert_allclose(known[f"h{t}"], h, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(known[f"c{t}"], c, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(known[f"kept{t}"] + known[f"written{t}"], c, rtol=1e-12)
        np.testing.assert_array_equal(known[f"x{t}"], data.xs[t - 1])


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("kept: [[ kept1[0] ]] and [[ kept1[1] ]]", "kept: 0.760 and −0.154"),
        ("$z = [[ z_f1[1] ]]$", "$z = -2.17$"),
        ("$$\n[[ z_f1[1] ]]\n$$ and [[ z_f1[1] ]]", "$$\n-2.17\n$$ and −2.17"),
        ("`[[ -1 ]]` and [[ -1 ]]", "`-1` and −1"),
        ("[[ f1 ]]", "(0.950, 0.102)"),
        ("[[ 0.0 ]], [[ 4 ]], [[ 1.0 ]], [[ given(1.2) ]]", "0, 4, 1.00, 1.2"),
        ("[[ exp(8.0) ]] and [[ 120.0 ]]", "2980 and 120"),
        ("[[ exp(-16.0) ]] $[[ exp(-16.0) ]]$", "1.13 × 10⁻⁷ $1.13 \\times 10^{-7}$"),
        ('[[ params["W_f"][0, 1] ]]', "−4.00"),
        ("a [[link]] and [ 1 ] stay", "a [[link]] and [ 1 ] stay"),
    ],
)
def test_numbers_are_printed_as_the_book_prints_them(
    worked: ModuleType, text: str, expected: str
) -> None:
    assert worked.fill(text, worked.names()) == expected


@pytest.mark.parametrize("value", [0.0123456, 0.5, 7.0, 33.333, 999.4, -0.25, 1.5e-9, 4.2e8])
def test_three_digits_loses_no_more_than_half_a_thousandth(
    worked: ModuleType, value: float
) -> None:
    assert float(worked.three_digits(value)) == pytest.approx(value, rel=5e-3)


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("[[ kept9[0] ]]", "kept9"),
        ("[[ f1[7] ]]", r"f1\[7\]"),
        ("[[ 1 + ]]", r"1 \+"),
        ("[[ sigmoid ]]", "expected a number"),
        ("[[ open('x') ]]", "open"),
    ],
)
def test_a_wrong_placeholder_is_named(worked: ModuleType, text: str, what: str) -> None:
    with pytest.raises(worked.PlaceholderError, match=what):
        worked.fill(text, worked.names())


def test_a_wrong_placeholder_stops_the_build_and_names_the_page(tmp_path: Path) -> None:
    page = "# Page\n\n```{worked}\nThe share is [[ f1[0] ]].\n```\n"
    good = build(tmp_path, page, "worked", builder="text")
    assert good.returncode == 0, good.stderr
    assert "The share is 0.950." in (tmp_path / "text" / "index.txt").read_text("utf-8")

    bad = build(tmp_path, page.replace("f1", "f9"), "worked", builder="text")
    assert bad.returncode != 0
    assert "index.md:3" in bad.stderr
    assert "f9" in bad.stderr


def test_no_placeholder_is_left_in_the_book(built_book: Path, pages: list[str]) -> None:
    for name in pages:
        assert "[[ " not in (built_book / name).read_text(encoding="utf-8"), name


def test_the_whole_gradients_of_each_step_are_torch_s(worked: ModuleType) -> None:
    known = worked.names()
    tensors = {key: torch.tensor(value, requires_grad=True) for key, value in data.params.items()}
    xs = torch.tensor(data.xs, requires_grad=True)
    h, c, states = torch.tensor(data.h0), torch.tensor(data.c0), []
    for x in xs:
        z = {k: tensors[f"W_{k}"] @ x + tensors[f"U_{k}"] @ h + tensors[f"b_{k}"] for k in "ifgo"}
        c = torch.sigmoid(z["f"]) * c + torch.sigmoid(z["i"]) * torch.tanh(z["g"])
        h = torch.sigmoid(z["o"]) * torch.tanh(c)
        for one in (h, c, *z.values()):
            one.retain_grad()
        states.append({"h": h, "c": c, **{f"z_{k}": one for k, one in z.items()}})
    h.sum().backward()
    for t, state in enumerate(states, start=1):
        for name, one in state.items():
            np.testing.assert_allclose(known[f"d{name}{t}"], one.grad.numpy(), rtol=1e-9)
        np.testing.assert_allclose(known[f"dx{t}"], xs.grad.numpy()[t - 1], rtol=1e-9)
    np.testing.assert_allclose(known["df2"] * known["f2"] * (1 - known["f2"]), known["dz_f2"])


def test_the_blame_of_a_word_is_how_much_moving_it_moves_the_verdict(worked: ModuleType) -> None:
    known = worked.names()

    def verdict(xs: np.ndarray) -> float:
        cell = torch.nn.LSTM(2, 2, dtype=torch.float64)
        p = sentence.params
        with torch.no_grad():
            cell.weight_ih_l0.copy_(torch.tensor(np.vstack([p[f"W_{k}"] for k in "ifgo"])))
            cell.weight_hh_l0.copy_(torch.tensor(np.vstack([p[f"U_{k}"] for k in "ifgo"])))
            cell.bias_ih_l0.copy_(torch.tensor(np.concatenate([p[f"b_{k}"] for k in "ifgo"])))
            cell.bias_hh_l0.zero_()
            _, (_, c) = cell(torch.tensor(xs))
        return float(c[0, 1])

    for said in ("film", "not", "good", "great"):
        t = known["word"](said)
        slopes = []
        for k in (0, 1):
            up, down = sentence.xs.copy(), sentence.xs.copy()
            up[t, k] += 1e-5
            down[t, k] -= 1e-5
            slopes.append((verdict(up) - verdict(down)) / 2e-5)
        assert known["blame"]()[t] == pytest.approx(float(np.hypot(*slopes)), rel=1e-5)
