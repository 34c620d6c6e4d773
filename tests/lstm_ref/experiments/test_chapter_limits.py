"""What the chapter on limits says it measured: its counts, its cells, its dropout."""

import json
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn
from torch.utils.flop_counter import FlopCounterMode

from lstm_ref.bptt import Saved
from lstm_ref.cells import coupled, gru, plain
from lstm_ref.experiments import limits_cost, limits_draws, limits_dropout, limits_less
from lstm_ref.experiments import limits_memory as memory
from lstm_ref.experiments.models import model
from lstm_ref.figures import data, limits
from lstm_ref.torch_lstm import LSTM

T, B, H = 6, 3, 4


@pytest.mark.parametrize("layer", limits.LAYERS)
@pytest.mark.parametrize("units", [4, 16])
def test_the_figure_counts_the_parameters_that_torch_has(layer: str, units: int) -> None:
    made = limits_cost.build(layer, units)
    assert sum(p.numel() for p in made.parameters()) == limits.parameters(layer, units)


@pytest.mark.parametrize("layer", ["lstm", "conv", "attention"])
@pytest.mark.parametrize("steps", [5, 12])
def test_the_figure_counts_the_multiplications_that_are_made(layer: str, steps: int) -> None:
    """torch counts those of our own LSTM, step by step; it cannot look into its own."""
    made = LSTM(H, H, fused=False) if layer == "lstm" else limits_cost.build(layer, H)
    with FlopCounterMode(display=False) as counter:
        made(torch.randn(steps, 1, H))
    assert counter.get_total_flops() == 2 * limits.multiplications(layer, steps, H)


def test_a_gate_costs_what_a_plain_network_does() -> None:
    one, gated, four = (limits.multiplications(name, 7, 5) for name in ("rnn", "gru", "lstm"))
    assert (gated, four) == (3 * one, 4 * one)


def test_the_figure_counts_what_the_course_s_own_cells_save() -> None:
    """Of each step its x, and all that is not h or c of the step before."""
    for layer, step in (("rnn", plain.Step), ("gru", gru.Step), ("lstm", Saved)):
        own = [name for name in step._fields if name not in ("h_prev", "c_prev")]
        if layer == "lstm":
            own.append("h")  # which the next step saves as h_prev
        assert limits.kept(layer, T, H) == T * H * len(own), own


@pytest.mark.parametrize("layer", ["conv", "attention"])
def test_the_figure_counts_what_torch_saves(layer: str) -> None:
    made = limits_cost.build(layer, H)
    weights = {p.untyped_storage().data_ptr() for p in made.parameters()}
    saved: dict[int, torch.Tensor] = {}

    def keep(found: torch.Tensor) -> torch.Tensor:
        if found.untyped_storage().data_ptr() not in weights:
            saved[found.untyped_storage().data_ptr()] = found
        return found

    with torch.autograd.graph.saved_tensors_hooks(keep, lambda kept: kept):
        made(torch.randn(T, 1, H))
    counted = sum(found.untyped_storage().nbytes() // 4 for found in saved.values())
    # Besides, torch keeps a copy of one array or another where it has to turn it.
    assert limits.kept(layer, T, H) <= counted <= limits.kept(layer, T, H) + 3 * T * H


def test_the_convolution_and_attention_do_what_they_are_called() -> None:
    torch.manual_seed(0)
    xs = torch.randn(T, B, H)
    changed = xs.clone()
    changed[0] += 1.0
    for layer, reach in (("conv", 2), ("attention", T)):
        made = limits_cost.build(layer, H)
        moved = (made(xs) - made(changed)).abs().amax(dim=(1, 2)) > 0
        if layer == "attention":
            assert moved.all()
        else:
            assert moved.tolist() == [t < reach for t in range(T)]
    wanted = limits_cost.build("attention", H)
    assert isinstance(wanted, limits_cost.Attention)
    theirs = nn.MultiheadAttention(H, 1)
    theirs.load_state_dict(
        {
            "in_proj_weight": wanted.ask.weight,
            "in_proj_bias": wanted.ask.bias,
            "out_proj.weight": wanted.out.weight,
            "out_proj.bias": wanted.out.bias,
        }
    )
    torch.testing.assert_close(wanted(xs), theirs(xs, xs, xs)[0])


def test_the_coupled_cell_is_that_of_the_course() -> None:
    torch.manual_seed(1)
    made = limits_less.Coupled(2, H).double()
    weights = coupled.CoupledParameters(
        *(p.detach().numpy() for p in (made.weight_ih, made.weight_hh, made.bias)),
        np.zeros(3 * H),
    )
    xs = np.random.default_rng(0).normal(size=(T, 2))
    nothing = (np.zeros(H), np.zeros(H))
    wanted = coupled.CoupledCell().forward(xs, nothing, weights)[0]
    hs = made(torch.as_tensor(xs)[:, None])[0][:, 0]
    np.testing.assert_allclose(hs.detach().numpy(), wanted, atol=1e-12)


def test_models_called_wide_or_small_have_about_as_many_parameters_as_they_say() -> None:
    counts = {
        name: sum(p.numel() for p in limits_less.build(name).layer.parameters())
        for name in limits_less.MODELS
    }
    for name in ("rnn wide", "gru wide"):
        assert counts[name] == pytest.approx(counts["lstm"], rel=0.02)
    assert counts["lstm small"] == pytest.approx(counts["gru"], rel=0.04)


def dropped(kind: str, rate: float = 0.5) -> limits_dropout.Dropped:
    torch.manual_seed(3)
    return limits_dropout.Dropped(2, H, kind, rate)


def test_without_dropout_it_is_torch_s_lstm() -> None:
    made, xs = dropped("none"), torch.randn(T, B, 2)
    torch.testing.assert_close(made(xs), made.linear(made.lstm(xs)[0][-1]))


@pytest.mark.parametrize("kind", limits_dropout.KINDS)
def test_dropout_acts_in_training_alone_and_a_rate_of_0_does_nothing(kind: str) -> None:
    xs = torch.randn(T, B, 2)
    made = dropped(kind)
    assert not torch.equal(made(xs), made(xs))
    made.eval()
    assert torch.equal(made(xs), made(xs))
    if kind != "zoneout":  # which shows the mean of both
        torch.testing.assert_close(made(xs), dropped("none")(xs))
    torch.testing.assert_close(dropped(kind, 0.0)(xs), dropped("none")(xs))


def test_one_mask_for_a_sequence_is_the_same_at_all_steps(monkeypatch: Any) -> None:
    """It is drawn once, and so it is as if the units' columns of U were gone."""
    mask = torch.tensor([[0.0, 2.0, 2.0, 0.0]]).repeat(B, 1)
    monkeypatch.setattr(limits_dropout.F, "dropout", lambda ones, *_: ones * mask)
    made, xs = dropped("h once"), torch.randn(T, B, 2)
    got = made(xs)
    with torch.no_grad():
        made.lstm.weight_hh_l0.mul_(mask[0])
    made.kind = "none"
    torch.testing.assert_close(got, made(xs))


def test_a_zoned_unit_keeps_its_value() -> None:
    made = dropped("zoneout", 0.25)
    old, new = torch.zeros(1000), torch.ones(1000)
    torch.manual_seed(0)
    shares = made._zoned(old, new)
    assert set(shares.tolist()) == {0.0, 1.0}
    assert shares.mean().item() == pytest.approx(0.75, abs=0.05)
    made.eval()
    assert made._zoned(old, new).unique().tolist() == [0.75]


def test_each_start_is_what_it_is_called() -> None:
    def begun(start: str) -> Any:
        torch.manual_seed(5)
        return limits_draws.begun(start)

    default = begun("torch")
    for block in begun("orthogonal").weight_hh_l0.chunk(4):
        torch.testing.assert_close(block @ block.T, torch.eye(limits_draws.UNITS))
    torch.testing.assert_close(begun("times 3").weight_hh_l0, 3 * default.weight_hh_l0)
    three = begun("orthogonal, bias 3")
    summed = (three.bias_ih_l0 + three.bias_hh_l0).chunk(4)
    assert [block.unique().tolist() for block in summed] == [[0.0], [3.0], [0.0], [0.0]]
    with pytest.raises(ValueError, match="start is 'hope'; expected one of torch, orthogonal"):
        begun("hope")


def test_the_weights_or_the_batches_alone_are_drawn_anew() -> None:
    def loss(seed: int, drawn: str) -> float:
        found = limits_draws.run(seed, start="torch", drawn=drawn, steps=3, length=8)
        return float(found["loss"])

    first = [loss(0, drawn) for drawn in ("both", "weights", "batches")]
    assert len(set(first)) == 1
    assert len({first[0], loss(1, "weights"), loss(1, "batches"), loss(1, "both")}) == 4


def test_the_forget_gates_that_are_multiplied_are_those_of_the_lstm() -> None:
    """With nothing to write, the memory is its first value times all of them."""
    torch.manual_seed(2)
    made = model("lstm", 10, H, 8, every_step=True)
    layer = made.layer
    assert isinstance(layer, nn.LSTM)
    with torch.no_grad():
        layer.weight_ih_l0[2 * H : 3 * H] = 0
        layer.weight_hh_l0.zero_()  # so that h of a first memory changes nothing
        layer.bias_ih_l0[2 * H : 3 * H] = 0
        layer.bias_hh_l0[2 * H : 3 * H] = 0
    xs = torch.randn(T, B, 10)
    _, (_, c) = layer(xs, (torch.zeros(1, B, H), torch.ones(1, B, H)))
    torch.testing.assert_close(memory.shares(made, xs).prod(dim=0), c[0])


def test_the_times_of_the_figure_are_those_of_the_results() -> None:
    kept = data.kept("limits.json")
    assert kept == json.loads(limits.measured_text())
    assert set(kept) == {*limits.LAYERS, limits.BY_STEPS}
    for times in kept.values():
        assert np.shape(times) == (len(limits.UNITS), len(limits.STEPS))
