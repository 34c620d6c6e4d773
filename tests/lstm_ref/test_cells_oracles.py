"""The relatives of the LSTM against torch, onnx.reference, and the plain LSTM."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import TensorProto, helper
from onnx.reference import ReferenceEvaluator

from lstm_ref.activations import sigmoid
from lstm_ref.arrays import Array
from lstm_ref.bptt import forward_saving, lstm_backward
from lstm_ref.cells import (
    ABLATIONS,
    CELLS,
    CoupledParameters,
    GRUParameters,
    LSTM1997Parameters,
    PeepholeParameters,
)
from lstm_ref.layer import lstm
from lstm_ref.parameters import LSTMParameters
from tests.strategies import RecurrentInputs, recurrent_inputs

PACKED = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
LSTMS = {"lstm1997": "igo", "lstm": "ifgo", "coupled": "fgo", "peephole": "ifgo"}
#: Every cell without every part that it has.
PARTS_AWAY = [
    (name, part)
    for name in LSTMS
    for part, squash in ABLATIONS.items()
    if set(squash) <= set(CELLS[name].squash)
]


def close(ours: Array, expected: torch.Tensor | None, size: float = 1.0) -> None:
    """Alike to 1e-10 of the largest entry, or to 1e-12 of the `size` of what went in."""
    value = np.zeros_like(ours) if expected is None else expected.detach().numpy()
    assert ours.shape == value.shape
    scale = max(1.0, float(np.abs(value).max()), 1e-2 * size)
    np.testing.assert_allclose(ours, value, rtol=1e-10, atol=1e-10 * scale)


def size_of_gradients(made: RecurrentInputs) -> float:
    """What the rounding of 1 - tanh² is multiplied by, where a saturated unit hides the rest."""
    slope = max(float(np.abs(d).max()) for d in (made.dhs, *made.d_final))
    into = [max(1.0, float(np.abs(array).max())) for array in (made.xs, *made.states)]
    return slope * float(np.prod(into))


def leaf(array: Array) -> torch.Tensor:
    return torch.tensor(array, requires_grad=True)


def compare(
    made: RecurrentInputs,
    hs: torch.Tensor,
    final: tuple[torch.Tensor, ...],
    leaves: tuple[torch.Tensor, tuple[torch.Tensor, ...], dict[str, torch.Tensor]],
) -> None:
    """Our forward and backward pass against torch's outputs and their gradients."""
    our_hs, our_final, saved = made.cell.forward(made.xs, made.states, made.params)
    close(our_hs, hs)
    for state, expected in zip(our_final, final, strict=True):
        close(state, expected)
    dxs, d_initial, grads = made.cell.backward(made.dhs, made.d_final, saved, made.params)
    loss = (hs * torch.tensor(made.dhs)).sum()
    for state, d in zip(final, made.d_final, strict=True):
        loss = loss + (state * torch.tensor(d)).sum()
    loss.backward()
    xs, states, weights = leaves
    size = size_of_gradients(made)
    close(dxs, xs.grad, size)
    for d, state in zip(d_initial, states, strict=True):
        close(d, state.grad, size)
    for key, weight in weights.items():
        close(getattr(grads, key), weight.grad, size)


@pytest.mark.parametrize(("name", "kind"), [("plain", torch.nn.RNN), ("gru", torch.nn.GRU)])
@settings(deadline=None)
@given(data=st.data())
def test_the_plain_rnn_and_the_gru_are_torchs(name: str, kind: Any, data: st.DataObject) -> None:
    made = data.draw(recurrent_inputs(name))
    layer = kind(made.params.input_size, made.params.hidden_size, dtype=torch.float64)
    layer.load_state_dict({f"{n}_l0": torch.tensor(getattr(made.params, n)) for n in PACKED})
    xs, h0 = leaf(made.xs), leaf(made.states[0])
    hs, h_n = layer(xs, h0[None])
    weights = {n: getattr(layer, f"{n}_l0") for n in PACKED}
    compare(made, hs, (h_n[0],), (xs, (h0,), weights))


def in_torch(name: str, leaves: Any, *, truncated: bool = False, without: str = "") -> Any:
    """The equations of the four LSTMs once more, a gate at a time, for autograd."""
    xs, (h, c), p = leaves
    blocks = {key: p[key].chunk(len(LSTMS[name])) for key in PACKED}
    rows = {gate: {key: blocks[key][k] for key in PACKED} for k, gate in enumerate(LSTMS[name])}

    def layer(gate: str, x: torch.Tensor, h: torch.Tensor) -> torch.Tensor:
        w = rows[gate]
        into = torch.nn.functional.linear(x, w["weight_ih"], w["bias_ih"])
        return into + torch.nn.functional.linear(h, w["weight_hh"], w["bias_hh"])

    def peep(gate: str, memory: torch.Tensor) -> torch.Tensor:
        return p[f"p_{gate}"] * memory if name == "peephole" else torch.zeros_like(memory)

    hs = []
    for x in xs.unbind():
        read = h.detach() if truncated else h
        one = torch.ones_like(c)
        f = torch.sigmoid(layer("f", x, read) + peep("f", c)) if "f" in rows else one
        f = one if without == "no forget gate" else f
        i = torch.sigmoid(layer("i", x, read) + peep("i", c)) if "i" in rows else 1.0 - f
        i = one if without == "no input gate" else i
        g = layer("g", x, read)
        new = c * f + (g if without == "no input activation function" else torch.tanh(g)) * i
        o = torch.sigmoid(layer("o", x, read) + peep("o", new))
        shown = new if without == "no output activation function" else torch.tanh(new)
        h = shown if without == "no output gate" else o * shown
        c = new
        hs.append(h)
    return torch.stack(hs), (h, c)


@pytest.mark.parametrize("name", LSTMS)
@settings(deadline=None)
@given(data=st.data())
def test_the_four_lstms_are_autograds(name: str, data: st.DataObject) -> None:
    made = data.draw(recurrent_inputs(name))
    weights = {key: leaf(array) for key, array in vars(made.params).items()}
    leaves = (leaf(made.xs), tuple(leaf(state) for state in made.states), weights)
    compare(made, *in_torch(name, leaves), leaves)


@pytest.mark.parametrize(("name", "part"), PARTS_AWAY)
@settings(max_examples=10, deadline=None)
@given(data=st.data())
def test_a_cell_without_a_part_is_autograds(name: str, part: str, data: st.DataObject) -> None:
    """Inputs and weights that neither saturate nor explode: a linear part sets no bound."""
    seed = data.draw(st.integers(0, 2**32 - 1))
    made, rng = data.draw(recurrent_inputs(name)), np.random.default_rng(seed)
    made.xs, made.dhs = (rng.normal(size=array.shape) for array in (made.xs, made.dhs))
    made.states = tuple(rng.normal(size=array.shape) for array in made.states)
    made.d_final = tuple(rng.normal(size=array.shape) for array in made.d_final)
    made.params = made.params.map(lambda array: 0.3 * rng.normal(size=array.shape))
    made.cell = made.cell.having(**ABLATIONS[part])
    weights = {key: leaf(array) for key, array in vars(made.params).items()}
    leaves = (leaf(made.xs), tuple(leaf(state) for state in made.states), weights)
    compare(made, *in_torch(name, leaves, without=part), leaves)


def test_all_that_is_an_ablation_is_tried() -> None:
    assert len(PARTS_AWAY) == 5 + 5 + 4 + 4
    assert {part for _, part in PARTS_AWAY} == set(ABLATIONS)


@settings(deadline=None)
@given(recurrent_inputs("lstm1997"))
def test_the_truncated_gradient_of_1997_cuts_where_the_weighted_sums_read_h(
    made: RecurrentInputs,
) -> None:
    weights = {key: leaf(array) for key, array in vars(made.params).items()}
    leaves = (leaf(made.xs), tuple(leaf(state) for state in made.states), weights)
    made.cell = replace(made.cell, truncated=True)
    compare(made, *in_torch("lstm1997", leaves, truncated=True), leaves)


@given(recurrent_inputs("lstm"))
def test_the_lstm_of_the_family_is_the_layer_and_its_backward_pass(made: RecurrentInputs) -> None:
    same_as_the_lstm(made, made.params)
    *_, saved = forward_saving(made.xs, *made.states, made.params)
    dxs, dh0, dc0, grads = lstm_backward(made.dhs, *made.d_final, saved, made.params)
    ours, d_initial, own = made.cell.backward(
        made.dhs, made.d_final, made.cell.forward(made.xs, made.states, made.params)[2], made.params
    )
    size = size_of_gradients(made)
    for value, expected in (
        (ours, dxs),
        *zip(d_initial, (dh0, dc0), strict=True),
        *((getattr(own, key), array) for key, array in vars(grads).items()),
    ):
        close(value, torch.tensor(expected), size)


@given(recurrent_inputs("lstm1997"))
def test_the_papers_squashing_is_ours_with_the_candidate_halved(made: RecurrentInputs) -> None:
    """g over (-2, 2) and h over (-1, 1), as in appendix A, written out for the paper's cell."""
    p, H = made.params, made.params.hidden_size
    h, s = made.states[0], 2 * made.states[1]
    expected = []
    for x in made.xs:
        z = x @ p.weight_ih.T + p.bias_ih + h @ p.weight_hh.T + p.bias_hh
        y_in, y_out = sigmoid(z[..., :H]), sigmoid(z[..., 2 * H :])
        s = s + y_in * (4 * sigmoid(z[..., H : 2 * H]) - 2)
        h = y_out * (2 * sigmoid(s) - 1)
        expected.append(h)
    halved = {key: array.copy() for key, array in vars(p).items()}
    for array in halved.values():
        array[H : 2 * H] /= 2
    ours, (_, c), _ = CELLS["lstm1997"].forward(made.xs, made.states, type(p)(**halved))
    np.testing.assert_allclose(ours, expected, rtol=1e-10, atol=1e-10)
    np.testing.assert_allclose(2 * c, s, rtol=1e-10, atol=1e-10)


def with_layers(params: Any, **layers: tuple[Any, float]) -> LSTMParameters:
    """The plain LSTM whose rows are `sign` times those of a cell's layer, or a constant bias."""
    H = params.hidden_size
    packed = {}
    for key in PACKED:
        rows = []
        for gate in "ifgo":
            source, number = layers.get(gate, (gate, 1.0))
            if source is None:  # nothing but a bias
                block = np.full_like(getattr(params, key)[:H], number if key == "bias_ih" else 0.0)
            else:
                k = params.LAYERS.index(source)
                block = number * getattr(params, key)[k * H : (k + 1) * H]
            rows.append(block)
        packed[key] = np.concatenate(rows)
    return LSTMParameters(**packed)


def same_as_the_lstm(made: RecurrentInputs, plain: LSTMParameters) -> None:
    hs, (h_n, c_n), _ = made.cell.forward(made.xs, made.states, made.params)
    expected = lstm(made.xs, *made.states, plain)
    for ours, value in zip((hs, h_n, c_n), expected, strict=True):
        scale = max(1.0, float(np.abs(value).max()))
        np.testing.assert_allclose(ours, value, rtol=1e-11, atol=1e-11 * scale)


@given(recurrent_inputs("peephole"))
def test_without_its_peepholes_it_is_the_plain_lstm(made: RecurrentInputs) -> None:
    none = np.zeros(made.params.hidden_size)
    packed = {key: getattr(made.params, key) for key in PACKED}
    made.params = PeepholeParameters(**packed, p_i=none, p_f=none, p_o=none)
    same_as_the_lstm(made, with_layers(made.params))


@given(recurrent_inputs("lstm1997"))
def test_the_lstm_of_1997_is_the_plain_one_with_the_forget_gate_open(made: RecurrentInputs) -> None:
    same_as_the_lstm(made, with_layers(made.params, f=(None, 1000.0)))


@given(recurrent_inputs("coupled"))
def test_the_coupled_lstm_is_the_plain_one_with_i_the_mirror_of_f(made: RecurrentInputs) -> None:
    same_as_the_lstm(made, with_layers(made.params, i=("f", -1.0)))


def test_one_step_of_1997_by_hand() -> None:
    """H = I = 1: σ(0) = 1/2 for both gates, tanh(ln 2) = 3/5, so c = 1/5 + 3/10 = 1/2."""
    params = LSTM1997Parameters(
        np.array([[0.0], [1.0], [0.0]]), np.zeros((3, 1)), np.zeros(3), np.zeros(3)
    )
    hs, (h, c), _ = CELLS["lstm1997"].forward([[np.log(2.0)]], ([0.7], [0.2]), params)
    np.testing.assert_allclose(c, [0.5], rtol=1e-15)
    np.testing.assert_allclose(hs, [[0.5 * np.tanh(0.5)]], rtol=1e-15)
    np.testing.assert_array_equal(h, hs[0])


def test_a_full_memory_stays_in_1997_and_makes_room_in_the_coupled_cell() -> None:
    """The difference in a picture: open gates, a candidate of 1, fifty steps."""
    biases = np.full(3, 30.0)
    xs, nothing = np.zeros((50, 1)), np.zeros((3, 1))
    old = LSTM1997Parameters(nothing, nothing, biases, np.zeros(3))
    np.testing.assert_allclose(CELLS["lstm1997"].forward(xs, None, old)[1][1], [50.0])
    mixed = CoupledParameters(nothing, nothing, biases - [30.0, 0, 0], np.zeros(3))
    np.testing.assert_allclose(CELLS["coupled"].forward(xs, None, mixed)[1][1], [1.0])


def chos_gru(xs: Array, h: Array, p: GRUParameters) -> Array:
    """Cho et al. (2014), equations 5 to 8, with the reset gate before the product."""
    H, hs = p.hidden_size, []
    U, b = p.weight_hh, p.bias_ih + p.bias_hh
    for x in xs:
        into = x @ p.weight_ih.T + b
        r = sigmoid(into[..., :H] + h @ U[:H].T)
        z = sigmoid(into[..., H : 2 * H] + h @ U[H : 2 * H].T)
        candidate = np.tanh(into[..., 2 * H :] + (r * h) @ U[2 * H :].T)
        h = z * h + (1 - z) * candidate
        hs.append(h)
    return np.stack(hs)


@given(recurrent_inputs("gru"))
def test_chos_gru_is_ours_where_units_do_not_mix(made: RecurrentInputs) -> None:
    """With a diagonal U_n and no b_hn, before and after the product are one."""
    p, H = made.params, made.params.hidden_size
    arrays = {key: array.copy() for key, array in vars(p).items()}
    arrays["weight_hh"][2 * H :] = np.diag(np.diag(arrays["weight_hh"][2 * H :]))
    arrays["bias_hh"][2 * H :] = 0.0
    alike = GRUParameters(**arrays)
    hs, _, _ = CELLS["gru"].forward(made.xs, made.states, alike)
    np.testing.assert_allclose(hs, chos_gru(made.xs, made.states[0], alike), rtol=1e-9, atol=1e-9)


def test_chos_gru_is_another_where_units_mix() -> None:
    rng = np.random.default_rng(0)
    p = CELLS["gru"].initialise(3, 4, rng)
    xs, h0 = rng.normal(size=(5, 2, 3)), rng.normal(size=(2, 4))
    assert np.abs(CELLS["gru"].forward(xs, (h0,), p)[0] - chos_gru(xs, h0, p)).max() > 1e-3


def test_the_peephole_lstm_is_onnxs() -> None:
    rng = np.random.default_rng(5)
    T, B, I, H = 6, 2, 3, 4
    drawn = CELLS["peephole"].initialise(I, H, rng)
    p = type(drawn)(**{key: rng.normal(size=a.shape) for key, a in vars(drawn).items()})
    xs, h0, c0 = (rng.normal(size=shape) for shape in [(T, B, I), (B, H), (B, H)])
    order = np.concatenate([np.arange(k * H, (k + 1) * H) for k in (0, 3, 1, 2)])  # i o f c
    feed = {
        "X": xs,
        "W": p.weight_ih[order][None],
        "R": p.weight_hh[order][None],
        "B": np.concatenate([p.bias_ih[order], p.bias_hh[order]])[None],
        "lengths": np.full(B, T, np.int32),
        "h0": h0[None],
        "c0": c0[None],
        "P": np.concatenate([p.p_i, p.p_o, p.p_f])[None],
    }
    node = helper.make_node("LSTM", [*feed], ["Y", "Y_h", "Y_c"], hidden_size=H)
    graph = helper.make_graph(
        [node],
        "peephole",
        [helper.make_tensor_value_info(key, TensorProto.DOUBLE, None) for key in feed],
        [helper.make_tensor_value_info(key, TensorProto.DOUBLE, None) for key in ("Y", "Y_h")],
    )
    Y, Y_h = ReferenceEvaluator(helper.make_model(graph)).run(None, feed)
    hs, (h_n, _), _ = CELLS["peephole"].forward(xs, (h0, c0), p)
    np.testing.assert_allclose(hs, Y[:, 0], rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(h_n, Y_h[0], rtol=1e-12, atol=1e-12)
