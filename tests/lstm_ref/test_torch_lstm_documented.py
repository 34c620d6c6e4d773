"""What torch's documentation says of nn.LSTM and nn.LSTMCell, sentence by sentence; and errors.

Each case is put to torch's own module too, so that the documentation is held to what torch does.
"""

from collections.abc import Callable
from typing import Any

import pytest
import torch
from torch import Tensor, nn, zeros
from torch.nn.utils.rnn import PackedSequence, pack_padded_sequence, pad_packed_sequence

from lstm_ref.torch_lstm import LSTM, LSTMCell

pytestmark = pytest.mark.filterwarnings("ignore:LSTM with projections is not supported with oneDNN")

LAYERS = [nn.LSTM, LSTM]
CELLS = [nn.LSTMCell, LSTMCell]

T, N, I, H, P = 5, 3, 4, 6, 2


@pytest.mark.parametrize("Layer", LAYERS)
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("D", [1, 2])
@pytest.mark.parametrize("proj_size", [0, P])
@pytest.mark.parametrize("kind", ["batch", "batch first", "unbatched", "unbatched first"])
def test_shapes(Layer: Any, layers: int, D: int, proj_size: int, kind: str) -> None:
    first = kind.endswith("first")  # "batch_first is ignored for unbatched inputs"
    layer = Layer(I, H, layers, batch_first=first, bidirectional=D == 2, proj_size=proj_size)
    out = proj_size or H
    batch = () if kind.startswith("unbatched") else (N,)
    steps = (*batch, T) if first and batch else (T, *batch)
    output, (h_n, c_n) = layer(torch.randn(*steps, I))
    assert output.shape == (*steps, D * out)
    assert h_n.shape == (D * layers, *batch, out)
    assert c_n.shape == (D * layers, *batch, H)
    again, _ = layer(torch.randn(*steps, I), (h_n, c_n))  # states as they come fit as they go
    assert again.shape == output.shape


@pytest.mark.parametrize("Layer", LAYERS)
def test_parameter_shapes(Layer: Any) -> None:
    layer = Layer(I, H, 2, bidirectional=True, proj_size=P)
    shapes = {name: tuple(value.shape) for name, value in layer.named_parameters()}
    for end in ("", "_reverse"):
        assert shapes[f"weight_ih_l0{end}"] == (4 * H, I)
        assert shapes[f"weight_ih_l1{end}"] == (4 * H, 2 * P)
        for k in (0, 1):
            assert shapes[f"weight_hh_l{k}{end}"] == (4 * H, P)
            assert shapes[f"weight_hr_l{k}{end}"] == (P, H)
            assert shapes[f"bias_ih_l{k}{end}"] == shapes[f"bias_hh_l{k}{end}"] == (4 * H,)
    assert len(shapes) == 20
    assert not any("bias" in name for name, _ in Layer(I, H, bias=False).named_parameters())


@pytest.mark.parametrize("Layer", LAYERS)
def test_drawn_from_the_documented_range(Layer: Any) -> None:
    torch.manual_seed(0)
    for parameter in Layer(20, 16, 2).parameters():
        assert 0.22 < parameter.abs().max() <= 0.25  # 1/√16
        assert abs(float(parameter.detach().mean())) < 0.05


@pytest.mark.parametrize("Layer", LAYERS)
def test_states_default_to_zeros(Layer: Any) -> None:
    layer, xs = Layer(I, H, 2, bidirectional=True), torch.randn(T, N, I)
    torch.testing.assert_close(layer(xs)[0], layer(xs, (zeros(4, N, H), zeros(4, N, H)))[0])


@pytest.mark.parametrize("Layer", LAYERS)
def test_final_states_of_two_directions(Layer: Any) -> None:
    """h_n is forward's last and reverse's last, which is reverse's output at the first step."""
    layer = Layer(I, H, 2, bidirectional=True)
    output, (h_n, _) = layer(torch.randn(T, N, I))
    directions = output.view(T, N, 2, H)
    torch.testing.assert_close(h_n[2], directions[-1, :, 0])
    torch.testing.assert_close(h_n[3], directions[0, :, 1])


@pytest.mark.parametrize("Layer", LAYERS)
def test_batch_first_turns_input_and_output_but_no_state(Layer: Any) -> None:
    first, second = Layer(I, H, batch_first=True), Layer(I, H)
    second.load_state_dict(first.state_dict())
    xs, hx = torch.randn(N, T, I), (torch.randn(1, N, H), torch.randn(1, N, H))
    output, states = first(xs, hx)
    expected, others = second(xs.transpose(0, 1), hx)
    torch.testing.assert_close(output, expected.transpose(0, 1))
    torch.testing.assert_close(states, others)


@pytest.mark.parametrize("Layer", LAYERS)
def test_dropout_on_all_layers_but_the_last_and_only_in_training(Layer: Any) -> None:
    torch.manual_seed(0)
    layer = Layer(I, H, 2, dropout=1.0)
    output, (h_n, _) = layer(torch.randn(T, N, I))
    torch.testing.assert_close(output[-1], h_n[1])  # the last layer's output: nothing dropped
    torch.testing.assert_close(output[:, 0], output[:, 1])  # it saw zeros for every sequence
    assert not torch.allclose(h_n[0, 0], h_n[0, 1])  # the first layer's state is not dropped
    layer.eval()
    output, _ = layer(torch.randn(T, N, I))
    assert not torch.allclose(output[:, 0], output[:, 1])


@pytest.mark.parametrize("Layer", LAYERS)
def test_dropout_with_one_layer_warns_and_does_nothing(Layer: Any) -> None:
    with pytest.warns(UserWarning, match="num_layers") as caught:
        layer = Layer(I, H, dropout=0.9)
    assert caught[0].filename == __file__ or Layer is nn.LSTM
    xs = torch.randn(T, N, I)
    torch.testing.assert_close(layer(xs)[0], layer.eval()(xs)[0])


@pytest.mark.parametrize("Layer", LAYERS)
def test_projection_is_of_the_output_only(Layer: Any) -> None:
    """h_t = W_hr h_t: with rows of the identity, the first P units of what there would be."""
    layer = Layer(I, H, proj_size=P)
    with torch.no_grad():
        layer.weight_hr_l0.copy_(torch.eye(P, H))
    whole = nn.LSTM(I, H)
    weights = {name: value for name, value in layer.state_dict().items() if "hr" not in name}
    weights["weight_hh_l0"] = torch.cat((weights["weight_hh_l0"], zeros(4 * H, H - P)), 1)
    whole.load_state_dict(weights)
    xs = torch.randn(T, N, I)
    output, (_, c_n) = layer(xs)
    expected, (_, memory) = whole(xs)
    torch.testing.assert_close(output, expected[..., :P])
    torch.testing.assert_close(c_n, memory)


@pytest.mark.parametrize("Layer", LAYERS)
def test_packed_in_packed_out_states_in_the_callers_order(Layer: Any) -> None:
    layer = Layer(I, H, bidirectional=True)
    xs, lengths = torch.randn(T, N, I), [2, 5, 3]
    hx = torch.randn(2, N, H), torch.randn(2, N, H)
    output, (h_n, c_n) = layer(pack_padded_sequence(xs, lengths, enforce_sorted=False), hx)
    assert isinstance(output, PackedSequence)
    padded, found = pad_packed_sequence(output)
    assert found.tolist() == lengths
    for k, n in enumerate(lengths):
        alone, (h, c) = layer(xs[:n, k], (hx[0][:, k], hx[1][:, k]))
        torch.testing.assert_close(padded[:n, k], alone)
        assert not padded[n:, k].any()
        torch.testing.assert_close(h_n[:, k], h)
        torch.testing.assert_close(c_n[:, k], c)


@pytest.mark.parametrize("Cell", CELLS)
def test_the_cell_step_by_step_is_the_layer(Cell: Any) -> None:
    cell, layer = Cell(I, H), LSTM(I, H)
    layer.load_state_dict({f"{name}_l0": value for name, value in cell.state_dict().items()})
    xs, state, hs = torch.randn(T, N, I), None, []
    for x in xs:
        state = cell(x, state)
        hs.append(state[0])
    torch.testing.assert_close(torch.stack(hs), layer(xs)[0])
    assert state is not None
    torch.testing.assert_close(state[1], layer(xs)[1][1][0])


def states(*shapes: tuple[int, ...], dtype: torch.dtype = torch.float32) -> tuple[Tensor, ...]:
    return tuple(zeros(*shape, dtype=dtype) for shape in shapes)


def packed(width: int, dtype: torch.dtype = torch.float32) -> PackedSequence:
    return pack_padded_sequence(zeros(T, N, width, dtype=dtype), [5, 3, 1])


S = (1, N, H)
WRONG_CALLS: dict[str, tuple[Any, Any, str]] = {
    "input of one dimension": (zeros(I), None, r"input has shape \(4,\); expected \(T, B, I\)"),
    "input of four": (zeros(1, T, N, I), None, r"input has shape \(1, 5, 3, 4\); expected"),
    "input_size": (zeros(T, N, 7), None, r"\(5, 3, 7\); expected 4 as its last size"),
    "input dtype": (zeros(T, N, I).double(), None, r"torch.float64 but the weights are torch.fl"),
    "whole numbers": (zeros(T, N, I).long(), None, r"input is torch.int64 but"),
    "no steps": (zeros(0, N, I), None, "the sequence is empty"),
    "no steps unbatched": (zeros(0, I), None, "the sequence is empty"),
    "states without a batch": (zeros(T, N, I), states((1, H), (1, H)), r"h_0 has shape \(1, 6\)"),
    "states with a batch": (zeros(T, I), states((1, 1, H), (1, 1, H)), r"h_0 has shape \(1, 1, 6"),
    "h_0 of another batch": (
        zeros(T, N, I),
        states((1, 2, H), S),
        r"h_0 has shape \(1, 2, 6\); expected \(1, 3, 6\)",
    ),
    "c_0 of other units": (zeros(T, N, I), states(S, (1, N, 5)), r"c_0 .*expected \(1, 3, 6\)"),
    "too many layers": (zeros(T, N, I), states((2, N, H), (2, N, H)), r"h_0 .*expected \(1, 3, 6"),
    "dtype of states": (
        zeros(T, N, I),
        states(S, S, dtype=torch.float64),
        "h_0 is torch.float64 but input is torch.float32",
    ),
    "one state": (zeros(T, N, I), states(S), "hx holds 1 tensors; expected two"),
    "three states": (zeros(T, N, I), states(S, S, S), "hx holds 3 tensors; expected two"),
    "packed input_size": (packed(7), None, r"input has shape \(9, 7\); expected 4"),
    "packed, states of another batch": (packed(I), states((1, 2, H), S), r"h_0 .*\(1, 3, 6\)"),
}


@pytest.mark.parametrize("name", WRONG_CALLS)
def test_a_wrong_call_raises_what_torch_raises_in_words(name: str) -> None:
    input, hx, says = WRONG_CALLS[name]
    with pytest.raises(Exception) as theirs:  # noqa: PT011
        nn.LSTM(I, H)(input, hx)
    with pytest.raises(theirs.type, match=says):
        LSTM(I, H)(input, hx)


def test_packed_input_of_another_dtype_or_of_more_dimensions_is_refused() -> None:
    """Here torch fails within its products, with a RuntimeError; the dtype is a ValueError to us,
    as it is for padded input."""
    with pytest.raises(ValueError, match=r"input is torch.float64 but the weights"):
        LSTM(I, H)(packed(I, torch.float64))
    deep = pack_padded_sequence(zeros(T, N, I, I), [5, 3, 1])
    with pytest.raises(RuntimeError, match=r"data have shape \(9, 4, 4\); expected \(N, 4\)"):
        LSTM(I, H)(deep)


WRONG_CELL_CALLS: dict[str, tuple[Tensor, Any, str]] = {
    "input of three dimensions": (zeros(1, N, I), None, r"\(1, 3, 4\); expected \(B, 4\)"),
    "input_size": (zeros(N, 7), None, r"\(3, 7\); expected 4 as its last size"),
    "input_size of one": (zeros(7), None, r"\(7,\); expected 4 as its last size"),
    "h of three dimensions": (zeros(N, I), states((1, N, H), (N, H)), r"h in hx has shape"),
    "h of other units": (zeros(N, I), states((N, 5), (N, H)), r"h in hx .*expected \(3, 6\)"),
    "c of other units": (zeros(N, I), states((N, H), (N, 5)), r"c in hx .*expected \(3, 6\)"),
    "h of another batch": (zeros(N, I), states((1, H), (N, H)), r"\(1, 6\); expected \(3, 6\)"),
    "c of another batch": (zeros(N, I), states((N, H), (1, H)), r"\(1, 6\); expected \(3, 6\)"),
    "states without a batch": (zeros(N, I), states((H,), (H,)), r"\(6,\); expected \(3, 6\)"),
    "states with a batch": (zeros(I), states((1, H), (1, H)), r"\(1, 6\); expected \(6,\)"),
    "input dtype": (zeros(N, I).double(), None, r"input is torch.float64 but the weights are"),
    "h dtype": (zeros(N, I), (zeros(N, H).double(), zeros(N, H)), r"h is torch.float64 but"),
    "one state": (zeros(N, I), states((N, H)), "hx holds 1 tensors; expected two"),
    "three states": (zeros(N, I), states((N, H), (N, H), (N, H)), "hx holds 3 tensors"),
}


@pytest.mark.parametrize("name", WRONG_CELL_CALLS)
def test_a_wrong_call_of_the_cell_raises_what_torch_raises_in_words(name: str) -> None:
    input, hx, says = WRONG_CELL_CALLS[name]
    with pytest.raises(Exception) as theirs:  # noqa: PT011
        nn.LSTMCell(I, H)(input, hx)
    with pytest.raises(theirs.type, match=says):
        LSTMCell(I, H)(input, hx)


WRONG_LAYERS: dict[str, tuple[Callable[[Any], Any], str]] = {
    "num_layers 0": (lambda L: L(I, H, 0), "num_layers is 0"),
    "num_layers 1.5": (lambda L: L(I, H, 1.5), "num_layers is 1.5; give a whole number"),
    "input_size 0": (lambda L: L(0, H), "input_size is 0"),
    "input_size 3.0": (lambda L: L(3.0, H), "input_size is 3.0; give a whole number"),
    "hidden_size -1": (lambda L: L(I, -1), "hidden_size is -1"),
    "hidden_size 3.0": (lambda L: L(I, 3.0), "hidden_size is 3.0; give a whole number"),
    "proj_size -1": (lambda L: L(I, H, proj_size=-1), "proj_size is -1"),
    "proj_size H": (lambda L: L(I, H, proj_size=H), "smaller than hidden_size = 6"),
    "dropout 2": (lambda L: L(I, H, 2, dropout=2.0), "dropout is 2.0"),
    "dropout -1": (lambda L: L(I, H, 2, dropout=-1), "dropout is -1"),
    "dropout True": (lambda L: L(I, H, 2, dropout=True), "dropout is True"),
    "dropout nan": (lambda L: L(I, H, 2, dropout=float("nan")), "dropout is nan"),
    "dropout 'a'": (lambda L: L(I, H, 2, dropout="a"), "dropout is 'a'"),
    "bias 1": (lambda L: L(I, H, bias=1), "bias is 1; give True or False"),
    "batch_first 1": (lambda L: L(I, H, batch_first=1), "batch_first is 1; give True or False"),
}


@pytest.mark.parametrize("name", WRONG_LAYERS)
def test_a_wrong_argument_raises_what_torch_raises_in_words(name: str) -> None:
    make, says = WRONG_LAYERS[name]
    with pytest.raises(Exception) as theirs:  # noqa: PT011
        make(nn.LSTM)
    with pytest.raises(theirs.type, match=says):
        make(LSTM)


@pytest.mark.parametrize("arguments", [(3.0, 2), (3, -1), (-3, 2)])
def test_a_wrong_argument_of_the_cell(arguments: tuple[Any, Any]) -> None:
    with pytest.raises((TypeError, RuntimeError)) as theirs:
        nn.LSTMCell(*arguments)
    with pytest.raises(theirs.type, match="give a whole number"):
        LSTMCell(*arguments)


def test_a_state_dict_of_another_size_is_refused_as_torch_refuses_it() -> None:
    for Layer in LAYERS:
        with pytest.raises(RuntimeError, match="size mismatch for weight_ih_l0"):
            Layer(I, H).load_state_dict(LSTM(I + 1, H).state_dict())
        with pytest.raises(RuntimeError, match="Missing key"):
            Layer(I, H, 2).load_state_dict(LSTM(I, H).state_dict())


def test_an_argument_of_ours_stands_in_the_repr() -> None:
    assert repr(LSTM(3, 4, 2, fused=False)) == "LSTM(3, 4, num_layers=2, fused=False)"


def test_on_the_meta_device_there_are_shapes_without_numbers() -> None:
    layer = LSTM(I, H, device="meta")
    assert layer.weight_ih_l0.device.type == "meta"
    assert layer(torch.empty(T, N, I, device="meta"))[0].shape == (T, N, H)
