"""What the chapter on training says it measured: not stale, and as the code still gives it."""

import json
from typing import Any

import numpy as np
import pytest
import torch

from lstm_ref.experiments import training

pytestmark = pytest.mark.usefixtures("one_thread")


@pytest.fixture(scope="module")
def kept() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(training.KEPT.read_text(encoding="utf-8"))
    return found


ANEW = "run `python -m lstm_ref.experiments.training`"


def test_the_results_are_those_of_these_settings_and_of_this_code(kept: dict[str, Any]) -> None:
    assert kept["configuration"] == training.SETTINGS, f"the settings have changed: {ANEW}"
    np.testing.assert_allclose(
        kept["miniature"], training.miniature(), rtol=2e-3, err_msg=f"the numbers changed: {ANEW}"
    )


def test_the_results_say_where_they_come_from(kept: dict[str, Any]) -> None:
    assert kept["origin"]["command"] == "python -m lstm_ref.experiments.training"
    assert set(kept["origin"]["versions"]) == {"python", "numpy", "torch"}
    assert kept["origin"]["seconds"] > 0


def test_every_run_is_there_and_is_counted_rightly(kept: dict[str, Any]) -> None:
    settings = training.SETTINGS
    asked = [(length, bias) for length in settings["lengths"] for bias in settings["biases"]]
    assert [(run["length"], run["bias"]) for run in kept["runs"]] == asked
    for run in kept["runs"]:
        assert len(run["right"]) == settings["seeds"]
        assert run["learnt"] == sum(share >= settings["learnt"] for share in run["right"])


def test_what_comes_back_before_training_is_computed_anew(kept: dict[str, Any]) -> None:
    for then, now in zip(kept["at_start"], training.at_start(), strict=True):
        assert then.keys() == now.keys()
        for key in then:
            assert then[key] == pytest.approx(now[key], abs=1e-6), (then, ANEW)


def test_a_network_that_learned_puts_the_verdict_down_to_the_not(kept: dict[str, Any]) -> None:
    """The measure itself: leave the *not* out of the input, and the verdict turns."""
    found = training.blame(steps=300, seeds=1)[0]["readings"]
    first, both = (reading["after"] for reading in found)
    assert first["verdict"] < -0.5
    assert both["verdict"] > 0.5
    assert int(np.argmin(first["parts"])) == found[0]["words"].index("not")
    assert abs(found[0]["before"]["verdict"]) < 0.5
    for seed in kept["blame"]:
        assert [reading["words"] for reading in seed["readings"]] == [r["words"] for r in found]


def test_the_forget_bias_is_set_once_and_in_the_forget_gate() -> None:
    torch.manual_seed(0)
    model = training.build(3.0, units=4)
    biases = model.layer.bias_ih_l0 + model.layer.bias_hh_l0  # type: ignore[operator]
    assert torch.equal(biases, torch.tensor([0.0] * 4 + [3.0] * 4 + [0.0] * 8))
    xs = torch.zeros(1, 1, 2)
    _, (_, c) = model.layer(xs, (torch.zeros(1, 1, 4), torch.ones(1, 1, 4)))
    torch.testing.assert_close(c, torch.sigmoid(torch.tensor(3.0)).expand(1, 1, 4))
