"""Every live figure in node: its numbers against `lstm_ref`, its words, its still picture."""

import re
from collections.abc import Callable
from importlib import import_module
from typing import Any
from xml.etree import ElementTree

import numpy as np
import pytest
import torch

from lstm_ref import figures
from lstm_ref.datasets import worked_example
from lstm_ref.figures.worked import worked
from tests import in_torch

pytestmark = pytest.mark.slow

Ask = Callable[..., Any]
SVG = "{http://www.w3.org/2000/svg}"
every_figure = pytest.mark.parametrize("name", figures.names())


def random_states(name: str, count: int = 60) -> list[dict[str, Any]]:
    """Return states all over the ranges of a figure's inputs, its start and its presets."""
    random = np.random.default_rng(7)

    def value(given: dict[str, Any]) -> Any:
        match given.get("kind", "slider"):
            case "choice":
                return given["options"][random.integers(len(given["options"]))][0]
            case "hidden":
                return given["start"]
        last = round((given["max"] - given["min"]) / given["step"])
        drawn = given["min"] + given["step"] * int(random.integers(last + 1))
        return drawn if isinstance(given["step"], int) else float(drawn)

    inputs = figures.known(name)["inputs"]
    presets = [None, *figures.known(name)["presets"]]
    drawn = [{given["name"]: value(given) for given in inputs} for _ in range(count)]
    return [*(figures.start(name, preset) for preset in presets), *drawn]


@every_figure
def test_the_script_computes_what_the_reference_computes(ask: Ask, name: str) -> None:
    states = random_states(name)
    # A figure whose numbers grow a millionfold on their way says how far their last digits may.
    side = import_module(f"lstm_ref.figures.{name}")
    atol = getattr(side, "TOLERANCE", 1e-12)
    computed = [figures.compute(name, state) for state in states]
    assert computed[0], f"{name}.py computes nothing"
    for state, wanted, got in zip(
        states, computed, ask(name, "given.map(spec.compute)", states), strict=True
    ):
        for key, value in wanted.items():
            np.testing.assert_allclose(
                got[key], value, rtol=1e-12, atol=atol, err_msg=f"{name}, {key} at {state}"
            )


def test_the_worked_example_of_the_figures_is_that_of_torch() -> None:
    cell = in_torch.cell(worked_example.params)
    with torch.no_grad():
        h, c = (torch.tensor(a)[None] for a in (worked_example.h0, worked_example.c0))
        for x, step in zip(worked_example.xs, worked()["steps"], strict=True):
            np.testing.assert_allclose(step["c_prev"], c.numpy()[0], rtol=1e-12)
            h, c = cell(torch.tensor(x)[None], (h, c))
            np.testing.assert_allclose(step["x"], x)
            np.testing.assert_allclose(step["h"], h.numpy()[0], rtol=1e-12)
            np.testing.assert_allclose(step["c"], c.numpy()[0], rtol=1e-12)
            np.testing.assert_allclose(step["tanh_c"], np.tanh(c.numpy()[0]), rtol=1e-12)


def test_the_figures_take_its_numbers_and_have_none_of_their_own(ask: Ask) -> None:
    assert ask(figures.names()[0], "kit.worked") == worked()


@every_figure
def test_every_state_has_a_sentence_without_gaps(ask: Ask, name: str) -> None:
    states = random_states(name)
    said = ask(name, "given.map(state => spec.sentence(page.valuesOf(spec, state)))", states)
    for state, sentence in zip(states, said, strict=True):
        assert sentence.strip().endswith((".", "!", "?")), (state, sentence)
        assert not re.search(r"NaN|undefined|null|\[object", sentence), (state, sentence)


@every_figure
def test_every_thing_to_try_can_be_reached_with_the_sliders(ask: Ask, name: str) -> None:
    inputs = {given["name"]: given for given in figures.known(name)["inputs"]}
    tasks = ask(name, "spec.tasks")
    assert len(tasks) >= 2, "a figure sets at least two tasks"
    for task in tasks:
        for key, value in task.get("state", {}).items():
            given = inputs[key]
            if given.get("kind", "slider") != "slider":
                continue
            assert given["min"] <= value <= given["max"], (task["ask"], key)
            steps = (value - given["min"]) / given["step"]
            assert steps == pytest.approx(round(steps), abs=1e-6), (task["ask"], key)


@every_figure
def test_inputs_are_named_in_words(name: str) -> None:
    inputs = figures.known(name)["inputs"]
    assert len({given["name"] for given in inputs}) == len(inputs)
    for given in inputs:
        if given.get("kind") != "hidden":
            assert len(given["label"]) >= 4 or " " in given["label"], given


@every_figure
def test_the_drawing_is_whole_at_every_state_and_keeps_its_height(ask: Ask, name: str) -> None:
    states = random_states(name, 25)
    drawn = ask(name, "given.map(state => still(spec, { state }).svg)", states)
    for kind, width in (("wide", 688), ("narrow", 343)):
        heights = set()
        for state, pictures in zip(states, drawn, strict=True):
            text = pictures[kind]
            assert not re.search(r"NaN|undefined|Infinity", text), state
            svg = ElementTree.fromstring(text)
            heights.add(svg.get("height"))
            assert svg.get("width") == str(width)
            for node in svg.iter():
                for key in ("x", "x1", "x2", "cx"):
                    assert -8 <= float(node.get(key, "0")) <= width + 8, (state, node.attrib)
        assert len(heights) == 1, f"the height changes with the state: {heights}"


@every_figure
def test_the_picture_is_named_and_coloured_by_the_tokens(name: str) -> None:
    svg = ElementTree.fromstring(figures.picture(name))
    assert svg.get("role") in ("img", "group")
    assert svg.get("aria-label") == figures.known(name)["title"]
    desc = svg.find(f"{SVG}desc")
    assert desc is not None
    assert desc.get("id") == svg.get("aria-describedby")
    assert desc.text == figures.known(name)["words"]
    assert len(desc.text or "") > 80
    for node in svg.iter():
        for key in ("fill", "stroke"):
            paint = node.get(key, "none")
            assert paint == "none" or re.fullmatch(r"var\(--lstm-\w+, #[0-9A-F]{6}\)", paint), paint
        assert float(node.get("font-size", "12")) >= 8


#: How numbers are written: a call, and the text that it gives.
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
    "given(-4, { min: -5, step: 0.1 })": "\u22124.0",
    "given(0.288, { min: -1, step: 0.1 })": "0.288",
    "given(7, { min: 1, step: 1 })": "7",
}


def test_numbers_are_written_as_the_course_writes_them(ask: Ask) -> None:
    calls = ", ".join(f"kit.{call}" for call in WRITTEN)
    got = ask(figures.names()[0], f"[{calls}]")
    assert dict(zip(WRITTEN, got, strict=True)) == WRITTEN


def test_the_forget_gate_shows_the_numbers_of_the_chapter(ask: Ask) -> None:
    shown = figures.compute("forget_gate", figures.start("forget_gate", "unit-1-step-1"))
    assert [f"{shown[key]:#.3g}" for key in ("z", "f", "kept")] == ["2.95", "0.950", "0.760"]
    start = ask("forget_gate", "spec.sentence(page.valuesOf(spec, page.startOf(spec)))")
    assert start.startswith("At step 11 the reset input is 1: z = \u22121.05, so f = σ(z) = 0.259")
    nearly = ask(
        "forget_gate",
        "spec.sentence(page.valuesOf(spec, { ...page.startOf(spec), x2: 0, b: 5, w1: 5, x1: 2 }))",
    )
    assert "f = σ(z) > 0.9999, and the unit keeps more than 99.99\u00a0%" in nearly


@pytest.mark.parametrize("unit", [1, 2])
@pytest.mark.parametrize("step", [1, 2, 3])
def test_input_and_output_gate_show_the_worked_example(ask: Ask, unit: int, step: int) -> None:
    """Each figure's own script, at its presets, against the steps that are held to torch's."""
    wanted = worked()["steps"][step - 1]
    for name, keys in (("input_candidate", "igfc"), ("output_gate", ("o", "c", "tanh_c", "h"))):
        state = figures.start(name, f"unit-{unit}-step-{step}")
        shown = ask(name, "spec.compute(given)", state)
        for key in keys:
            assert shown[key] == pytest.approx(wanted[key][unit - 1], rel=1e-9), (name, key)


def test_errors_say_what_to_do() -> None:
    with pytest.raises(ValueError, match=r"no figure 'forget'; there are: .*forget_gate"):
        figures.module("forget")
    with pytest.raises(ValueError, match=r"has no preset 'reset'; there are: .*strip"):
        figures.start("forget_gate", "reset")
    with pytest.raises(RuntimeError, match="no program '/nowhere/node'; install Node 20"):
        figures.still("forget_gate", node="/nowhere/node")
