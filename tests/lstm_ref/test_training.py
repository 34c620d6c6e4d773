"""The loop in torch: against loops written by hand, and killed and begun again."""

import os
import runpy
import signal
import subprocess
import sys
import time
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from lstm_ref.datasets.adding import adding
from lstm_ref.datasets.carry import carry
from lstm_ref.history import Batches, History, command_line
from lstm_ref.numpy_training import trainer
from lstm_ref.numpy_training.losses import mean_squared_error
from lstm_ref.training import ReadOut, find_device, fit

mse = nn.functional.mse_loss
short = partial(adding, length=8, batch_size=4)


def small(dropout: float = 0.0) -> ReadOut:
    return ReadOut(nn.LSTM(2, 5), 5, 1, dropout=dropout).double()


def weights(model: nn.Module) -> dict[str, torch.Tensor]:
    return {name: tensor.clone() for name, tensor in model.state_dict().items()}


def same(one: nn.Module, other: nn.Module) -> bool:
    a, b = one.state_dict(), other.state_dict()
    return a.keys() == b.keys() and all(torch.equal(a[name], b[name]) for name in a)


def quiet(batches: Batches = short, **settings: Any) -> tuple[nn.Module, History]:
    return fit(**{"build": small, "batches": batches, "loss_fn": mse, "progress": False} | settings)


def test_it_is_the_loop_that_one_would_write_by_hand() -> None:
    torch.manual_seed(3)
    layer, read = nn.LSTM(2, 5), nn.Linear(5, 1)
    layer.double(), read.double()
    every = [*layer.parameters(), *read.parameters()]
    adam, rng = torch.optim.Adam(every, lr=0.02), np.random.default_rng(3)
    losses, norms = [], []
    for _ in range(30):
        xs, targets = short(rng)
        loss = ((read(layer(torch.from_numpy(xs))[0][-1]) - torch.from_numpy(targets)) ** 2).mean()
        gradients = torch.autograd.grad(loss, every)
        norm = torch.cat([g.flatten() for g in gradients]).norm()
        for parameter, gradient in zip(every, gradients, strict=True):
            parameter.grad = gradient * min(1.0, 0.3 / norm.item())
        adam.step()
        losses.append(loss.item())
        norms.append(norm.item())
    optimiser = partial(torch.optim.Adam, lr=0.02)
    model, history = quiet(steps=30, seed=3, optimiser=optimiser, max_norm=0.3)
    assert max(norms) > 0.3 > min(norms), "the limit should matter at some steps, and not at others"
    np.testing.assert_allclose(history.losses, losses, rtol=1e-4)  # torch divides by norm + 1e-6
    np.testing.assert_allclose(history.norms, norms, rtol=1e-4)
    for parameter, trained in zip(every, model.parameters(), strict=True):
        torch.testing.assert_close(trained, parameter, rtol=1e-4, atol=1e-6)


def test_the_two_trainers_of_the_course_give_the_same_numbers() -> None:
    rng = np.random.default_rng(0)
    model = trainer.sequence_model("lstm", 2, 5, 1, rng)

    def build() -> ReadOut:
        made = small()
        recurrent = {f"layer.{k}_l0": torch.tensor(a) for k, a in vars(model.recurrent).items()}
        read = {"linear.weight": torch.tensor(model.weight), "linear.bias": torch.zeros(1)}
        made.load_state_dict(recurrent | read)
        return made

    settings: dict[str, Any] = {"steps": 25, "max_norm": 0.2}
    _, theirs = trainer.train(
        model, short, mean_squared_error, np.random.default_rng(6), **settings
    )
    _, ours = quiet(build=build, seed=6, **settings)
    np.testing.assert_allclose(ours.losses, theirs.losses, rtol=1e-5)
    np.testing.assert_allclose(ours.norms, theirs.norms, rtol=1e-4)


def test_chunks_hand_the_state_on_and_cut_the_gradient() -> None:
    batches = partial(carry, length=10, batch_size=3)
    torch.manual_seed(1)
    layer, read = nn.LSTM(3, 4), nn.Linear(4, 1)
    layer.double(), read.double()
    every = [*layer.parameters(), *read.parameters()]
    rng, losses = np.random.default_rng(1), []
    for _ in range(5):
        xs, targets = map(torch.from_numpy, batches(rng))
        h, c = torch.zeros(1, 3, 4).double(), torch.zeros(1, 3, 4).double()
        means = []
        for begin, end in ((0, 4), (4, 8), (8, 10)):
            hs, (h, c) = layer(xs[begin:end], (h.data, c.data))
            loss = ((read(hs) - targets[begin:end]) ** 2).mean()
            for parameter, gradient in zip(every, torch.autograd.grad(loss, every), strict=True):
                parameter.data -= 0.1 * gradient
            means.append(loss.item() * (end - begin) / 10)
        losses.append(sum(means))

    def build() -> ReadOut:
        return ReadOut(nn.LSTM(3, 4), 4, 1, every_step=True).double()

    sgd = partial(torch.optim.SGD, lr=0.1)
    settings: dict[str, Any] = {"steps": 5, "seed": 1, "optimiser": sgd, "max_norm": None}
    model, history = quiet(batches, build=build, chunk=4, **settings)
    np.testing.assert_allclose(history.losses, losses, rtol=1e-12)
    for parameter, trained in zip(every, model.parameters(), strict=True):
        torch.testing.assert_close(trained, parameter, rtol=1e-12, atol=1e-14)
    whole, _ = quiet(batches, build=build, chunk=10, **settings)
    assert same(whole, quiet(batches, build=build, **settings)[0]), "one chunk is no cut"


KILLED = """
import sys, time
from functools import partial
from torch import nn
import torch
from lstm_ref.datasets.adding import adding
from lstm_ref.training import ReadOut, fit

torch.set_num_threads(1)

def batches(rng):
    time.sleep(0.01)
    return adding(rng, length=8, batch_size=4)

def worst(model):
    return torch.rand(1).item() + model.linear.bias.item() ** 2

model, history = fit(
    lambda: ReadOut(nn.LSTM(2, 5), 5, 1, dropout=0.3).double(), batches, nn.functional.mse_loss,
    steps=150, seed=5, checkpoint=sys.argv[1], checkpoint_every=int(sys.argv[2]),
    validate=worst, validate_every=7, progress=False,
)
torch.save([history.losses, history.norms, history.validations, model.state_dict()], sys.argv[3])
"""


@pytest.mark.slow
def test_a_run_that_is_killed_goes_on_to_the_same_numbers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Dropout, batches, Adam's means and the best weights all have to come back for this."""
    script = tmp_path / "killed.py"
    script.write_text(KILLED, encoding="utf-8")
    kept, ended = tmp_path / "run.pt", tmp_path / "ended.pt"
    command = [sys.executable, str(script), str(kept), "4", str(ended)]
    random, kills = np.random.default_rng(0), 0
    while not ended.is_file():
        running = subprocess.Popen(command, stderr=subprocess.PIPE)
        seen = kept.stat().st_mtime_ns if kept.is_file() else 0
        while running.poll() is None and (not kept.is_file() or kept.stat().st_mtime_ns == seen):
            time.sleep(0.005)  # it has come as far as its next checkpoint
        if kills < 3:
            time.sleep(random.uniform(0, 0.2))  # between two checkpoints, or while one is written
            running.send_signal(signal.SIGKILL)
            kills += 1
        _, said = running.communicate(timeout=120)
        assert running.returncode in (0, -signal.SIGKILL), said.decode()
    assert kills == 3
    assert not list(tmp_path.glob(".*")), "what was half written is cleared away"
    straight = tmp_path / "straight.pt"
    never = [str(script), str(tmp_path / "other.pt"), "1000", str(straight)]
    monkeypatch.setattr(sys, "argv", never)
    runpy.run_path(str(script), run_name="__main__")
    *numbers, model = torch.load(ended)
    *expected, other = torch.load(straight)
    assert numbers == expected
    assert len(numbers[0]) == 150
    assert all(torch.equal(model[name], other[name]) for name in other)


def test_going_on_takes_more_steps_and_not_the_old_ones_again(tmp_path: Path) -> None:
    kept = tmp_path / "run.pt"
    values = {3: 0.2, 6: 0.5, 9: 0.1, 12: 0.4, 15: 0.3, 18: 0.6, 20: 0.7}

    def go(steps: int, begun: int = 0, **settings: Any) -> tuple[nn.Module, History]:
        asked = iter([value for step, value in values.items() if step > begun])
        return quiet(
            build=partial(small, 0.4), steps=steps, validate=lambda m: next(asked),
            validate_every=3, **settings,
        )  # fmt: skip

    go(9, checkpoint=kept)
    _, history = go(20, begun=9, checkpoint=kept)
    straight, expected = go(20)
    assert history.losses == expected.losses
    assert history.validations == expected.validations
    again, unchanged = go(20, checkpoint=kept)
    assert unchanged.losses == expected.losses
    assert same(again, straight), "the best weights, which are those of step 9, come back"


def test_a_checkpoint_of_another_run_is_refused_with_a_reason(tmp_path: Path) -> None:
    kept = tmp_path / "run.pt"
    quiet(steps=3, checkpoint=kept, about={"task": "adding"})
    for change, words in (
        ({"seed": 1}, "seed was 0 and is 1"),
        ({"max_norm": 2.0}, "max_norm was 1.0 and is 2.0"),
        ({"about": {"task": "other"}}, "about was .*adding"),
        ({"optimiser": partial(torch.optim.SGD, lr=0.1)}, "optimiser was .*Adam"),
        ({"build": lambda: ReadOut(nn.GRU(2, 5), 5, 1)}, "parameters was"),
    ):
        with pytest.raises(ValueError, match=f"of another run: .*{words}"):
            quiet(**{"steps": 5, "checkpoint": kept, "about": {"task": "adding"}} | change)
    whole = kept.read_bytes()
    for wrong in (whole[: len(whole) // 2], b"", b"no checkpoint"):
        kept.write_bytes(wrong)
        with pytest.raises(ValueError, match="cannot be read as a checkpoint"):
            quiet(steps=5, checkpoint=kept)
        assert kept.read_bytes() == wrong, "what cannot be read is left for its owner"


def test_it_stops_where_nothing_gets_better_and_returns_the_best() -> None:
    values = iter([5.0, 3.0, 4.0, 3.5, 9.0, 1.0])
    seen: list[dict[str, torch.Tensor]] = []

    def validate(model: nn.Module) -> float:
        assert not model.training
        assert not torch.is_grad_enabled()
        seen.append(weights(model))
        return next(values)

    model, history = quiet(steps=60, validate=validate, validate_every=10, patience=3)
    assert history.validations == [(10, 5.0), (20, 3.0), (30, 4.0), (40, 3.5), (50, 9.0)]
    assert len(history.losses) == 50
    assert all(torch.equal(seen[1][name], t) for name, t in model.state_dict().items())
    assert not torch.equal(seen[1]["linear.bias"], seen[-1]["linear.bias"])


def test_a_validation_draws_from_no_stream_that_training_uses() -> None:
    dropped = partial(small, 0.5)
    _, without = quiet(build=dropped, steps=12)
    _, asked = quiet(
        build=dropped, steps=12, validate=lambda m: torch.rand(1).item(), validate_every=2
    )
    assert asked.losses == without.losses


def test_the_seed_decides_all_and_the_callers_streams_stay() -> None:
    torch.manual_seed(9)
    expected = torch.rand(3)
    torch.manual_seed(9)
    one, first = quiet(build=partial(small, 0.4), steps=5, seed=2)
    assert torch.equal(torch.rand(3), expected)
    two, second = quiet(build=partial(small, 0.4), steps=5, seed=2)
    assert first.losses == second.losses
    assert same(one, two)
    assert quiet(build=partial(small, 0.4), steps=5, seed=3)[1].losses != first.losses


def test_what_is_left_behind_says_where_it_comes_from(tmp_path: Path) -> None:
    _, history = quiet(steps=4, seed=7, validate=lambda m: 1 / 3, about={"length": 8})
    history.write(tmp_path / "history.json")
    back = History.from_json((tmp_path / "history.json").read_text(encoding="utf-8"))
    assert back == history
    assert history.seconds > 0
    configuration = back.origin["configuration"]
    assert configuration["seed"] == 7
    assert configuration["steps"] == 4
    assert configuration["about"] == {"length": 8}
    assert configuration["optimiser"]["lr"] == 0.01
    assert configuration["parameters"]["layer.weight_ih_l0"] == [20, 2]
    assert back.origin["versions"]["torch"] == torch.__version__
    assert back.origin["command"] == command_line()
    with pytest.raises(ValueError, match="no history as to_json writes it"):
        History.from_json('{"other": 1}')


def test_the_command_is_what_one_would_type(tmp_path: Path) -> None:
    (tmp_path / "script.py").write_text(
        "from lstm_ref.history import command_line\nprint(command_line())\n", encoding="utf-8"
    )
    for typed in (["script.py", "--seed", "1 2"], ["-m", "script", "x"]):
        done = subprocess.run(
            [sys.executable, *typed], cwd=tmp_path, capture_output=True, text=True, check=True
        )
        expected = " ".join(f"'{word}'" if " " in word else word for word in ["python", *typed])
        assert done.stdout.strip() == expected


def test_the_bar_shows_how_far_it_is(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    quiet(steps=4, checkpoint=tmp_path / "run.pt")
    assert capsys.readouterr().err == ""
    quiet(steps=6, checkpoint=tmp_path / "run.pt", progress=True)
    said = capsys.readouterr().err
    assert "6/6" in said
    assert "loss=" in said


def test_labels_stay_whole_numbers_and_inputs_get_the_models_dtype() -> None:
    def batches(rng: np.random.Generator) -> tuple[Any, Any]:
        return rng.normal(size=(6, 4, 2)), rng.integers(0, 3, 4)

    def loss_fn(outputs: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
        assert outputs.dtype == torch.float32
        assert labels.dtype == torch.int64
        return nn.functional.cross_entropy(outputs, labels)

    model, _ = fit(lambda: ReadOut(nn.LSTM(2, 5), 5, 3), batches, loss_fn, steps=2, progress=False)
    assert next(model.parameters()).dtype == torch.float32


def test_on_a_gpu_it_learns_the_same_and_goes_on_from_its_checkpoint(tmp_path: Path) -> None:
    if not torch.cuda.is_available():
        assert find_device("auto").type == "cpu"
        return
    assert find_device("auto").type == "cuda"
    kept = tmp_path / "run.pt"
    build = partial(small, 0.3)
    _, straight = quiet(build=build, steps=20, device="cuda")
    quiet(build=build, steps=10, device="cuda", checkpoint=kept)
    _, history = quiet(build=build, steps=20, device="cuda", checkpoint=kept)
    np.testing.assert_allclose(history.losses, straight.losses, rtol=1e-12)
    _, gpu = quiet(steps=20, device="cuda")
    _, cpu = quiet(steps=20)
    np.testing.assert_allclose(gpu.losses, cpu.losses, rtol=1e-6)


def test_what_does_not_fit_is_one_clear_sentence() -> None:
    for name in ("steps", "chunk", "patience", "validate_every", "checkpoint_every"):
        with pytest.raises(ValueError, match=f"{name} is 0; expected a whole number"):
            quiet(**{"steps": 3, name: 0})
    with pytest.raises(ValueError, match="max_norm is -1; expected a positive number, or None"):
        quiet(steps=3, max_norm=-1)
    with pytest.raises(ValueError, match="patience is given but validate is not"):
        quiet(steps=3, patience=2)
    with pytest.raises(ValueError, match="there is no device 'cuda:99' here"):
        quiet(steps=3, device="cuda:99")
    with pytest.raises(ValueError, match="Linear has no method carry"):
        quiet(build=lambda: nn.Linear(2, 1), steps=3, chunk=2)

    def broken(rng: np.random.Generator) -> tuple[Any, Any]:
        xs, targets = short(rng)
        return xs * np.nan, targets

    with pytest.raises(ValueError, match="the gradient's length is nan, which no scaling mends"):
        quiet(broken, steps=3)


def test_what_a_killed_run_left_half_written_is_cleared_away(tmp_path: Path) -> None:
    kept, half = tmp_path / "run.pt", tmp_path / ".run.pt.123.part"
    half.write_bytes(b"half")
    other = tmp_path / ".other.pt.123.part"
    other.write_bytes(b"of another run")
    quiet(steps=2, checkpoint=kept)
    assert not half.exists()
    assert other.exists()


def test_a_checkpoint_survives_a_write_that_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kept = tmp_path / "run.pt"
    quiet(steps=5, checkpoint=kept)
    before = kept.read_bytes()

    def full(file: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        quiet(steps=10, checkpoint=kept)
    assert kept.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["run.pt"]
