"""Derivatives of the hand-written torch modules: checked, twice, transformed, compiled, cast."""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.autograd import forward_ad, gradcheck, gradgradcheck
from torch.func import functional_call, grad, jvp, vmap
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence

from lstm_ref.torch_lstm import LSTM, LSTMCell
from lstm_ref.torch_lstm.recurrence import Weights, fused, plain

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")

# torch's own forward mode loads its tables with a function that torch deprecates.
JVP_WARNS = pytest.mark.filterwarnings("ignore:.*torch.jit.script:DeprecationWarning")

OPTIONS = [
    {},
    {"bias": False, "proj_size": 2},
    {"num_layers": 2, "bidirectional": True},
    {"num_layers": 2, "bidirectional": True, "proj_size": 1, "batch_first": True},
]


def normal(*shape: int) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64, requires_grad=True)


def as_function(
    layer: LSTM, lengths: list[int] | None = None
) -> tuple[Callable[..., tuple[Tensor, ...]], tuple[Tensor, ...]]:
    """The layer as a function of input, states and all weights, and what to give it."""
    names = [name for name, _ in layer.named_parameters()]
    H, P = layer.hidden_size, layer.proj_size or layer.hidden_size
    L = layer.num_layers * (2 if layer.bidirectional else 1)

    def function(xs: Tensor, h0: Tensor, c0: Tensor, *weights: Tensor) -> tuple[Tensor, ...]:
        given_in: Tensor | PackedSequence = xs
        if lengths is not None:
            given_in = pack_padded_sequence(xs, lengths, layer.batch_first, enforce_sorted=False)
        named = dict(zip(names, weights, strict=True))
        output, (h_n, c_n) = functional_call(layer, named, (given_in, (h0, c0)))
        return output.data if isinstance(output, PackedSequence) else output, h_n, c_n

    weights = (parameter.detach().clone().requires_grad_() for parameter in layer.parameters())
    return function, (normal(3, 3, 2), normal(L, 3, P), normal(L, 3, H), *weights)


@pytest.mark.parametrize("fused", [True, False])
@pytest.mark.parametrize("lengths", [None, [1, 3, 2]])
@pytest.mark.parametrize("options", OPTIONS)
def test_gradcheck(options: dict[str, Any], lengths: list[int] | None, fused: bool) -> None:
    torch.manual_seed(0)
    layer = LSTM(2, 3, dtype=torch.float64, fused=fused, **options)
    assert gradcheck(*as_function(layer, lengths), fast_mode=True)


@pytest.mark.parametrize("steps", [1, 2])
@pytest.mark.parametrize("lengths", [None, [1, 3, 2]])
@pytest.mark.parametrize("options", OPTIONS)
def test_gradcheck_of_a_few_steps_at_a_time(
    options: dict[str, Any],
    lengths: list[int] | None,
    steps: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    torch.manual_seed(0)
    layer = LSTM(2, 3, dtype=torch.float64, **options)
    gates = 4 * 3 * 8  # bytes of a row
    monkeypatch.setattr("lstm_ref.torch_lstm.recurrence.CACHE", steps * 3 * gates)
    assert gradcheck(*as_function(layer, lengths), fast_mode=True)


def test_in_16_bits_sums_are_rounded_once_whatever_the_cache(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    torch.manual_seed(0)
    layer, xs = LSTM(2, 3, dtype=torch.bfloat16), torch.randn(40, 3, 2, dtype=torch.bfloat16)
    found = []
    for cache in (1, 2**20):
        monkeypatch.setattr("lstm_ref.torch_lstm.recurrence.CACHE", cache)
        found.append(torch.autograd.grad(layer(xs)[0].sum(), list(layer.parameters())))
    assert all(torch.equal(one, other) for one, other in zip(*found, strict=True))


@pytest.mark.parametrize("fused", [True, False])
@pytest.mark.parametrize("lengths", [None, [1, 3, 2]])
@pytest.mark.parametrize("options", OPTIONS)
@pytest.mark.gate
def test_gradgradcheck(options: dict[str, Any], lengths: list[int] | None, fused: bool) -> None:
    torch.manual_seed(0)
    layer = LSTM(2, 3, dtype=torch.float64, fused=fused, **options)
    assert gradgradcheck(*as_function(layer, lengths), fast_mode=True)


def test_gradcheck_of_every_entry_and_of_the_cell() -> None:
    torch.manual_seed(0)
    assert gradcheck(*as_function(LSTM(2, 2, dtype=torch.float64)))
    cell = LSTMCell(2, 3, dtype=torch.float64)
    arguments = normal(2, 2), normal(2, 3), normal(2, 3)
    assert gradcheck(lambda x, h, c: cell(x, (h, c)), arguments)
    assert gradgradcheck(lambda x, h, c: cell(x, (h, c)), arguments)


def test_arguments_made_from_one_another_are_counted_once() -> None:
    """With create_graph, h0 made from xs, and one tensor as both h0 and c0."""
    torch.manual_seed(0)
    xs, weights = normal(3 * 2, 2), Weights(normal(8, 2), normal(8, 2), normal(8), normal(8))
    found = []
    for run in (fused, plain):
        state = xs[:2].sin()
        hs, _, c_n = run(xs, state, state, weights, [2, 2, 2], False)
        wanted = [xs, state, *weights[:4]]
        loss = hs.pow(2).sum() + c_n.sum()
        first = torch.autograd.grad(loss, wanted, create_graph=True)
        second = torch.autograd.grad(sum(f.pow(2).sum() for f in first), wanted)
        found.append([f.detach() for f in (*first, *second)])
    torch.testing.assert_close(*found, rtol=0, atol=1e-12)


@JVP_WARNS
def test_forward_mode_takes_the_plain_path_by_itself() -> None:
    torch.manual_seed(0)
    layer, xs = LSTM(2, 3, dtype=torch.float64), normal(4, 2, 2)
    with forward_ad.dual_level():
        dual = forward_ad.make_dual(xs.detach(), torch.ones_like(xs))
        slope = forward_ad.unpack_dual(layer(dual)[0].sum()).tangent
    (gradient,) = torch.autograd.grad(layer(xs)[0].sum(), xs)
    torch.testing.assert_close(slope, gradient.sum())


def test_complex_numbers_have_the_gradients_that_torch_gives_them() -> None:
    torch.manual_seed(0)
    theirs, mine = (L(2, 3, dtype=torch.complex128) for L in (nn.LSTM, LSTM))
    mine.load_state_dict(theirs.state_dict())
    xs = torch.randn(4, 2, 2, dtype=torch.complex128)
    for layer in (theirs, mine):
        layer(xs)[0].abs().sum().backward()
    for value, expected in zip(mine.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(value.grad, expected.grad)


def test_a_graph_that_is_kept_gives_the_same_gradients_again() -> None:
    torch.manual_seed(0)
    layer, xs = LSTM(2, 3, 2, dtype=torch.float64), normal(4, 2, 2)
    loss = layer(xs)[0].pow(2).sum()
    weights = list(layer.parameters())
    once = torch.autograd.grad(loss, weights, retain_graph=True)
    for value, again in zip(once, torch.autograd.grad(loss, weights), strict=True):
        assert torch.equal(value, again)


def test_only_what_is_asked_for() -> None:
    """Frozen weights, an input that wants its gradient; then nothing that wants one."""
    torch.manual_seed(0)
    layer = LSTM(2, 3, dtype=torch.float64)
    layer.requires_grad_(False)
    xs = normal(4, 2, 2)
    layer(xs)[0].sum().backward()
    assert xs.grad is not None
    assert layer.weight_ih_l0.grad is None
    assert layer(xs.detach())[0].grad_fn is None
    layer.weight_hh_l0.requires_grad_(True)
    output, _ = layer(xs.detach())
    (alone,) = torch.autograd.grad(output.sum(), layer.weight_hh_l0, create_graph=True)
    output, _ = layer(xs.detach())
    torch.testing.assert_close(torch.autograd.grad(output.sum(), layer.weight_hh_l0)[0], alone)


def test_functional_call_uses_the_given_weights() -> None:
    torch.manual_seed(0)
    mine, theirs = LSTM(2, 3), nn.LSTM(2, 3)
    xs = torch.randn(4, 2, 2)
    output, _ = functional_call(mine, theirs.state_dict(), (xs,))
    torch.testing.assert_close(output, theirs(xs)[0])
    assert not torch.allclose(output, mine(xs)[0])


@JVP_WARNS
@pytest.mark.parametrize("fused", [True, False])
def test_torch_func_differentiates_it(fused: bool) -> None:
    torch.manual_seed(0)
    layer = LSTM(2, 3, dtype=torch.float64, fused=fused)
    weights = {name: value.detach() for name, value in layer.named_parameters()}
    xs = normal(4, 5, 2).detach()

    def loss(weights: dict[str, Tensor], sequence: Tensor) -> Tensor:
        return functional_call(layer, weights, (sequence,))[0].pow(2).sum()

    each = vmap(grad(loss), in_dims=(None, 1))(weights, xs)  # a gradient per sequence
    layer(xs)[0].pow(2).sum().backward()
    for name, parameter in layer.named_parameters():
        torch.testing.assert_close(each[name].sum(0), parameter.grad)

    _, slope = jvp(lambda x: loss(weights, x), (xs,), (torch.ones_like(xs),))
    (by_backward,) = torch.autograd.grad(loss(weights, xs.requires_grad_()), xs)
    torch.testing.assert_close(slope, by_backward.sum())


@pytest.mark.gate
@pytest.mark.parametrize("backend", ["eager", "aot_eager"])
@pytest.mark.parametrize("options", [{}, {"num_layers": 2, "bidirectional": True, "dropout": 0.5}])
def test_torch_compile_gives_the_same(backend: str, options: dict[str, Any]) -> None:
    torch.manual_seed(0)
    layer = LSTM(2, 3, **options).eval()
    xs = torch.randn(4, 2, 2)
    compiled = torch.compile(layer, backend=backend, fullgraph=True)
    results = []
    for run in (layer, compiled):
        layer.zero_grad()
        output, (h_n, c_n) = run(xs)
        (output.sum() + h_n.sum() + c_n.pow(2).sum()).backward()
        results.append([output, h_n, c_n, *(p.grad.clone() for p in layer.parameters())])
    for value, expected in zip(*results, strict=True):
        torch.testing.assert_close(value, expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("fused", [True, False])
@pytest.mark.parametrize("low_input", [False, True])
def test_autocast_gives_bfloat16_near_torch_s_float32(fused: bool, low_input: bool) -> None:
    """Held to float32: not every processor has a kernel for torch's own layer in bfloat16."""
    torch.manual_seed(0)
    theirs, mine = nn.LSTM(5, 8), LSTM(5, 8, fused=fused)
    mine.load_state_dict(theirs.state_dict())
    xs = torch.randn(6, 3, 5)
    exact, _ = theirs(xs)
    exact.pow(2).sum().backward()
    with torch.autocast("cpu", dtype=torch.bfloat16):
        output, (h_n, c_n) = mine(xs.bfloat16() if low_input else xs)
    assert {output.dtype, h_n.dtype, c_n.dtype} == {torch.bfloat16}
    torch.testing.assert_close(output.float(), exact.detach(), rtol=0, atol=0.02)
    output.float().pow(2).sum().backward()
    assert {p.grad.dtype for p in mine.parameters()} == {torch.float32}
    for value, expected in zip(mine.parameters(), theirs.parameters(), strict=True):
        largest = float(expected.grad.abs().max())
        torch.testing.assert_close(value.grad, expected.grad, rtol=0, atol=0.05 * largest)


def test_autocast_leaves_float64_alone_and_refuses_to_mix_it() -> None:
    mine, cell = LSTM(3, 4), LSTMCell(3, 4)
    with torch.autocast("cpu", dtype=torch.bfloat16):
        assert LSTM(3, 4, dtype=torch.float64)(torch.ones(5, 2, 3).double())[0].dtype == (
            torch.float64
        )
        with pytest.raises(RuntimeError, match=r"input is torch\.float64 but the weights"):
            mine(torch.ones(5, 2, 3).double())
        h, c = cell(torch.ones(2, 3))
        expected, memory = nn.LSTMCell(3, 4)(torch.ones(2, 3))
        assert (h.dtype, c.dtype) == (expected.dtype, memory.dtype)


def test_the_plain_graph_holds_no_index_a_step() -> None:
    """xg[t] in the loop makes the backward O(T²): each would fill a whole (N, 4H) with zeros."""
    output, _ = LSTM(2, 3, 2, bidirectional=True, fused=False)(torch.ones(50, 1, 2))
    names: dict[str, int] = {}
    seen, waiting = set(), [output.grad_fn]
    while waiting:
        node = waiting.pop()
        if node is not None and node not in seen:
            seen.add(node)
            names[node.name()] = names.get(node.name(), 0) + 1
            waiting += [following for following, _ in node.next_functions]
    assert names["TanhBackward0"] == 50 * 4 * 2  # it is the graph of all steps
    assert names["SplitWithSizesBackward0"] == 4
    assert names.get("SelectBackward0", 0) + names.get("SliceBackward0", 0) < 20, names
