"""What every cell owes: right gradients, one batch or none, its arguments left alone, words."""

import copy
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_ref.cells import (
    CELLS,
    LINEAR,
    GRUParameters,
    PeepholeParameters,
)
from lstm_ref.gradcheck import numerical_gradient
from tests.strategies import RecurrentInputs, recurrent_inputs

every_cell = pytest.mark.parametrize("name", CELLS)


def run(made: RecurrentInputs) -> tuple[Any, ...]:
    return made.cell.forward(made.xs, made.states, made.params)


def run_back(made: RecurrentInputs) -> tuple[Any, ...]:
    return made.cell.backward(made.dhs, made.d_final, run(made)[2], made.params)


def example(name: str) -> RecurrentInputs:
    """T = 4, B = 2, I = 3, H = 5, nothing zero."""
    rng, cell = np.random.default_rng(7), CELLS[name]
    params = cell.initialise(3, 5, rng)
    return RecurrentInputs(
        cell,
        rng.normal(size=(4, 2, 3)),
        tuple(rng.normal(size=(2, 5)) for _ in cell.states),
        type(params)(**{key: rng.normal(size=a.shape) for key, a in vars(params).items()}),
        rng.normal(size=(4, 2, 5)),
        tuple(rng.normal(size=(2, 5)) for _ in cell.states),
    )


@every_cell
def test_gradients_are_those_of_central_differences(name: str) -> None:
    made = example(name)
    dxs, d_initial, grads = run_back(made)

    def loss(changed: RecurrentInputs) -> float:
        hs, final, _ = run(changed)
        ends = sum(np.sum(d * s) for d, s in zip(made.d_final, final, strict=True))
        return float(np.sum(made.dhs * hs) + ends)

    def close(gradient: np.ndarray, numerical: np.ndarray) -> None:
        np.testing.assert_allclose(gradient, numerical, rtol=1e-6, atol=1e-7)

    close(dxs, numerical_gradient(lambda v: loss(replace(made, xs=v)), made.xs))
    for k, state in enumerate(made.states):

        def of_state(v: np.ndarray, k: int = k) -> float:
            return loss(replace(made, states=(*made.states[:k], v, *made.states[k + 1 :])))

        close(d_initial[k], numerical_gradient(of_state, state))
    assert set(vars(grads)) == set(vars(made.params))
    for key, array in vars(made.params).items():

        def of_weights(v: np.ndarray, key: str = key) -> float:
            return loss(replace(made, params=replace(made.params, **{key: v})))

        close(getattr(grads, key), numerical_gradient(of_weights, array))


@every_cell
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_arguments_never_change_and_results_are_new_arrays(name: str, data: st.DataObject) -> None:
    made = data.draw(recurrent_inputs(name))
    before = copy.deepcopy(made)
    hs, final, saved = run(made)
    first = run_back(made)
    for now, then in (
        (made.xs, before.xs),
        (made.dhs, before.dhs),
        *zip(made.states + made.d_final, before.states + before.d_final, strict=True),
        *zip(vars(made.params).values(), vars(before.params).values(), strict=True),
    ):
        assert now.tobytes() == then.tobytes()
    given = [made.xs, made.dhs, *made.states, *made.d_final, *vars(made.params).values()]
    for result in (hs, *final, first[0], *first[1]):
        assert not any(np.shares_memory(result, array) for array in given)
    hs[:], final[0][:] = 9.0, 9.0  # what is saved is not what was returned
    again = made.cell.backward(made.dhs, made.d_final, saved, made.params)
    np.testing.assert_array_equal(again[0], first[0])


@every_cell
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_float32_in_float32_out(name: str, data: st.DataObject) -> None:
    made = data.draw(recurrent_inputs(name, dtype="float32"))
    hs, final, _ = run(made)
    dxs, d_initial, grads = run_back(made)
    for array in (hs, *final, dxs, *d_initial, *vars(grads).values()):
        assert array.dtype == np.float32
        assert np.isfinite(array).all()


@every_cell
def test_a_batch_is_its_examples_side_by_side(name: str) -> None:
    made = example(name)
    hs, final, _ = run(made)
    dxs, d_initial, grads = run_back(made)
    total = {key: np.zeros_like(array) for key, array in vars(grads).items()}
    for b in range(2):
        one = replace(
            made,
            xs=made.xs[:, b],
            states=tuple(state[b] for state in made.states),
            dhs=made.dhs[:, b],
            d_final=tuple(d[b] for d in made.d_final),
        )
        hs_b, final_b, _ = run(one)
        np.testing.assert_allclose(hs_b, hs[:, b], rtol=1e-13)
        np.testing.assert_array_equal(hs_b[-1], final_b[0])
        np.testing.assert_allclose(final_b, [state[b] for state in final], rtol=1e-13)
        dxs_b, d_initial_b, grads_b = run_back(one)
        np.testing.assert_allclose(dxs_b, dxs[:, b], rtol=1e-11)
        np.testing.assert_allclose(d_initial_b, [d[b] for d in d_initial], rtol=1e-11)
        for key, array in vars(grads_b).items():
            total[key] += array
    for key, array in vars(grads).items():
        np.testing.assert_allclose(array, total[key], rtol=1e-11, atol=1e-13)


@every_cell
def test_two_halves_are_the_whole(name: str) -> None:
    """The states carry all: forward and backward over 2 + 2 steps are those over 4."""
    made = example(name)
    hs, final, _ = run(made)
    dxs, d_initial, grads = run_back(made)
    forward, backward = made.cell.forward, made.cell.backward
    hs_1, middle, saved_1 = forward(made.xs[:2], made.states, made.params)
    hs_2, end, saved_2 = forward(made.xs[2:], middle, made.params)
    np.testing.assert_array_equal(np.concatenate([hs_1, hs_2]), hs)
    np.testing.assert_array_equal(end, final)
    dxs_2, d_middle, grads_2 = backward(made.dhs[2:], made.d_final, saved_2, made.params)
    dxs_1, d_start, grads_1 = backward(made.dhs[:2], d_middle, saved_1, made.params)
    np.testing.assert_allclose(np.concatenate([dxs_1, dxs_2]), dxs, rtol=1e-12)
    np.testing.assert_allclose(d_start, d_initial, rtol=1e-12)
    for key, array in vars(grads).items():
        both = getattr(grads_1, key) + getattr(grads_2, key)
        np.testing.assert_allclose(both, array, rtol=1e-11, atol=1e-13)


@every_cell
def test_what_is_saved_outlives_a_change_of_the_callers(name: str) -> None:
    made = example(name)
    expected = run_back(made)
    saved = run(made)[2]
    for array in (made.xs, *made.states):
        array[:] = 9.0
    after = made.cell.backward(made.dhs, made.d_final, saved, made.params)
    for key, array in vars(after[2]).items():
        np.testing.assert_array_equal(array, getattr(expected[2], key))


@every_cell
@pytest.mark.parametrize(
    ("shape", "says"),
    [
        ((4, 2, 7), r"xs has shape \(4, 2, 7\); expected \(T, I\) = \(T, 3\) or .*\(T, B, 3\), "),
        ((3,), r"xs has shape \(3,\); expected \(T, I\)"),
        ((0, 2, 3), r"xs has shape \(0, 2, 3\); expected at least one time step"),
        ((4, 6, 3), r"h0 has shape \(2, 5\); expected \(6, 5\), as xs is \(4, 6, 3\)"),
    ],
)
def test_wrong_xs_are_one_clear_sentence(name: str, shape: tuple[int, ...], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        run(replace(example(name), xs=np.ones(shape)))


@every_cell
def test_wrong_states_gradients_and_dtypes_are_one_clear_sentence(name: str) -> None:
    made = example(name)
    states = [f"{state}0" for state in made.cell.states]
    for k, state in enumerate(states):
        bad = [*made.states]
        bad[k] = np.ones(5)
        with pytest.raises(ValueError, match=rf"{state} has shape \(5,\); expected \(2, 5\)"):
            run(replace(made, states=tuple(bad)))
    with pytest.raises(TypeError, match="xs is float32 but the parameters are float64"):
        run(replace(made, xs=made.xs.astype(np.float32)))
    with pytest.raises(ValueError, match=r"dhs has shape \(2, 5\); expected \(4, 2, 5\)"):
        run_back(replace(made, dhs=made.dhs[0]))
    with pytest.raises(ValueError, match=r"dh_n has shape \(5,\); expected \(2, 5\)"):
        run_back(replace(made, d_final=(np.ones(5), *made.d_final[1:])))
    with pytest.raises(ValueError, match=rf"d_final holds 0 arrays; expected {len(states)}: \(dh"):
        run_back(replace(made, d_final=()))
    with pytest.raises(ValueError, match="saved is empty; expected one entry for each step"):
        made.cell.backward(made.dhs, made.d_final, [], made.params)
    with pytest.raises(TypeError, match="dhs is float32 but"):
        run_back(replace(made, dhs=made.dhs.astype(np.float32)))


@every_cell
def test_parameters_refuse_what_does_not_fit(name: str) -> None:
    params = example(name).params
    for key in vars(params):
        with pytest.raises(ValueError, match=rf"{key} has shape \(7, 9, 1\); expected"):
            replace(params, **{key: np.ones((7, 9, 1))})
        if key != "weight_ih":
            with pytest.raises(TypeError, match=f"{key} is float32 but weight_ih is float64"):
                replace(params, **{key: getattr(params, key).astype(np.float32)})


def test_parameters_name_their_layers() -> None:
    good = vars(CELLS["gru"].initialise(3, 5, np.random.default_rng(0)))
    with pytest.raises(
        ValueError, match=r"weight_ih .*expected \(3H, I\), H rows for each of r, z"
    ):
        GRUParameters(**{**good, "weight_ih": np.ones((16, 3))})
    good = vars(CELLS["peephole"].initialise(3, 5, np.random.default_rng(0)))
    with pytest.raises(ValueError, match=r"p_o has shape \(4,\); expected \(5,\), as weight_ih"):
        PeepholeParameters(**{**good, "p_o": np.ones(4)})


@every_cell
def test_initialise_is_seeded_in_torchs_range_and_opens_the_forget_gate(name: str) -> None:
    initialise = CELLS[name].initialise
    params = initialise(20, 16, np.random.default_rng(3))
    again = vars(initialise(20, 16, np.random.default_rng(3)))
    for key, array in vars(params).items():
        np.testing.assert_array_equal(array, again[key])
        if key.startswith("weight"):
            assert 0.23 < np.abs(array).max() <= 0.25  # 1/√16
        elif key.startswith("p_"):
            assert 0.1 < np.abs(array).max() <= 0.25
    opened = {"lstm": 1, "peephole": 1, "coupled": 0}  # which block of rows is the forget gate's
    expected = np.zeros((len(params.bias_ih) // 16, 16))
    if name in opened:
        expected[opened[name]] = 1.0
        closed = initialise(20, 16, np.random.default_rng(3), forget_bias=0.0)
        np.testing.assert_array_equal(closed.bias_ih, 0.0)
    np.testing.assert_array_equal(params.bias_ih.reshape(-1, 16), expected)
    np.testing.assert_array_equal(params.bias_hh, 0.0)
    narrow = initialise(2, 3, np.random.default_rng(0), dtype=np.float32)
    assert {array.dtype for array in vars(narrow).values()} == {np.dtype(np.float32)}
    for sizes, says in [((0, 3), "input_size is 0"), ((2, 1.5), "hidden_size is 1.5")]:
        with pytest.raises(ValueError, match=says):
            initialise(*sizes, np.random.default_rng(0))


def test_another_activation_is_data_on_a_cell() -> None:
    made = example("lstm")
    bare = made.cell.having("without a tanh", g=LINEAR)
    assert (bare.name, made.cell.name) == ("without a tanh", "lstm")
    hs, *_ = bare.forward(made.xs, made.states, made.params)
    assert np.abs(hs - run(made)[0]).max() > 0.01
    back = bare.having(g=made.cell.squash["g"])
    np.testing.assert_array_equal(back.forward(made.xs, made.states, made.params)[0], run(made)[0])
    with pytest.raises(ValueError, match="lstm has no activation 'z'; expected one of i, f"):
        made.cell.having(z=LINEAR)
    with pytest.raises(ValueError, match="gru has no activation 'i'; expected one of none at all"):
        CELLS["gru"].having(i=LINEAR)


@every_cell
def test_states_that_are_not_given_are_zeros(name: str) -> None:
    made = example(name)
    zeros = tuple(np.zeros_like(state) for state in made.states)
    expected = made.cell.forward(made.xs, zeros, made.params)
    for initial in (None, [None] * len(zeros)):
        hs, final, _ = made.cell.forward(made.xs, initial, made.params)
        np.testing.assert_array_equal(hs, expected[0])
        np.testing.assert_array_equal(final, expected[1])
    with pytest.raises(ValueError, match=rf"initial holds 3 arrays; expected {len(zeros)}: \(h0,"):
        made.cell.forward(made.xs, zeros[:1] * 3, made.params)
