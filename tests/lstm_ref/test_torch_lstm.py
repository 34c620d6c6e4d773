"""The hand-written torch modules against torch's own: outputs, gradients, state_dict, making."""

import copy
import pickle

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pack_sequence

from lstm_ref.torch_lstm import LSTM, LSTMCell
from tests.strategies import TorchLayerCase, seeds, sizes, torch_layer_cases

# torch says on some machines that oneDNN does without projections; that is its own affair.
pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")


def both(case: TorchLayerCase, **ours: bool) -> tuple[nn.LSTM, LSTM]:
    torch.manual_seed(case.seed)
    theirs = nn.LSTM(**case.options, dtype=torch.float64)
    with torch.no_grad():
        for parameter in theirs.parameters():
            parameter.mul_(case.scale)
    mine = LSTM(**case.options, dtype=torch.float64, **ours)
    mine.load_state_dict(theirs.state_dict(), strict=True)
    return theirs, mine


def inputs(case: TorchLayerCase) -> tuple[Tensor, tuple[Tensor, Tensor] | None]:
    generator = torch.Generator().manual_seed(case.seed)

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator, dtype=torch.float64, requires_grad=True)

    options, batch = case.options, () if case.batch is None else (case.batch,)
    T, I, H = case.steps, options["input_size"], options["hidden_size"]
    xs = normal(*batch, T, I) if options["batch_first"] else normal(T, *batch, I)
    if not case.with_states:
        return xs, None
    L = options["num_layers"] * (2 if options["bidirectional"] else 1)
    return xs, (normal(L, *batch, options["proj_size"] or H), normal(L, *batch, H))


def run(
    layer: nn.Module, case: TorchLayerCase, xs: Tensor, hx: tuple[Tensor, Tensor] | None
) -> list[Tensor]:
    """Output, h_n, c_n, and the gradients of a crooked sum of all three by all that came in."""
    given_in: Tensor | PackedSequence = xs
    if case.lengths is not None:
        given_in = pack_padded_sequence(
            xs, case.lengths, case.options["batch_first"], enforce_sorted=False
        )
    output, (h_n, c_n) = layer(given_in, hx)
    if isinstance(output, PackedSequence):
        assert torch.equal(output.batch_sizes, given_in.batch_sizes)
        assert torch.equal(output.unsorted_indices, given_in.unsorted_indices)
        output = output.data
    values = [output, h_n, c_n]
    loss = sum(
        (v * torch.linspace(-1, 2, v.numel(), dtype=v.dtype).view_as(v)).sum() for v in values
    )
    gradients = torch.autograd.grad(loss, [xs, *(hx or ()), *layer.parameters()])
    return [*(value.detach() for value in values), *gradients]


@pytest.mark.parametrize("fused", [True, False])
@settings(deadline=None)
@given(case=torch_layer_cases())
def test_outputs_and_all_gradients_are_torchs(fused: bool, case: TorchLayerCase) -> None:
    theirs, mine = both(case, fused=fused)
    xs, hx = inputs(case)
    for value, expected in zip(run(mine, case, xs, hx), run(theirs, case, xs, hx), strict=True):
        assert value.shape == expected.shape
        scale = max(1.0, float(expected.abs().max()))
        torch.testing.assert_close(value, expected, rtol=0, atol=1e-10 * scale)


@settings(deadline=None)
@given(case=torch_layer_cases())
def test_the_state_dict_goes_both_ways(case: TorchLayerCase) -> None:
    theirs, mine = both(case)
    torch.manual_seed(case.seed + 1)
    fresh = nn.LSTM(**case.options, dtype=torch.float64)
    fresh.load_state_dict(mine.state_dict(), strict=True)
    assert list(mine.state_dict()) == list(theirs.state_dict())
    for name, value in theirs.state_dict().items():
        assert torch.equal(fresh.state_dict()[name], value)


@settings(deadline=None)
@given(case=torch_layer_cases())
def test_the_same_seed_draws_the_same_weights(case: TorchLayerCase) -> None:
    torch.manual_seed(case.seed)
    theirs = nn.LSTM(**case.options)
    after = torch.rand(1)
    torch.manual_seed(case.seed)
    mine = LSTM(**case.options)
    assert torch.equal(torch.rand(1), after)
    for (name, value), (other, expected) in zip(
        mine.named_parameters(), theirs.named_parameters(), strict=True
    ):
        assert name == other
        assert torch.equal(value, expected)
    assert repr(mine) == repr(theirs)
    assert [[p.shape for p in group] for group in mine.all_weights] == [
        [p.shape for p in group] for group in theirs.all_weights
    ]


@settings(deadline=None)
@given(sizes, sizes, st.none() | sizes, st.booleans(), st.booleans(), seeds)
def test_the_cell_is_torchs(
    I: int, H: int, B: int | None, bias: bool, states: bool, seed: int
) -> None:
    torch.manual_seed(seed)
    theirs = nn.LSTMCell(I, H, bias, dtype=torch.float64)
    torch.manual_seed(seed)
    mine = LSTMCell(I, H, bias, dtype=torch.float64)
    assert list(mine.state_dict()) == list(theirs.state_dict())
    for name, value in mine.state_dict().items():
        assert torch.equal(value, theirs.state_dict()[name])
    theirs.load_state_dict(mine.state_dict(), strict=True)
    mine.load_state_dict(theirs.state_dict(), strict=True)
    assert repr(mine) == repr(theirs)
    batch = () if B is None else (B,)
    x, h, c = (torch.randn(*batch, n, dtype=torch.float64, requires_grad=True) for n in (I, H, H))
    hx = (h, c) if states else None
    results = []
    for cell in (mine, theirs):
        h_new, c_new = cell(x, hx)
        loss = (h_new * 3 - c_new**2).sum()
        wanted = [x, *((h, c) if states else ()), *cell.parameters()]
        results.append([h_new, c_new, *torch.autograd.grad(loss, wanted)])
    for value, expected in zip(*results, strict=True):
        assert value.shape == expected.shape
        torch.testing.assert_close(value, expected, rtol=0, atol=1e-10)


@pytest.mark.parametrize("T", [1, 40])
def test_float32_stays_float32_and_near_torchs(T: int) -> None:
    torch.manual_seed(0)
    theirs, mine = nn.LSTM(5, 8, 2, bidirectional=True), LSTM(5, 8, 2, bidirectional=True)
    mine.load_state_dict(theirs.state_dict())
    xs = torch.randn(T, 3, 5)
    output, (h_n, c_n) = mine(xs)
    expected, _ = theirs(xs)
    assert {output.dtype, h_n.dtype, c_n.dtype} == {torch.float32}
    torch.testing.assert_close(output, expected, rtol=0, atol=1e-5)
    output.sum().backward()
    expected.sum().backward()
    for value, other in zip(mine.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(value.grad, other.grad, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_dropout_draws_what_torch_draws(packed: bool, bidirectional: bool) -> None:
    options = {"num_layers": 3, "dropout": 0.4, "bidirectional": bidirectional}
    torch.manual_seed(5)
    theirs, mine = nn.LSTM(4, 6, **options), LSTM(4, 6, **options)
    mine.load_state_dict(theirs.state_dict())
    xs = torch.randn(7, 3, 4)
    given_in = pack_padded_sequence(xs, [7, 4, 2]) if packed else xs
    outputs = []
    for layer in (theirs, mine):
        torch.manual_seed(9)
        output, _ = layer(given_in)
        outputs.append(output.data if packed else output)
    torch.testing.assert_close(outputs[1], outputs[0], rtol=0, atol=1e-6)
    mine.eval()
    theirs.eval()
    dropped, (kept, expected) = outputs[1], (layer(given_in)[0] for layer in (mine, theirs))
    if packed:
        kept, expected = kept.data, expected.data
    torch.testing.assert_close(kept, expected, rtol=0, atol=1e-6)
    assert not torch.allclose(kept, dropped)


def test_an_empty_batch_is_as_torchs() -> None:
    for layer in (nn.LSTM(3, 4), LSTM(3, 4), LSTM(3, 4, fused=False)):
        output, (h_n, c_n) = layer(torch.ones(5, 0, 3))
        assert (output.shape, h_n.shape, c_n.shape) == ((5, 0, 4), (1, 0, 4), (1, 0, 4))
        output.sum().backward()
        assert layer.weight_hh_l0.grad is not None
        assert not layer.weight_hh_l0.grad.any()


@pytest.mark.parametrize("fused", [True, False])
def test_arguments_never_change_and_a_second_call_says_the_same(fused: bool) -> None:
    torch.manual_seed(1)
    mine = LSTM(3, 4, 2, fused=fused)
    xs, hx = torch.randn(5, 2, 3), (torch.randn(2, 2, 4), torch.randn(2, 2, 4))
    before = copy.deepcopy((xs, hx, mine.state_dict()))
    first = mine(xs, hx)
    first[0].sum().backward()
    again = mine(xs, hx)
    assert torch.equal(first[0], again[0])
    assert torch.equal(xs, before[0])
    assert all(torch.equal(a, b) for a, b in zip(hx, before[1], strict=True))
    assert all(torch.equal(mine.state_dict()[name], value) for name, value in before[2].items())


def test_final_states_are_tensors_of_their_own() -> None:
    """Writing into c_n or h_n afterwards, as some code does to reset states, spoils no gradient."""
    torch.manual_seed(1)
    results = []
    for spoil in (False, True):
        torch.manual_seed(1)
        mine = LSTM(3, 4)
        output, (h_n, c_n) = mine(torch.randn(5, 2, 3))
        if spoil:
            with torch.no_grad():
                h_n.zero_()
                c_n.fill_(7)
        output.sum().backward()
        results.append([p.grad for p in mine.parameters()])
    for value, expected in zip(*results, strict=True):
        assert torch.equal(value, expected)


def test_copies_and_pickles_and_moves_between_dtypes() -> None:
    torch.manual_seed(2)
    mine, xs = LSTM(3, 4, bidirectional=True), torch.randn(5, 2, 3)
    expected, _ = mine(xs)
    for other in (copy.deepcopy(mine), pickle.loads(pickle.dumps(mine))):
        assert torch.equal(other(xs)[0], expected)
    output, _ = mine.double()(xs.double())
    torch.testing.assert_close(output, expected.double(), rtol=0, atol=1e-6)
    mine.flatten_parameters()
    assert torch.equal(mine(xs.double())[0], output)


def test_sequences_packed_one_by_one() -> None:
    torch.manual_seed(3)
    mine = LSTM(3, 4, bidirectional=True)
    sequences = [torch.randn(n, 3) for n in (2, 5, 1)]
    output, (h_n, c_n) = mine(pack_sequence(sequences, enforce_sorted=False))
    padded, lengths = nn.utils.rnn.pad_packed_sequence(output)
    assert lengths.tolist() == [2, 5, 1]
    for k, sequence in enumerate(sequences):
        alone, (h, c) = mine(sequence)
        torch.testing.assert_close(padded[: len(sequence), k], alone)
        torch.testing.assert_close(h_n[:, k], h)
        torch.testing.assert_close(c_n[:, k], c)
