"""The conventions against each library's own equations, written down here a second time."""

import copy
from collections.abc import Callable
from dataclasses import astuple

import numpy as np
import pytest
from hypothesis import given

from lstm_ref import conventions as cv
from lstm_ref.layer import lstm_trace
from lstm_ref.parameters import LSTMParameters, initialise
from tests.strategies import LSTMInputs, lstm_inputs

NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")

#: There and back, for each library.
ROUND_TRIPS: dict[str, Callable[[LSTMParameters], LSTMParameters]] = {
    "PyTorch": lambda p: cv.from_torch(cv.to_torch(p)),
    "Keras": lambda p: cv.from_keras(*cv.to_keras(p)),
    "ONNX": lambda p: cv.from_onnx(*cv.to_onnx(p)),
    "Equinox": lambda p: cv.from_equinox(*cv.to_equinox(p)),
    "Flax": lambda p: cv.from_flax({"params": cv.to_flax(p)}),
    "CS231n": lambda p: cv.from_cs231n(*cv.to_cs231n(p)),
    "Greff et al. (2017)": lambda p: cv.from_greff(cv.to_greff(p)),
}


def arrays(found: object) -> list[np.ndarray]:
    """All arrays in nested dicts and tuples, in order."""
    if isinstance(found, np.ndarray):
        return [found]
    parts = found.values() if isinstance(found, dict) else found
    return [array for part in parts for array in arrays(part)]  # type: ignore[attr-defined]


@pytest.mark.parametrize("name", ROUND_TRIPS)
@given(made=lstm_inputs())
def test_there_and_back_only_the_split_of_the_bias_is_lost(name: str, made: LSTMInputs) -> None:
    params = made.params
    again = ROUND_TRIPS[name](params)
    np.testing.assert_array_equal(again.weight_ih, params.weight_ih)
    np.testing.assert_array_equal(again.weight_hh, params.weight_hh)
    np.testing.assert_array_equal(again.bias_ih + again.bias_hh, params.bias_ih + params.bias_hh)
    if name in ("PyTorch", "ONNX"):
        np.testing.assert_array_equal(again.bias_ih, params.bias_ih)
    else:
        np.testing.assert_array_equal(again.bias_hh, 0.0)


WAYS: dict[str, tuple[Callable, Callable]] = {
    "torch": (cv.to_torch, cv.from_torch),
    "keras": (cv.to_keras, lambda found: cv.from_keras(*found)),
    "onnx": (cv.to_onnx, lambda found: cv.from_onnx(*found)),
    "equinox": (cv.to_equinox, lambda found: cv.from_equinox(*found)),
    "flax": (cv.to_flax, cv.from_flax),
    "cs231n": (cv.to_cs231n, lambda found: cv.from_cs231n(*found)),
    "greff": (cv.to_greff, cv.from_greff),
}


@pytest.mark.parametrize("name", WAYS)
@given(made=lstm_inputs(dtype="float32"))
def test_float32_stays_and_a_library_s_own_weights_come_back_bit_for_bit(
    name: str, made: LSTMInputs
) -> None:
    to, back = WAYS[name]
    theirs = to(made.params)
    assert {array.dtype for array in arrays(theirs)} == {np.dtype(np.float32)}
    assert all(array.flags.c_contiguous for array in arrays(theirs))
    for once, twice in zip(arrays(theirs), arrays(to(back(theirs))), strict=True):
        np.testing.assert_array_equal(once, twice)


@pytest.mark.parametrize("name", WAYS)
def test_arguments_never_change_and_nothing_is_shared(name: str) -> None:
    to, back = WAYS[name]
    params = initialise(3, 4, np.random.default_rng(0))
    before = copy.deepcopy(params)
    theirs = to(params)
    for array in arrays(theirs):
        array += 1.0
    for now, then in zip(astuple(params), astuple(before), strict=True):
        np.testing.assert_array_equal(now, then)
    kept = copy.deepcopy(theirs)
    ours = back(theirs)
    for n in NAMES:
        getattr(ours, n)[...] = 7.0
    for now, then in zip(arrays(theirs), arrays(kept), strict=True):
        np.testing.assert_array_equal(now, then)


# Each library's own step: x (B, I), h and c (B, H) in; h and c out. Written from its source or
# its paper, not from this package: other slices, other products.
Step = Callable[[np.ndarray, np.ndarray, np.ndarray, LSTMParameters], tuple]


def s(z: np.ndarray) -> np.ndarray:
    return 0.5 * (1.0 + np.tanh(0.5 * z))


def keras_step(x: np.ndarray, h: np.ndarray, c: np.ndarray, params: LSTMParameters) -> tuple:
    kernel, recurrent_kernel, bias = cv.to_keras(params)
    z0, z1, z2, z3 = np.split(np.matmul(x, kernel) + h @ recurrent_kernel + bias, 4, axis=1)
    c = s(z1) * c + s(z0) * np.tanh(z2)
    return s(z3) * np.tanh(c), c


def onnx_step(x: np.ndarray, h: np.ndarray, c: np.ndarray, params: LSTMParameters) -> tuple:
    (W,), (R,), (B,) = cv.to_onnx(params)
    H = R.shape[1]
    rows = {gate: slice(k * H, (k + 1) * H) for k, gate in enumerate("iofc")}

    def summed(gate: str) -> np.ndarray:
        Wb, Rb = B[: 4 * H][rows[gate]], B[4 * H :][rows[gate]]
        return x @ W[rows[gate]].T + h @ R[rows[gate]].T + Wb + Rb

    c_new = s(summed("f")) * c + s(summed("i")) * np.tanh(summed("c"))
    return s(summed("o")) * np.tanh(c_new), c_new


def equinox_step(x: np.ndarray, h: np.ndarray, c: np.ndarray, params: LSTMParameters) -> tuple:
    weight_ih, weight_hh, bias = cv.to_equinox(params)
    pairs = []
    for one in zip(x, h, c, strict=True):  # an example at a time, as the cell takes it
        lin = weight_ih @ one[0] + weight_hh @ one[1] + bias
        i, f, g, o = np.split(lin, 4)
        c_new = s(f) * one[2] + s(i) * np.tanh(g)
        pairs.append((s(o) * np.tanh(c_new), c_new))
    return tuple(np.stack(state) for state in zip(*pairs, strict=True))


def flax_step(x: np.ndarray, h: np.ndarray, c: np.ndarray, params: LSTMParameters) -> tuple:
    p = cv.to_flax(params)
    z = {
        gate: x @ p["i" + gate]["kernel"] + (h @ p["h" + gate]["kernel"] + p["h" + gate]["bias"])
        for gate in "ifgo"
    }
    new_c = s(z["f"]) * c + s(z["i"]) * np.tanh(z["g"])
    return s(z["o"]) * np.tanh(new_c), new_c


def cs231n_step(x: np.ndarray, h: np.ndarray, c: np.ndarray, params: LSTMParameters) -> tuple:
    Wx, Wh, b = cv.to_cs231n(params)
    H = h.shape[1]
    a = x.dot(Wx) + h.dot(Wh) + b
    ifo, g = s(a[:, : 3 * H]), np.tanh(a[:, 3 * H :])
    c = ifo[:, H : 2 * H] * c + ifo[:, :H] * g
    return ifo[:, 2 * H :] * np.tanh(c), c


def greff_step(x: np.ndarray, h: np.ndarray, c: np.ndarray, params: LSTMParameters) -> tuple:
    w = cv.to_greff(params)

    def bar(letter: str) -> np.ndarray:  # columns, as the paper has them
        return (w[f"W_{letter}"] @ x.T + w[f"R_{letter}"] @ h.T + w[f"b_{letter}"][:, None]).T

    c = np.tanh(bar("z")) * s(bar("i")) + c * s(bar("f"))
    return np.tanh(c) * s(bar("o")), c


STEPS: dict[str, Step] = {
    "Keras": keras_step,
    "ONNX": onnx_step,
    "Equinox": equinox_step,
    "Flax": flax_step,
    "CS231n": cs231n_step,
    "Greff et al. (2017)": greff_step,
}


@pytest.mark.parametrize("name", STEPS)
@given(made=lstm_inputs(batched=True))
def test_each_library_s_own_equations_take_the_same_steps(name: str, made: LSTMInputs) -> None:
    """Each step starts from our states, so that no rounding is carried on by weights of 1000."""
    trace = lstm_trace(made.xs, made.h0, made.c0, made.params)
    h, c = made.h0, made.c0
    # z is up to some 1e4 and its last bit reaches c through a slope times the old c.
    atol = 1e-9 * max(1.0, float(np.abs(made.c0).max()))
    for t, x in enumerate(made.xs):
        h_new, c_new = STEPS[name](x, h, c, made.params)
        np.testing.assert_allclose(h_new, trace.h[t], rtol=0, atol=atol)
        np.testing.assert_allclose(c_new, trace.c[t], rtol=0, atol=atol)
        h, c = trace.h[t], trace.c[t]


def test_every_convention_but_torch_s_own_has_equations_above() -> None:
    assert {one.name for one in cv.CONVENTIONS} == {*STEPS, "PyTorch"} == set(ROUND_TRIPS)


@pytest.mark.parametrize("convention", cv.CONVENTIONS, ids=lambda one: one.name)
def test_the_two_states_are_put_in_order_and_back(convention: cv.Convention) -> None:
    carry = convention.to_carry("h", "c")
    assert carry == (("c", "h") if convention.name == "Flax" else ("h", "c"))
    assert convention.from_carry(carry) == ("h", "c")


def test_the_table_says_what_the_libraries_documents_say() -> None:
    rows = cv.table()
    assert len({tuple(row) for row in rows}) == 1, "every row has the same columns"
    by_name = {row["library"]: row for row in rows}
    orders = {name: row["order of the gates"] for name, row in by_name.items()}
    assert orders == {
        "PyTorch": "i f g o",
        "Keras": "i f c o",
        "ONNX": "i o f c",
        "Equinox": "i f g o",
        "Flax": "i f g o",
        "CS231n": "i f o g",
        "Greff et al. (2017)": "z i f o",
    }
    assert by_name["Greff et al. (2017)"]["in this course's letters"] == "g i f o"
    columns = {name for name, row in by_name.items() if row["a unit is"] == "a column"}
    assert columns == {"Keras", "Flax", "CS231n"}
    assert by_name["Keras"]["weights"] == "kernel (I, 4H), recurrent_kernel (H, 4H)"
    assert by_name["Flax"]["weights"] == "i· kernel (I, H), h· kernel (H, H)"
    assert by_name["PyTorch"]["weights"] == "weight_ih (4H, I), weight_hh (4H, H)"
    assert by_name["Flax"]["states"] == "(c, h)"
    assert by_name["PyTorch"]["biases"] == "two: bias_ih, bias_hh"
    assert by_name["ONNX"]["biases"] == "two, joined: B"


# What a user can get wrong.


def test_one_bias_may_be_left_out() -> None:
    params = initialise(3, 4, np.random.default_rng(0), dtype=np.float32)
    for back, theirs in (
        (cv.from_keras, cv.to_keras(params)),
        (cv.from_equinox, cv.to_equinox(params)),
        (cv.from_cs231n, cv.to_cs231n(params)),
        (cv.from_onnx, cv.to_onnx(params)),
    ):
        bare = back(*theirs[:2])
        np.testing.assert_array_equal(bare.weight_ih, params.weight_ih)
        np.testing.assert_array_equal((bare.bias_ih, bare.bias_hh), 0.0)
        assert bare.bias_ih.dtype == bare.bias_hh.dtype == np.float32


@pytest.mark.parametrize(
    ("back", "shapes", "says"),
    [
        (
            cv.from_keras,
            ((16, 3), (16, 4), (16,)),
            r"recurrent_kernel has shape \(16, 4\); expected \(H, 4H\), since in Keras .* column",
        ),
        (
            cv.from_keras,
            ((16, 3), (4, 16), (16,)),
            r"kernel has shape \(16, 3\); expected \(I, 16\), as recurrent_kernel is \(4, 16\)",
        ),
        (cv.from_keras, ((3, 16), (4, 16), (32,)), r"bias has shape \(32,\); expected \(16,\)"),
        (
            cv.from_equinox,
            ((3, 16), (16, 4), (16,)),
            r"weight_ih has shape \(3, 16\); expected \(16, I\), as weight_hh is \(16, 4\)",
        ),
        (cv.from_equinox, ((16, 3), (4, 16), (16,)), r"weight_hh .*expected \(4H, H\).* a row"),
        (cv.from_cs231n, ((3, 16), (4, 12), (16,)), r"Wh has shape \(4, 12\); expected \(H, 4H\)"),
        (cv.from_cs231n, ((3, 16), (64,), (16,)), r"Wh has shape \(64,\)"),
        (cv.from_onnx, ((16, 3), (1, 16, 4), (1, 32)), r"W has shape \(16, 3\); expected \(1, 16"),
        (cv.from_onnx, ((1, 16, 3), (16, 4), (1, 32)), r"R has shape \(16, 4\); expected \(1, 4H"),
        (
            cv.from_onnx,
            ((1, 16, 3), (1, 16, 4), (1, 16)),
            r"B has shape \(1, 16\); expected \(1, 32\), as R is \(1, 16, 4\)",
        ),
    ],
)
def test_a_wrong_shape_is_one_sentence_in_the_library_s_words(
    back: Callable, shapes: tuple[tuple[int, ...], ...], says: str
) -> None:
    with pytest.raises(ValueError, match=says):
        back(*map(np.ones, shapes))


def test_split_weights_say_which_gate_is_wrong() -> None:
    params = initialise(3, 4, np.random.default_rng(0))
    greff, flax = cv.to_greff(params), cv.to_flax(params)
    with pytest.raises(KeyError, match="the weights lack R_f"):
        cv.from_greff({name: w for name, w in greff.items() if name != "R_f"})
    with pytest.raises(ValueError, match=r"R_o has shape \(4, 5\); expected \(H, H\)"):
        cv.from_greff(greff | {"R_o": np.ones((4, 5))})
    with pytest.raises(ValueError, match=r"W_f has shape \(4, 2\); expected \(4, 3\), as W_z has"):
        cv.from_greff(greff | {"W_f": np.ones((4, 2))})
    with pytest.raises(ValueError, match="p_f is not 0; expected an LSTM without peepholes"):
        cv.from_greff(greff | {"p_f": np.ones(4)})
    cv.from_greff(greff | {"p_f": np.zeros(4)})
    with pytest.raises(KeyError, match="the variables lack hg bias"):
        cv.from_flax(flax | {"hg": {"kernel": flax["hg"]["kernel"]}})
    with pytest.raises(KeyError, match="they have nothing"):
        cv.from_flax({"params": {}})
    with pytest.raises(ValueError, match=r"ii kernel has shape \(4, 4, 1\); expected \(I, 4\)"):
        cv.from_flax(flax | {"ii": {"kernel": np.ones((4, 4, 1))}})


def test_mixed_dtypes_are_refused_by_name() -> None:
    kernel, recurrent, bias = cv.to_keras(initialise(3, 4, np.random.default_rng(0)))
    with pytest.raises(TypeError, match="bias is float32 but kernel is float64"):
        cv.from_keras(kernel, recurrent, bias.astype(np.float32))
    greff = cv.to_greff(initialise(3, 4, np.random.default_rng(0)))
    single = {name: greff[name].astype(np.float32) for name in ("W_f", "R_f", "b_f")}
    with pytest.raises(TypeError, match="W_f is float32 but W_z is float64"):
        cv.from_greff(greff | single)


def test_a_keras_layer_without_bias_is_written_back_without() -> None:
    rng = np.random.default_rng(0)
    kernel, recurrent = rng.normal(size=(3, 16)), rng.normal(size=(4, 16))
    written = cv.to_keras(cv.from_keras(kernel, recurrent), bias=False)
    assert len(written) == 2  # what `set_weights` takes where use_bias=False
    for value, expected in zip(written, (kernel, recurrent), strict=True):
        np.testing.assert_array_equal(value, expected)
