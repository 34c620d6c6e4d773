"""The forget gate's figure in node: its numbers, its words, its still picture."""

import json
import re
import subprocess
from itertools import product
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import torch

from lstm_ref import figures, gates
from lstm_ref.datasets import worked_example

SVG = "{http://www.w3.org/2000/svg}"


def ask(node: str, expression: str, given: Any = None) -> Any:
    """Evaluate `expression` in the figure's module; `given` is there as JSON."""
    script = (
        f"{figures.source('forget_gate')}\nconst given = {json.dumps(given)};\n"
        f"process.stdout.write(JSON.stringify({expression}));\n"
    )
    command = [node, "--input-type=module", "-"]
    done = subprocess.run(command, input=script, capture_output=True, check=True, encoding="utf-8")
    return json.loads(done.stdout)


def test_numbers_agree_with_numpy(node_path: str) -> None:
    random = np.random.default_rng(7)
    layers = []
    for scale in np.repeat([0.1, 1.0, 5.0, 50.0, 1000.0], 40):
        W, U = scale * random.normal(size=(2, 2, 2))
        b, c_prev = scale * random.normal(size=(2, 2))
        x, h_prev = 2 * random.normal(size=(2, 2))
        layers.append((x, h_prev, W, U, b, c_prev))
    given = [
        {
            "x": x.tolist(),
            "h_prev": h_prev.tolist(),
            "w": W[k].tolist(),
            "u": U[k].tolist(),
            "b": b[k],
            "c_prev": c[k],
        }
        for x, h_prev, W, U, b, c in layers
        for k in (0, 1)
    ]
    got = ask(node_path, "given.map(results)", given)
    for key, wanted in (
        ("z", [gates.weighted_sum(*layer[:5]) for layer in layers]),
        ("f", [gates.forget_gate(*layer[:5]) for layer in layers]),
        ("kept", [gates.keep(gates.forget_gate(*layer[:5]), layer[5]) for layer in layers]),
    ):
        numbers = [result[key] for result in got]
        # The sums are taken in another order: at large weights that costs a few digits.
        atol = 1e-12 * (1000 if key != "f" else 1)
        np.testing.assert_allclose(numbers, np.concatenate(wanted), rtol=1e-12, atol=atol)


def test_the_six_starts_are_those_of_torch() -> None:
    p = worked_example.params
    cell = torch.nn.LSTMCell(2, 2, dtype=torch.float64)
    with torch.no_grad():
        for name, stem in (("weight_ih", "W"), ("weight_hh", "U"), ("bias_ih", "b")):
            rows = np.concatenate([p[f"{stem}_{gate}"] for gate in "ifgo"])
            getattr(cell, name).copy_(torch.tensor(rows))
        cell.bias_hh.zero_()
        h, c = (torch.tensor(a)[None] for a in (worked_example.h0, worked_example.c0))
        before = []
        for x in worked_example.xs:
            before.append((x, h.numpy()[0].copy(), c.numpy()[0].copy()))
            h, c = cell(torch.tensor(x)[None], (h, c))
    examples = figures.state("forget_gate")["examples"]
    assert [(e["unit"], e["step"]) for e in examples] == [(u, t) for u in (1, 2) for t in (1, 2, 3)]
    for example in examples:
        k = example["unit"] - 1
        x, h_prev, c_prev = before[example["step"] - 1]
        np.testing.assert_allclose(example["x"], x)
        np.testing.assert_allclose(example["h_prev"], h_prev, rtol=1e-12)
        np.testing.assert_allclose(example["c_prev"], c_prev[k], rtol=1e-12)
        np.testing.assert_array_equal(example["w"], p["W_f"][k])
        np.testing.assert_array_equal(example["u"], p["U_f"][k])
        assert example["b"] == p["b_f"][k]


def test_the_first_state_is_the_worked_example() -> None:
    state = figures.state("forget_gate")
    json.dumps(state, allow_nan=False)
    rounded = {key: f"{state[key]:#.3g}" for key in ("z", "f", "kept", "c_prev")}
    assert rounded == {"z": "2.95", "f": "0.950", "kept": "0.760", "c_prev": "0.800"}


def test_the_sentence_says_what_happens(node_path: str) -> None:
    state = figures.state("forget_gate")
    says = "z = 2.95, so f = σ(z) = 0.950: the unit keeps 95.0 % of its memory, 0.760 of 0.8."
    assert ask(node_path, "sentence(given)", state) == says.replace("0 %", "0\u00a0%")
    second = ask(node_path, "sentence(given)", state["examples"][3])
    assert second.startswith("z = \u22122.17, so f = σ(z) = 0.102")
    assert second.endswith("\u22120.154 of \u22121.5.")
    nearly = ask(node_path, "sentence({ ...given, b: 30 })", state)
    assert "f = σ(z) > 0.9999: the unit keeps more than 99.99\u00a0%" in nearly
    assert "f = σ(z) < 0.0001" in ask(node_path, "sentence({ ...given, b: -30 })", state)


#: How the kit writes numbers: a call, and the text that it gives.
WRITTEN = {
    "sig3(2.9499999)": "2.95",
    "sig3(-0.5)": "\u22120.500",
    "sig3(0)": "0",
    "sig3(-0)": "0",
    "sig3(0.9996)": "1.00",
    "sig3(99.96)": "100",
    "sig3(1234.5)": "1230",
    "sig3(0.0000123456)": "0.0000123",
    "sig3(-2.081e-7)": "\u22122.08 × 10⁻⁷",
    "sig3(NaN)": "not a number",
    "signed(1.2)": "+1.20",
    "signed(0)": "0",
    "short(0.8)": "0.8",
    "short(-1.5)": "\u22121.5",
    "short(1.378657)": "1.38",
    "short(0.05)": "0.05",
    "share(0.9996)": "0.9996",
    "share(0.95026)": "0.950",
    "share(1)": "1.00",
    "share(0)": "0",
    "percent(0.9996)": "99.96\u00a0%",
    "percent(0.0888943)": "8.89\u00a0%",
}


def test_numbers_are_written_as_the_course_writes_them(node_path: str) -> None:
    got = ask(node_path, f"[{', '.join(WRITTEN)}]")
    assert dict(zip(WRITTEN, got, strict=True)) == WRITTEN


@pytest.mark.parametrize("width", [720, 343])
def test_the_picture_is_a_named_image_of_the_worked_example(node_path: str, width: int) -> None:
    text = figures.picture("forget_gate", node_path, width)
    svg = ElementTree.fromstring(text)
    assert svg.tag == f"{SVG}svg"
    assert svg.get("role") == "img"
    assert svg.get("viewBox", "").startswith(f"0 0 {width} ")
    title, desc = svg.find(f"{SVG}title"), svg.find(f"{SVG}desc")
    assert title is not None
    assert desc is not None
    assert "forget gate" in (title.text or "").lower()
    assert "0.950" in (desc.text or "")
    assert svg.get("aria-labelledby") == f"{title.get('id')} {desc.get('id')}"
    shown = ["".join(label.itertext()) for label in svg.iter(f"{SVG}text")]
    for number in ("2.95", "0.950", "0.760", "0.800", "+1.20", "+0.600"):
        assert number in shown, number
    assert min(float(size) for size in re.findall(r'<text[^>]*font-size="([\d.]+)"', text)) >= 11
    paints = re.findall(r'(?:fill|stroke)="([^"]+)"', text)
    for paint in paints:
        assert paint == "none" or re.fullmatch(r"var\(--lstm-\w+, #[0-9A-F]{6}\)", paint), paint


def test_everything_drawn_lies_within_the_picture(node_path: str) -> None:
    states = "[given, ...given.examples, { ...given, w: [5, -5], x: [2, -2], u: [5, 5], b: 5 }]"
    widths = [300, 343, 560, 720, 900]
    drawn = f"{json.dumps(widths)}.map(width => {states}.map(s => picture(s, {{ width }})))"
    for width, pictures in zip(
        widths, ask(node_path, drawn, figures.state("forget_gate")), strict=True
    ):
        for text in pictures:
            svg = ElementTree.fromstring(text)
            for node, name in product(svg.iter(), ("x", "x1", "x2", "cx")):
                assert 0 <= float(node.get(name, "0")) <= width
            assert "NaN" not in text
            assert "undefined" not in text


def test_the_fallback_shows_one_of_two_pictures(node_path: str) -> None:
    html = figures.fallback("forget_gate", node_path)
    root = ElementTree.fromstring(f"<div>{html}</div>")
    ids = [node.get("id") for node in root.iter() if node.get("id")]
    assert len(ids) == len(set(ids)) == 4
    assert [svg.get("class") for svg in root] == [
        "lstm-wide lstm-picture",
        "lstm-narrow lstm-picture",
    ]


def test_the_description_gives_the_numbers() -> None:
    words = figures.describe("forget_gate")
    for number in ("2.95", "0.950", "0.760", "0.8"):
        assert number in words


def test_errors_say_what_to_do() -> None:
    with pytest.raises(ValueError, match="no figure 'forget'; there are: forget_gate"):
        figures.source("forget")
    with pytest.raises(RuntimeError, match="no program '/nowhere/node'; install Node 20"):
        figures.picture("forget_gate", "/nowhere/node")
