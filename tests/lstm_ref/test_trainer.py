"""The trainer: its losses and gradients against torch, and that it learns."""

import copy
from functools import partial
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from lstm_ref.cells import ABLATIONS, CELLS
from lstm_ref.datasets.adding import adding
from lstm_ref.datasets.embedded_reber import (
    PADDING,
    SYMBOLS,
    embedded_reber,
    embedded_reber_string,
    encode,
)
from lstm_ref.history import History
from lstm_ref.numpy_training.losses import mean_squared_error, softmax_cross_entropy
from lstm_ref.numpy_training.trainer import (
    SequenceModel,
    loss_and_gradients,
    predict,
    sequence_model,
    train,
)
from tests.strategies import seeds, sizes

TORCHS = {"plain": torch.nn.RNN, "gru": torch.nn.GRU, "lstm": torch.nn.LSTM}


@settings(deadline=None)
@given(seed=seeds, N=sizes, classes=sizes, scale=st.sampled_from([0.1, 10.0, 1000.0]))
def test_losses_and_their_gradients_are_torchs(
    seed: int, N: int, classes: int, scale: float
) -> None:
    rng = np.random.default_rng(seed)
    outputs = scale * rng.normal(size=(3, N, classes))
    leaf = torch.tensor(outputs, requires_grad=True)
    targets = rng.normal(size=outputs.shape)
    value, gradient = mean_squared_error(outputs, targets)
    expected = torch.nn.functional.mse_loss(leaf, torch.tensor(targets))
    expected.backward()
    assert leaf.grad is not None
    np.testing.assert_allclose(value, expected.item(), rtol=1e-12)
    np.testing.assert_allclose(gradient, leaf.grad.numpy(), rtol=1e-12)

    labels = rng.integers(-1, classes, (3, N))
    labels[0, 0] = 0
    leaf.grad = None
    value, gradient = softmax_cross_entropy(outputs, labels)
    expected = torch.nn.functional.cross_entropy(
        leaf.reshape(-1, classes), torch.tensor(labels).reshape(-1), ignore_index=PADDING
    )
    expected.backward()
    np.testing.assert_allclose(value, expected.item(), rtol=1e-12, atol=1e-14)
    np.testing.assert_allclose(gradient, leaf.grad.numpy(), rtol=1e-10, atol=1e-14)


@pytest.mark.parametrize("every_step", [False, True])
@pytest.mark.parametrize("loss", ["mse", "cross entropy"])
@pytest.mark.parametrize("cell", TORCHS)
def test_a_models_gradients_are_torchs(cell: str, loss: str, every_step: bool) -> None:
    rng = np.random.default_rng(11)
    T, B, I, H, O = 6, 3, 2, 5, 4
    model = sequence_model(cell, I, H, O, rng, every_step=every_step)
    xs = rng.normal(size=(T, B, I))
    targets: np.ndarray[Any, Any]
    targets = rng.normal(size=(T, B, O)) if loss == "mse" else rng.integers(-1, O, (T, B))
    targets = targets if every_step else targets[-1]

    layer = TORCHS[cell](I, H, dtype=torch.float64)
    weights = {key: torch.tensor(array) for key, array in vars(model.recurrent).items()}
    layer.load_state_dict({f"{key}_l0": array for key, array in weights.items()})
    weight = torch.tensor(model.weight, requires_grad=True)
    bias = torch.tensor(model.bias, requires_grad=True)
    hs = layer(torch.tensor(xs))[0]
    outputs = torch.nn.functional.linear(hs if every_step else hs[-1], weight, bias)
    if loss == "mse":
        expected = torch.nn.functional.mse_loss(outputs, torch.tensor(targets))
        ours = mean_squared_error
    else:
        labels = torch.tensor(targets).reshape(-1)
        expected = torch.nn.functional.cross_entropy(
            outputs.reshape(-1, O), labels, ignore_index=PADDING
        )
        ours = softmax_cross_entropy
    expected.backward()

    value, grads = loss_and_gradients(model, xs, targets, ours)
    np.testing.assert_allclose(predict(model, xs), outputs.detach().numpy(), rtol=1e-12)
    np.testing.assert_allclose(value, expected.item(), rtol=1e-12)
    theirs = {key: getattr(layer, f"{key}_l0").grad for key in weights}
    theirs |= {"readout_weight": weight.grad, "readout_bias": bias.grad}
    assert set(grads) == set(theirs) == set(model.arrays())
    for key, gradient in grads.items():
        np.testing.assert_allclose(gradient, theirs[key].numpy(), rtol=1e-10, atol=1e-14)


def learn_adding(cell: str, steps: int, seed: int = 0) -> tuple[SequenceModel, History]:
    rng = np.random.default_rng(seed)
    model = sequence_model(cell, 2, 16, 1, rng)
    batches = partial(adding, length=12, batch_size=32)
    return train(model, batches, mean_squared_error, rng, steps=steps, learning_rate=1e-2)


@pytest.mark.parametrize("cell", CELLS)
def test_every_cell_learns_the_short_adding_problem(cell: str) -> None:
    """The best constant answer has an error of 1/6 ≈ 0.167; that is what gates add to it."""
    model, history = learn_adding(cell, steps=700)
    xs, targets = adding(np.random.default_rng(99), length=12, batch_size=1000)
    error, _ = mean_squared_error(predict(model, xs), targets)
    assert np.mean(history.losses[:10]) > 0.15
    assert error < (0.1 if cell == "plain" else 0.005)


def test_training_repeats_itself_at_one_seed_and_not_at_another() -> None:
    (one, first), (two, second) = learn_adding("lstm", 20), learn_adding("lstm", 20)
    assert first == second
    assert len(first.norms) == len(first.losses) == 20
    for key, array in one.arrays().items():
        np.testing.assert_array_equal(array, two.arrays()[key])
    assert learn_adding("lstm", 20, seed=1)[1].losses != first.losses


def test_training_is_adam_on_clipped_gradients_as_torch_does_it() -> None:
    rng = np.random.default_rng(4)
    model = sequence_model("lstm", 2, 8, 1, rng)
    layer = torch.nn.LSTM(2, 8, dtype=torch.float64)
    read = torch.nn.Linear(8, 1, dtype=torch.float64)
    layer.load_state_dict({f"{k}_l0": torch.tensor(a) for k, a in vars(model.recurrent).items()})
    read.load_state_dict({"weight": torch.tensor(model.weight), "bias": torch.tensor(model.bias)})
    every = [*layer.parameters(), *read.parameters()]
    adam = torch.optim.Adam(every, lr=1e-2)
    batches = partial(adding, length=10, batch_size=16)
    expected, norms, twin = [], [], np.random.default_rng(8)
    for _ in range(25):
        xs, targets = batches(twin)
        loss = torch.nn.functional.mse_loss(
            read(layer(torch.tensor(xs))[0][-1]), torch.tensor(targets)
        )
        adam.zero_grad()
        loss.backward()
        # clip_grad_norm_ divides by the norm plus 1e-6; exactly by the norm here
        norm = torch.nn.utils.get_total_norm([p.grad for p in every if p.grad is not None])
        for p in every:
            assert p.grad is not None
            p.grad *= min(1.0, 0.05 / norm.item())
        adam.step()
        expected.append(loss.item())
        norms.append(norm.item())
    settings = {"steps": 25, "learning_rate": 1e-2, "max_norm": 0.05}
    _, history = train(model, batches, mean_squared_error, np.random.default_rng(8), **settings)
    np.testing.assert_allclose(history.losses, expected, rtol=1e-8)
    np.testing.assert_allclose(history.norms, norms, rtol=1e-6)


def test_the_lstm_learns_what_the_embedded_reber_grammar_asks_it_to_remember() -> None:
    rng = np.random.default_rng(0)
    model = sequence_model("lstm", 7, 16, 7, rng, every_step=True)
    batches = partial(embedded_reber, batch_size=32)
    model, _ = train(model, batches, softmax_cross_entropy, rng, steps=400, learning_rate=2e-2)
    fresh = np.random.default_rng(99)
    strings = [embedded_reber_string(fresh) for _ in range(300)]
    outputs = predict(model, encode(strings)[0])
    T, P = SYMBOLS.index("T"), SYMBOLS.index("P")
    right = 0
    for b, string in enumerate(strings):
        at_the_end = outputs[len(string) - 3, b]  # what comes before the last E?
        right += (at_the_end[T] > at_the_end[P]) == (string[1] == "T")
    assert right / len(strings) > 0.95  # a coin would have 0.5


def test_arguments_never_change_and_float32_stays() -> None:
    rng = np.random.default_rng(2)
    model = sequence_model("peephole", 2, 4, 3, rng, every_step=True, dtype=np.float32)
    xs = rng.normal(size=(5, 2, 2)).astype(np.float32)
    labels = rng.integers(0, 3, (5, 2))
    before = copy.deepcopy((model.arrays(), xs, labels))
    trained, _ = train(model, lambda _: (xs, labels), softmax_cross_entropy, rng, steps=3)
    assert predict(trained, xs).dtype == np.float32
    for key, array in model.arrays().items():
        assert array.tobytes() == before[0][key].tobytes()
        assert trained.arrays()[key].dtype == np.float32
        assert not np.array_equal(trained.arrays()[key], array)
    assert xs.tobytes() == before[1].tobytes()
    assert labels.tobytes() == before[2].tobytes()


@pytest.mark.parametrize("cell", CELLS)
def test_a_float32_model_trains_on_the_shipped_data(cell: str) -> None:
    rng = np.random.default_rng(2)
    model = sequence_model(cell, np.int64(2), np.int64(4), np.int64(1), rng, dtype=np.float32)
    batches = partial(adding, length=6, batch_size=8)
    trained, history = train(model, batches, mean_squared_error, rng, steps=np.int64(3))
    assert {array.dtype for array in trained.arrays().values()} == {np.dtype(np.float32)}
    assert np.isfinite(history.losses).all()
    assert predict(trained, batches(rng)[0]).dtype == np.float32


def test_a_cell_without_a_part_learns_too() -> None:
    rng = np.random.default_rng(0)
    cell = CELLS["lstm"].having("no output gate", **ABLATIONS["no output gate"])
    model = sequence_model(cell, 2, 8, 1, rng)
    batches = partial(adding, length=8, batch_size=32)
    trained, history = train(model, batches, mean_squared_error, rng, steps=300)
    assert trained.cell.name == "no output gate"
    assert np.mean(history.losses[-20:]) < 0.5 * np.mean(history.losses[:20])


def test_one_example_without_a_batch() -> None:
    rng = np.random.default_rng(2)
    model = sequence_model("gru", 2, 4, 3, rng)
    xs = rng.normal(size=(5, 2))
    np.testing.assert_allclose(predict(model, xs), predict(model, xs[:, None])[0], rtol=1e-13)
    value, grads = loss_and_gradients(model, xs, np.ones(3), mean_squared_error)
    expected, wanted = loss_and_gradients(model, xs[:, None], np.ones((1, 3)), mean_squared_error)
    np.testing.assert_allclose(value, expected, rtol=1e-13)
    for key, gradient in grads.items():
        np.testing.assert_allclose(gradient, wanted[key], rtol=1e-11, atol=1e-15)


def test_what_does_not_fit_is_one_clear_sentence() -> None:
    rng = np.random.default_rng(0)
    with pytest.raises(ValueError, match="cell is 'rnn'; expected one of plain, gru"):
        sequence_model("rnn", 2, 4, 1, rng)
    with pytest.raises(ValueError, match="output_size is 0"):
        sequence_model("gru", 2, 4, 0, rng)
    with pytest.raises(ValueError, match="hidden_size is 0"):
        sequence_model("gru", 2, 0, 1, rng)
    model = sequence_model("gru", 2, 4, 1, rng)
    with pytest.raises(ValueError, match=r"xs has shape \(5, 3, 7\); expected"):
        predict(model, np.ones((5, 3, 7)))
    with pytest.raises(ValueError, match=r"targets has shape \(3,\); expected \(3, 1\)"):
        mean_squared_error(np.ones((3, 1)), np.ones(3))
    with pytest.raises(ValueError, match=r"targets has shape \(3, 1\); expected \(3,\)"):
        softmax_cross_entropy(np.ones((3, 4)), np.ones((3, 1), int))
    with pytest.raises(ValueError, match="from 0 to 4; expected whole numbers from 0 to 3"):
        softmax_cross_entropy(np.ones((2, 4)), np.array([0, 4]))
    with pytest.raises(ValueError, match="targets are float64"):
        softmax_cross_entropy(np.ones((2, 4)), np.array([0.0, 1.0]))
    with pytest.raises(ValueError, match="targets are all -1"):
        softmax_cross_entropy(np.ones((2, 4)), np.array([-1, -1]))
    for steps in (0, 1.5):
        with pytest.raises(ValueError, match=f"steps is {steps}; expected a whole number"):
            train(
                model, partial(adding, length=4, batch_size=2), mean_squared_error, rng, steps=steps
            )
