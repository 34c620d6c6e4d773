"""The conventions against the libraries themselves: Keras, Equinox and Flax, all on JAX."""

import equinox
import flax.linen
import jax
import jax.numpy as jnp
import keras
import numpy as np
import pytest
from hypothesis import given, settings

from lstm_ref import conventions as cv
from lstm_ref.layer import lstm, lstm_trace
from lstm_ref.parameters import LSTMParameters
from tests.strategies import LSTMInputs, lstm_inputs

few = settings(deadline=None, max_examples=12)  # JAX compiles each new shape anew

#: Keras's arrays raise NumPy's warning where `get_weights` copies them.
pytestmark = pytest.mark.filterwarnings(
    "ignore:__array__ implementation doesn't accept a copy keyword:DeprecationWarning"
)

#: On JAX, keras.ops.tanh casts float64 to float32 (BIT64_TO_BIT32_DTYPE in its dtypes.py).
KERAS_ATOL = 1e-6


def steps_as_a_batch(made: LSTMInputs) -> tuple[np.ndarray, ...]:
    """x, h_prev, c_prev, h, c of all steps as one batch, (TB, I) and (TB, H).

    Each step starts from our own states, so that no rounding is carried on.
    """
    trace = lstm_trace(made.xs, made.h0, made.c0, made.params)
    h_prev, c_prev = (
        np.concatenate([first[None], later[:-1]])
        for first, later in ((made.h0, trace.h), (made.c0, trace.c))
    )
    return tuple(a.reshape(-1, a.shape[-1]) for a in (made.xs, h_prev, c_prev, trace.h, trace.c))


def near(theirs: tuple, ours: tuple, made: LSTMInputs, atol: float = 1e-9) -> None:
    atol *= max(1.0, float(np.abs(made.c0).max()))
    for found, expected in zip(theirs, ours, strict=True):
        assert np.asarray(found).dtype == np.float64
        np.testing.assert_allclose(np.asarray(found), expected, rtol=0, atol=atol)


def same(ours: LSTMParameters, params: LSTMParameters) -> None:
    np.testing.assert_array_equal(ours.weight_ih, params.weight_ih)
    np.testing.assert_array_equal(ours.weight_hh, params.weight_hh)
    np.testing.assert_array_equal(ours.bias_ih + ours.bias_hh, params.bias_ih + params.bias_hh)


@pytest.fixture(scope="module")
def ordinary() -> LSTMInputs:
    rng = np.random.default_rng(3)
    params = LSTMParameters(
        rng.normal(size=(20, 3)),
        rng.normal(size=(20, 5)),
        rng.normal(size=20),
        rng.normal(size=20),
    )
    return LSTMInputs(
        rng.normal(size=(7, 2, 3)), rng.normal(size=(2, 5)), rng.normal(size=(2, 5)), params
    )


@few
@given(lstm_inputs(batched=True))
def test_keras_takes_the_same_steps(made: LSTMInputs) -> None:
    x, h_prev, c_prev, h, c = steps_as_a_batch(made)
    cell = keras.layers.LSTMCell(h.shape[1], dtype="float64")
    cell.build((None, x.shape[1]))
    cell.set_weights(list(cv.to_keras(made.params)))
    _, carry = cell(
        jnp.asarray(x), list(cv.KERAS.to_carry(jnp.asarray(h_prev), jnp.asarray(c_prev)))
    )
    near(cv.KERAS.from_carry(carry), (h, c), made, KERAS_ATOL)
    same(cv.from_keras(*cell.get_weights()), made.params)


def test_keras_runs_the_same_sequence(ordinary: LSTMInputs) -> None:
    layer = keras.layers.LSTM(5, return_sequences=True, return_state=True, dtype="float64")
    layer.build((2, 7, 3))
    names = [weight.path.rsplit("/", 1)[-1] for weight in layer.weights]
    assert tuple(names) == cv.KERAS.arrays
    layer.set_weights(list(cv.to_keras(ordinary.params)))
    states = cv.KERAS.to_carry(jnp.asarray(ordinary.h0), jnp.asarray(ordinary.c0))
    hs, *carry = layer(jnp.asarray(ordinary.xs.swapaxes(0, 1)), initial_state=list(states))
    found = (np.asarray(hs).swapaxes(0, 1), *cv.KERAS.from_carry(carry))
    ours = lstm(ordinary.xs, ordinary.h0, ordinary.c0, ordinary.params)
    near(found, ours, ordinary, KERAS_ATOL)


def test_keras_s_forget_bias_is_only_a_beginning() -> None:
    layer = keras.layers.LSTM(5, unit_forget_bias=True)
    layer.build((2, 7, 3))
    gates = cv.from_keras(*layer.get_weights()).to_gates()
    np.testing.assert_array_equal(gates["b_f"], 1.0)
    np.testing.assert_array_equal(gates["b_i"], 0.0)
    bare = keras.layers.LSTM(5, use_bias=False)
    bare.build((2, 7, 3))
    np.testing.assert_array_equal(cv.from_keras(*bare.get_weights()).bias_ih, 0.0)


@few
@given(lstm_inputs(batched=True))
def test_equinox_takes_the_same_steps(made: LSTMInputs) -> None:
    x, h_prev, c_prev, h, c = steps_as_a_batch(made)
    cell = equinox.nn.LSTMCell(x.shape[1], h.shape[1], key=jax.random.key(0))
    theirs = tuple(map(jnp.asarray, cv.to_equinox(made.params)))
    own = (cell.weight_ih, cell.weight_hh, cell.bias)
    assert [a.shape for a in own] == [a.shape for a in theirs]
    cell = equinox.tree_at(lambda one: (one.weight_ih, one.weight_hh, one.bias), cell, theirs)
    carry = jax.vmap(cell)(x, cv.EQUINOX.to_carry(h_prev, c_prev))
    near(cv.EQUINOX.from_carry(carry), (h, c), made)
    same(cv.from_equinox(cell.weight_ih, cell.weight_hh, cell.bias), made.params)


def test_equinox_runs_the_same_sequence(ordinary: LSTMInputs) -> None:
    cell = equinox.nn.LSTMCell(3, 5, key=jax.random.key(0))
    theirs = tuple(map(jnp.asarray, cv.to_equinox(ordinary.params)))
    cell = equinox.tree_at(lambda one: (one.weight_ih, one.weight_hh, one.bias), cell, theirs)
    step = jax.vmap(cell)
    start = cv.EQUINOX.to_carry(jnp.asarray(ordinary.h0), jnp.asarray(ordinary.c0))
    carry, _ = jax.lax.scan(lambda state, x: (step(x, state), None), start, ordinary.xs)
    ends = lstm(ordinary.xs, ordinary.h0, ordinary.c0, ordinary.params)[1:]
    near(cv.EQUINOX.from_carry(carry), ends, ordinary)
    bare = equinox.nn.LSTMCell(3, 5, use_bias=False, key=jax.random.key(0))
    params = cv.from_equinox(bare.weight_ih, bare.weight_hh, bare.bias)
    np.testing.assert_array_equal(params.bias_ih, 0.0)


CELLS = [flax.linen.LSTMCell, flax.linen.OptimizedLSTMCell]


@pytest.mark.parametrize("kind", CELLS)
@few
@given(made=lstm_inputs(batched=True))
def test_flax_takes_the_same_steps(kind: type, made: LSTMInputs) -> None:
    x, h_prev, c_prev, h, c = steps_as_a_batch(made)
    cell = kind(h.shape[1])
    variables = {"params": cv.to_flax(made.params)}
    carry, shown = cell.apply(variables, cv.FLAX.to_carry(h_prev, c_prev), x)
    near((*cv.FLAX.from_carry(carry), shown), (h, c, h), made)
    same(cv.from_flax(variables), made.params)


@pytest.mark.parametrize("kind", CELLS)
def test_flax_has_these_names_and_runs_the_same_sequence(kind: type, ordinary: LSTMInputs) -> None:
    cell, tree = kind(5), cv.to_flax(ordinary.params)
    xs = ordinary.xs.swapaxes(0, 1)  # (T, B, I) -> (B, T, I)
    start = cv.FLAX.to_carry(ordinary.h0, ordinary.c0)
    made_there = cell.init(jax.random.key(0), start, xs[:, 0])
    assert jax.tree.map(jnp.shape, made_there["params"]) == jax.tree.map(jnp.shape, tree)
    again = cv.to_flax(cv.from_flax(made_there))
    for one, other in zip(jax.tree.leaves(made_there), jax.tree.leaves(again), strict=True):
        np.testing.assert_array_equal(one, other)
    layer = flax.linen.RNN(cell, return_carry=True)
    variables = {"params": {"cell": tree}}
    carry, hs = layer.apply(variables, xs, initial_carry=start)
    found = (np.asarray(hs).swapaxes(0, 1), *cv.FLAX.from_carry(carry))
    near(found, lstm(ordinary.xs, ordinary.h0, ordinary.c0, ordinary.params), ordinary)
