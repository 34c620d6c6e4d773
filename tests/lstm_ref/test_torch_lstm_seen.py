"""What sees each operation of the layer, or none: traced, exported, batched, in place, no_grad.

Each is put to torch's own layer too, which does them all.
"""

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
import torch
from onnx.reference import ReferenceEvaluator
from torch import Tensor, nn
from torch.autograd.functional import jacobian
from torch.nn.utils.rnn import pack_padded_sequence

from lstm_ref.torch_lstm import LSTM, LayerNormLSTM, PeepholeLSTM
from tests.conftest import missing

OPTIONS: list[dict[str, Any]] = [{}, {"num_layers": 2, "bidirectional": True}]
every_option = pytest.mark.parametrize("options", OPTIONS)


def pair(dtype: torch.dtype = torch.float64, **options: Any) -> tuple[nn.LSTM, LSTM]:
    torch.manual_seed(0)
    theirs, mine = nn.LSTM(3, 4, **options, dtype=dtype), LSTM(3, 4, **options, dtype=dtype)
    mine.load_state_dict(theirs.state_dict())
    return theirs, mine


@every_option
@pytest.mark.filterwarnings("ignore::torch.jit.TracerWarning")
@pytest.mark.filterwarnings("ignore:.*torch.jit.trace:DeprecationWarning")
def test_jit_trace(options: dict[str, Any]) -> None:
    theirs, mine = pair(**options)
    xs, other = torch.randn(5, 2, 3).double(), torch.randn(5, 2, 3).double()
    traced = torch.jit.trace(mine, (xs,), check_trace=False)
    torch.testing.assert_close(traced(other), theirs(other))


@every_option
@pytest.mark.filterwarnings("ignore")
def test_onnx_through_the_tracer(options: dict[str, Any]) -> None:
    _, mine = pair(torch.float32, **options)
    xs, file = torch.randn(5, 2, 3), io.BytesIO()
    names = ["hs", "h_n", "c_n"]
    torch.onnx.export(mine, (xs,), file, dynamo=False, input_names=["xs"], output_names=names)
    evaluator = ReferenceEvaluator(onnx.load_from_string(file.getvalue()))
    output, (h_n, c_n) = mine(xs)
    for value, expected in zip(
        evaluator.run(None, {"xs": xs.numpy()}), (output, h_n, c_n), strict=True
    ):
        np.testing.assert_allclose(value, expected.detach().numpy(), atol=1e-6)


@every_option
@pytest.mark.parametrize("Layer", [LSTM, PeepholeLSTM, LayerNormLSTM])
@pytest.mark.parametrize("states", [False, True])
@pytest.mark.gate
def test_export_with_a_batch_of_any_size(Layer: Any, options: dict[str, Any], states: bool) -> None:
    torch.manual_seed(0)
    layer, batch = Layer(3, 4, **options), torch.export.Dim("batch", min=2, max=64)
    L = 4 if options else 1

    def arguments(B: int) -> tuple[Any, ...]:
        xs, hx = torch.randn(5, B, 3), (torch.randn(L, B, 4), torch.randn(L, B, 4))
        return (xs, hx) if states else (xs,)

    shapes = {"input": {1: batch}} | ({"hx": ({1: batch}, {1: batch})} if states else {})
    exported = torch.export.export(layer, arguments(2), dynamic_shapes=shapes).module()
    for B in (2, 7, 33):
        given_in = arguments(B)
        torch.testing.assert_close(exported(*given_in), layer(*given_in))


@every_option
@pytest.mark.parametrize("fused", [True, False])
def test_a_jacobian_at_once(options: dict[str, Any], fused: bool) -> None:
    theirs, mine = pair(**options)
    mine.fused = fused
    xs = torch.randn(4, 2, 3).double()
    rows = [jacobian(lambda x, m=m: m(x)[0].sum(0), xs, vectorize=True) for m in (mine, theirs)]
    torch.testing.assert_close(*rows, rtol=0, atol=1e-12)
    one_by_one = jacobian(lambda x: mine(x)[0].sum(0), xs)
    torch.testing.assert_close(rows[0], one_by_one, rtol=0, atol=1e-12)


@every_option
@pytest.mark.parametrize("lengths", [None, [4, 1]])
@pytest.mark.parametrize("again", [False, True])
def test_gradients_of_many_losses_at_once(
    options: dict[str, Any], lengths: list[int] | None, again: bool
) -> None:
    found = []
    for layer in pair(**options):
        xs = torch.randn(4, 2, 3, generator=torch.Generator().manual_seed(1)).double()
        xs.requires_grad_()
        given_in: Any = xs if lengths is None else pack_padded_sequence(xs, lengths)
        output, (h_n, c_n) = layer(given_in)
        values = [output if lengths is None else output.data, h_n, c_n]
        generator = torch.Generator().manual_seed(2)
        many = [torch.randn(6, *v.shape, generator=generator).double() for v in values]
        wanted = [xs, *layer.parameters()]
        at_once = torch.autograd.grad(
            values, wanted, many, is_grads_batched=True, create_graph=again
        )
        if again:
            at_once += torch.autograd.grad(sum(g.pow(2).sum() for g in at_once), wanted)
        found.append([g.detach() for g in at_once])
    torch.testing.assert_close(*found, rtol=0, atol=1e-10)


@every_option
@pytest.mark.parametrize("fused", [True, False])
@pytest.mark.parametrize("proj_size", [0, 2])
def test_the_output_may_be_changed_in_place(
    options: dict[str, Any], fused: bool, proj_size: int
) -> None:
    """As torch's may in float64; what it saves is its own."""
    found = []
    for layer in pair(**options, proj_size=proj_size):
        if isinstance(layer, LSTM):
            layer.fused = fused
        output, (h_n, c_n) = layer(torch.ones(5, 2, 3).double())
        output.relu_()
        h_n.mul_(2)
        c_n.sigmoid_()
        (output.sum() + h_n.sum() + c_n.sum()).backward()
        found.append([p.grad for p in layer.parameters()])
    torch.testing.assert_close(*found, rtol=0, atol=1e-12)


@every_option
@pytest.mark.parametrize("lengths", [None, [40, 3, 17]])
@pytest.mark.parametrize("proj_size", [0, 2])
def test_without_gradients_in_a_few_steps_at_a_time_it_says_the_same(
    options: dict[str, Any],
    lengths: list[int] | None,
    proj_size: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    theirs, mine = pair(**options, proj_size=proj_size)
    xs = torch.randn(40, 3, 3).double()
    given_in: Any = xs
    if lengths is not None:
        given_in = pack_padded_sequence(xs, lengths, enforce_sorted=False)
    for cache in (1, 2**10, 2**30):
        monkeypatch.setattr("lstm_ref.torch_lstm.recurrence.CACHE", cache)
        with torch.no_grad():
            output, states = mine(given_in)
        assert not states[0].requires_grad
        expected, others = theirs(given_in)
        if lengths is not None:
            output, expected = output.data, expected.data
        torch.testing.assert_close(output, expected, rtol=0, atol=1e-12)
        torch.testing.assert_close(states, others, rtol=0, atol=1e-12)
        with torch.inference_mode():
            again, _ = mine(given_in)
        torch.testing.assert_close(again if lengths is None else again.data, output)


MEASURE = """
import sys, torch
from pathlib import Path
from lstm_ref.torch_lstm import LSTM

def resident(which):
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(which))

torch.set_num_threads(1)
layer, xs = (torch.nn.LSTM if sys.argv[1] == "torch" else LSTM)(64, 192), torch.randn(200, 64, 64)
with torch.no_grad():
    layer(xs)
    Path("/proc/self/clear_refs").write_text("5")
    before = resident("VmRSS")
    layer(xs)
    print(resident("VmHWM") - before)
"""


@pytest.mark.slow
def test_without_gradients_it_needs_no_more_memory_than_torchs() -> None:
    if not Path("/proc/self/clear_refs").exists():
        missing("this kernel does not tell the peak of a process's memory")
    let_go = {"MALLOC_MMAP_THRESHOLD_": "65536", "MALLOC_TRIM_THRESHOLD_": "0"}
    peaks = {
        who: int(
            subprocess.run(
                [sys.executable, "-c", MEASURE, who],
                env={**os.environ, **let_go},
                capture_output=True,
                text=True,
                check=True,
            ).stdout
        )
        for who in ("torch", "ours")
    }
    assert peaks["ours"] <= 1.3 * peaks["torch"], peaks


def test_its_kind_is_torchs() -> None:
    theirs, mine = pair()
    assert mine.mode == theirs.mode == "LSTM"


def test_frozen_weights_and_an_input_without_gradient_keep_nothing() -> None:
    _, mine = pair()
    mine.requires_grad_(False)
    output: Tensor = mine(torch.ones(5, 2, 3).double())[0]
    assert output.grad_fn is None
