"""Adam and clipping against torch's."""

import copy
import re

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_ref.numpy_training.optimise import Adam, clip_by_global_norm
from tests.strategies import seeds

SHAPES = {"W": (4, 3), "b": (4,), "one": (1,)}


@settings(max_examples=20, deadline=None)
@given(
    seed=seeds,
    learning_rate=st.sampled_from([1e-4, 1e-2, 1.0]),
    betas=st.sampled_from([(0.9, 0.999), (0.0, 0.5), (0.8, 0.0)]),
    scale=st.sampled_from([1e-9, 1e-3, 1.0, 1e6]),
)
def test_adam_is_torchs_over_many_steps(
    seed: int, learning_rate: float, betas: tuple[float, float], scale: float
) -> None:
    rng = np.random.default_rng(seed)
    ours = {name: rng.normal(size=shape) for name, shape in SHAPES.items()}
    theirs = {name: torch.nn.Parameter(torch.tensor(array)) for name, array in ours.items()}
    torchs = torch.optim.Adam(theirs.values(), lr=learning_rate, betas=betas)
    adam = Adam(learning_rate, *betas)
    for _ in range(150):
        grads = {name: scale * rng.normal(size=shape) for name, shape in SHAPES.items()}
        ours = adam.step(ours, grads)
        for name, parameter in theirs.items():
            parameter.grad = torch.tensor(grads[name])
        torchs.step()
    for name, array in ours.items():
        expected = theirs[name].detach().numpy()
        np.testing.assert_allclose(array, expected, rtol=1e-12, atol=1e-12)


def test_the_first_step_is_the_learning_rate_against_the_sign() -> None:
    """Kingma and Ba (2015), section 2.1: at the start |Δ| is the step size."""
    moved = Adam(0.1).step({"w": np.zeros(3)}, {"w": np.array([1e-3, -5.0, 0.0])})
    np.testing.assert_allclose(moved["w"], [-0.1, 0.1, 0.0], rtol=1e-4)


def test_arguments_never_change_and_float32_stays() -> None:
    rng = np.random.default_rng(0)
    params = {name: rng.normal(size=shape).astype(np.float32) for name, shape in SHAPES.items()}
    grads = {name: 100 * array for name, array in params.items()}
    before = copy.deepcopy((params, grads))
    adam = Adam()
    moved = adam.step(adam.step(params, grads), grads)
    clipped, _ = clip_by_global_norm(grads, 1.0)
    for name in SHAPES:
        assert moved[name].dtype == clipped[name].dtype == np.float32
        assert params[name].tobytes() == before[0][name].tobytes()
        assert grads[name].tobytes() == before[1][name].tobytes()
        assert not np.shares_memory(clip_by_global_norm(grads, 1e9)[0][name], grads[name])


@pytest.mark.parametrize(
    ("setting", "says"),
    [
        ({"learning_rate": 0.0}, "learning_rate is 0.0; expected a positive number"),
        ({"learning_rate": float("nan")}, "learning_rate is nan"),
        ({"epsilon": -1e-8}, "epsilon is -1e-08; expected a positive"),
        ({"beta1": 1.0}, "beta1 is 1.0; expected a number from 0 to below 1"),
        ({"beta2": -0.1}, "beta2 is -0.1"),
    ],
)
def test_settings_out_of_range_are_refused(setting: dict[str, float], says: str) -> None:
    with pytest.raises(ValueError, match=says):
        Adam(**setting)


def test_names_and_shapes_that_do_not_fit_are_one_clear_sentence() -> None:
    w, b = {"w": np.ones(3)}, {"b": np.ones(3)}
    adam = Adam()
    with pytest.raises(ValueError, match="grads holds b but params w; give one array for each"):
        adam.step(w, b)
    says = re.escape("w has shape (1,) in grads; expected (3,), as in params")
    with pytest.raises(ValueError, match=says):
        adam.step(w, {"w": np.ones(1)})
    assert adam.steps == 0
    adam.step(w, w)
    with pytest.raises(ValueError, match="grads holds b but the running means w"):
        adam.step(b, b)
    with pytest.raises(ValueError, match=r"w has shape \(2,\) in grads; expected \(3,\)"):
        adam.step({"w": np.ones(2)}, {"w": np.ones(2)})


@given(seed=seeds, scale=st.sampled_from([0.0, 1e-3, 1.0, 1e200]), limit=st.floats(1e-3, 1e3))
def test_clipping_keeps_the_direction_and_shortens_to_the_limit(
    seed: int, scale: float, limit: float
) -> None:
    rng = np.random.default_rng(seed)
    grads = {name: scale * rng.normal(size=shape) for name, shape in SHAPES.items()}
    clipped, norm = clip_by_global_norm(grads, limit)
    flat = np.concatenate([array.ravel() for array in grads.values()])
    if scale < 1e100:  # torch's own norm overflows beyond
        expected = torch.nn.utils.get_total_norm([torch.tensor(g) for g in grads.values()])
        np.testing.assert_allclose(norm, float(expected), rtol=1e-12)
    after = np.concatenate([array.ravel() for array in clipped.values()])
    if norm <= limit:
        np.testing.assert_array_equal(after, flat)
    else:
        np.testing.assert_allclose(np.linalg.norm(after), limit, rtol=1e-12)
        np.testing.assert_allclose(after * (norm / limit), flat, rtol=1e-12)


def test_clipping_refuses_what_it_cannot_mend() -> None:
    with pytest.raises(ValueError, match=r"max_norm is 0\.0; expected a positive number"):
        clip_by_global_norm({"w": np.ones(3)}, 0.0)
    with pytest.raises(ValueError, match="the gradient of w holds NaN or infinity"):
        clip_by_global_norm({"w": np.array([1.0, np.inf])}, 1.0)
