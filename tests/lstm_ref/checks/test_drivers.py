"""Answers that are not simply called, or are texts: functions of functions, modules of torch."""

import subprocess
import sys
from typing import Any

import numpy as np
import pytest

from lstm_ref.checks import course, describe, exercise
from lstm_ref.checks.compare import Known, same
from lstm_ref.checks.judge import judge
from lstm_ref.checks.observe import Attempt, Observation
from lstm_ref.checks.styles import slips
from lstm_ref.checks.verdict import Verdict


def verdict(part: str, source: str, seed: int = 7) -> Verdict:
    notebook: dict[str, Any] = {"__name__": "__main__"}
    exec(source, notebook)
    return judge(exercise(part), notebook[part], seed)


def test_a_part_of_torch_is_described_without_loading_torch() -> None:
    code = (
        "import sys, numpy as np\n"
        "from lstm_ref.checks import exercise\n"
        "for part in ('LSTMCell', 'LSTM', 'train_step', 'lstm_backward'):\n"
        "    found = exercise(part)\n"
        "    found.cases(np.random.default_rng(1)), found.source(found.mistakes[0])\n"
        "assert 'torch' not in sys.modules\n"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


@pytest.mark.parametrize("eps", ["1e-4", "1e-6", "1e-8"])
def test_a_difference_to_one_side_is_named_whatever_its_step_is(eps: str) -> None:
    asked = exercise("numerical_gradient")
    for name in ("forward-difference", "step-not-put-back", "divided-by-one-step"):
        source = asked.source(asked.mistake(name)).replace("1e-5", eps)
        assert verdict("numerical_gradient", source).mistake == name
    assert verdict("numerical_gradient", asked.source().replace("1e-5", eps)).right


@pytest.mark.parametrize(
    "part", [name for name in course.parts() if exercise(name).kind != "value"]
)
def test_what_no_right_result_reads_is_listed(part: str) -> None:
    asked = exercise(part)
    known, right = Known(asked, 5), Attempt(asked, asked.oracle, watched=False)
    read, every = set(), set()
    for case, template, leaves in zip(known.cases, known.templates, known.right, strict=True):
        for place in describe._places(case.arguments, asked.arguments):
            every.add(place[0])
            moved = right.results(case, template, describe._moved(case, place))
            if not same(moved, Observation(leaves)):
                read.add(place[0])
    assert asked.unread == every - read


def test_an_argument_that_the_right_answer_ignores_is_no_fault() -> None:
    asked = exercise("lstm_cell_backward")  # saved["c"] is not needed: tanh_c is there
    far = asked.source() + (
        "\nplain = lstm_cell_backward\n\n\n"
        "def lstm_cell_backward(dh, dc, saved, params):\n"
        "    return plain(np.tanh(3 * dh), dc * dc, saved, params)\n"
    )
    assert verdict("lstm_cell_backward", far).mistake == "unnamed"


def test_entries_of_a_list_of_dicts_that_play_no_part_are_told() -> None:
    asked = exercise("lstm_backward")
    blind = asked.source() + (
        "\nplain = lstm_backward\n\n\n"
        "def lstm_backward(dhs, dh_n, dc_n, saved, params):\n"
        "    saved = [{**step, 'x': 0.3 + 0 * step['x']} for step in saved]\n"
        "    return plain(1.1 * dhs, dh_n, dc_n, saved, params)\n"
    )
    found = verdict("lstm_backward", blind)
    assert found.mistake == "ignores-argument"
    assert "saved[t]['x']" in found.title


def test_a_right_sequence_over_a_wrong_step_has_all_its_points() -> None:
    step, asked = exercise("lstm_cell_backward"), exercise("lstm_backward")
    wrong = step.source(step.mistake("f-slope-missing"))
    found = verdict("lstm_backward", f"{wrong}\n\n{asked.text}")
    assert found.share == 1
    assert "judged with a right lstm_cell_backward" in found.title


def test_entries_of_parameters_have_axes() -> None:
    one = np.zeros((3, 4))
    assert describe._axes({"grads": ""}, "grads['W_f']", one) == "HI"
    assert describe._axes({"grads": ""}, "grads['weight_ih_l0']", one) == "RI"
    assert describe._axes({"grads": ""}, "grads['b_f']", one[0]) == "H"


def test_a_class_that_is_not_written_is_told_as_such() -> None:
    asked = exercise("LSTMCell")
    _, named, stub = next(slips(asked))
    assert verdict("LSTMCell", stub).mistake == named == "not-written"
    assert "is not a class" in judge(asked, 3, 7).title


def test_a_state_dict_with_other_names_says_which_are_missing() -> None:
    asked = exercise("LSTMCell")
    other = asked.source().replace("weight_hh", "recurrent").replace("bias_hh", "recurrent_bias")
    found = verdict("LSTMCell", other)
    assert "a dict for state_dict shapes without weight_hh, bias_hh" in found.title


def test_weights_of_odd_shape_are_told_before_what_is_calculated_with_them() -> None:
    """They cannot be loaded, so nothing that is calculated says anything of the answer."""
    asked = exercise("LSTMCell")
    wider = asked.source().replace("torch.empty(4 * hidden_size, input_size)", "torch.empty(9, 9)")
    found = verdict("LSTMCell", wider.replace("x @ self.weight_ih.T", "0"))
    assert "state_dict shapes['weight_ih']" in found.title
    assert "whatever the arguments" not in found.title


def test_where_a_module_stops_a_result_is_what_was_expected() -> None:
    asked = exercise("LSTMCell")
    found = verdict("LSTMCell", asked.source().replace("        super().__init__()\n", ""))
    assert "cannot assign" in found.evidence
    assert "expected h =" in found.evidence


def test_a_tensor_in_the_place_of_a_number_is_advice() -> None:
    asked = exercise("train_step")
    found = verdict("train_step", asked.source().replace("loss.item()", "loss"))
    assert found.right
    assert any("a number is asked for" in line for line in found.advice)
