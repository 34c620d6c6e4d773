"""The Python that a page types out by itself runs, and gives what the page says."""

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from lstm_ref.checks import exercise
from lstm_ref.conventions import to_keras
from lstm_ref.datasets import worked_example
from lstm_ref.parameters import LSTMParameters


def blocks(path: Path) -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", path.read_text(encoding="utf-8"), re.M | re.S)


def test_only_these_pages_type_python_out(root: Path) -> None:
    """A page with code of its own needs a test of its own here."""
    with_code = {path.name for path in (root / "book").glob("*.md") if blocks(path)}
    assert with_code == {"conventions.md", "torch.md"}


def test_the_conventions_code_goes_from_keras_to_a_runtime(
    root: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    params = LSTMParameters.from_gates(worked_example.params)
    names: dict[str, Any] = dict(
        zip(("kernel", "recurrent_kernel", "bias"), to_keras(params), strict=True)
    )
    translate, export, run = blocks(root / "book" / "conventions.md")
    exec(translate, names)
    # ONNX's i o f c, from the worked example's own gates.
    expected = np.concatenate([worked_example.params[f"W_{gate}"] for gate in "iofg"])
    np.testing.assert_array_equal(names["W"][0], expected)
    exec(export, names)
    exec(run, names)
    cell = torch.nn.LSTM(2, 2, dtype=torch.float64)
    for name, array in vars(params).items():
        getattr(cell, f"{name}_l0").data = torch.tensor(array)
    states = tuple(torch.tensor(s)[None] for s in (worked_example.h0, worked_example.c0))
    with torch.no_grad():
        hs, (h_n, c_n) = cell(torch.tensor(worked_example.xs), states)
    np.testing.assert_allclose(names["hs"][:, 0, 0], hs.numpy(), atol=1e-6)
    np.testing.assert_allclose(names["h_n"][0, 0], h_n[0].numpy(), atol=1e-6)
    np.testing.assert_allclose(names["c_n"][0, 0], c_n[0].numpy(), atol=1e-6)


def test_the_torch_code_goes_back_and_runs_on_the_device_that_is_there(root: Path) -> None:
    backward, on_device = blocks(root / "book" / "torch.md")
    names: dict[str, Any] = {"torch": torch, "nn": torch.nn}
    exec(exercise("LSTM").source(), names)
    names["xs"] = torch.tensor(worked_example.xs, dtype=torch.float32)[:, None]  # (T, B, I)
    exec(on_device, names)
    theirs = torch.nn.LSTM(2, 2)
    theirs.load_state_dict(names["model"].state_dict())
    hs, _ = theirs(names["xs"])
    torch.testing.assert_close(names["hs"].cpu(), hs)
    names["loss"] = names["hs"].sum()
    exec(backward, names)
    hs.sum().backward()
    for one, other in zip(names["model"].parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(one.grad.cpu(), other.grad)
