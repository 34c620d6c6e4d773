"""Peephole and layer-norm cells against onnx.reference, NumPy by hand and finite differences."""

from typing import Any

import numpy as np
import onnx
import pytest
import torch
from hypothesis import given, settings
from onnx.reference import ReferenceEvaluator
from torch.autograd import gradcheck, gradgradcheck
from torch.nn.utils.rnn import pack_padded_sequence, pack_sequence, pad_packed_sequence

from lstm_ref.torch_lstm import (
    LayerNormLSTM,
    LayerNormLSTMCell,
    LSTMCell,
    PeepholeLSTM,
    PeepholeLSTMCell,
)
from tests.lstm_ref.test_torch_lstm import inputs, run
from tests.strategies import TorchLayerCase, seeds, sizes, torch_layer_cases

CELLS = [PeepholeLSTMCell, LayerNormLSTMCell]
LAYERS = [PeepholeLSTM, LayerNormLSTM]
every_layer = pytest.mark.parametrize("Layer", LAYERS)


def normal(*shape: int) -> torch.Tensor:
    return torch.randn(*shape, dtype=torch.float64, requires_grad=True)


def iofg(w: torch.Tensor) -> np.ndarray:
    """Rows i, f, g, o -> ONNX's i, o, f, c, with its leading axis of directions."""
    i, f, g, o = w.detach().numpy().reshape(4, -1, *w.shape[1:])
    return np.concatenate((i, o, f, g))[None]


@settings(deadline=None)
@given(sizes, sizes, sizes, sizes, seeds)
def test_peepholes_are_those_of_onnx(T: int, B: int, I: int, H: int, seed: int) -> None:
    torch.manual_seed(seed)
    layer = PeepholeLSTM(I, H, dtype=torch.float64)
    cell = layer.cells["l0"]
    xs, h0, c0 = normal(T, B, I), normal(1, B, H), normal(1, B, H)
    names = ["X", "W", "R", "B", "", "h0", "c0", "P"]
    node = onnx.helper.make_node("LSTM", names, ["Y", "Y_h", "Y_c"], hidden_size=H)
    p_i, p_f, p_o = cell.weight_peephole.detach().numpy().reshape(3, H)
    feed = {
        "X": xs.detach().numpy(),
        "W": iofg(cell.weight_ih),
        "R": iofg(cell.weight_hh),
        "B": np.concatenate((iofg(cell.bias_ih), iofg(cell.bias_hh)), 1),
        "h0": h0.detach().numpy(),
        "c0": c0.detach().numpy(),
        "P": np.concatenate((p_i, p_o, p_f))[None],
    }
    double = onnx.TensorProto.DOUBLE
    graph = onnx.helper.make_graph(
        [node],
        "peepholes",
        [onnx.helper.make_tensor_value_info(name, double, a.shape) for name, a in feed.items()],
        [onnx.helper.make_tensor_value_info(name, double, None) for name in ("Y", "Y_h")],
    )
    evaluator = ReferenceEvaluator(onnx.helper.make_model(graph))
    expected, last = evaluator.run(None, feed)
    output, (h_n, _) = layer(xs, (h0, c0))
    np.testing.assert_allclose(output.detach().numpy(), expected[:, 0], rtol=0, atol=1e-12)
    np.testing.assert_allclose(h_n.detach().numpy(), last, rtol=0, atol=1e-12)


def test_without_peepholes_it_is_the_plain_cell() -> None:
    torch.manual_seed(0)
    cell, plain = PeepholeLSTMCell(3, 4), LSTMCell(3, 4)
    torch.nn.init.zeros_(cell.weight_peephole)
    weights = {k: v for k, v in cell.state_dict().items() if k != "weight_peephole"}
    plain.load_state_dict(weights)
    x, hx = torch.randn(2, 3), (torch.randn(2, 4), torch.randn(2, 4))
    torch.testing.assert_close(cell(x, hx), plain(x, hx))


def test_each_peephole_reads_the_memory_of_its_own_time() -> None:
    """One unit, no other weights: f and i see c before, o sees c after."""
    cell = PeepholeLSTMCell(1, 1, dtype=torch.float64)
    for parameter in cell.parameters():
        torch.nn.init.zeros_(parameter)
    with torch.no_grad():
        cell.weight_peephole.copy_(torch.tensor([0.3, -0.7, 1.1], dtype=torch.float64))
        cell.bias_ih[2] = 0.4
    h, c = cell(
        torch.ones(1, 1).double(), (torch.zeros(1, 1).double(), torch.full((1, 1), 2.0).double())
    )

    def sigma(z: float) -> float:
        return 1 / (1 + np.exp(-z))

    memory = sigma(-1.4) * 2 + sigma(0.6) * np.tanh(0.4)
    np.testing.assert_allclose(c.item(), memory, rtol=1e-14)
    np.testing.assert_allclose(h.item(), sigma(1.1 * memory) * np.tanh(memory), rtol=1e-14)


def normalised(a: np.ndarray, norm: torch.nn.LayerNorm) -> np.ndarray:
    gain, shift = norm.weight.detach().numpy(), norm.bias.detach().numpy()
    middle = a - a.mean(-1, keepdims=True)
    return gain * middle / np.sqrt((middle**2).mean(-1, keepdims=True) + norm.eps) + shift


@settings(deadline=None)
@given(sizes, sizes, sizes, seeds)
def test_layer_norm_is_the_papers_equations(B: int, I: int, H: int, seed: int) -> None:
    torch.manual_seed(seed)
    cell = LayerNormLSTMCell(I, H, dtype=torch.float64, eps=1e-3)
    with torch.no_grad():
        for parameter in cell.parameters():
            parameter.normal_()
    x, h, c = normal(B, I), normal(B, H), normal(B, H)
    W, U, b_ih, b_hh = (
        getattr(cell, name).detach().numpy()
        for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    )
    z = normalised(h.detach().numpy() @ U.T, cell.norm_hh) + b_ih + b_hh
    z = z + normalised(x.detach().numpy() @ W.T, cell.norm_ih)
    i, f, g, o = np.split(z, 4, axis=-1)

    def sigma(a: np.ndarray) -> np.ndarray:
        return 0.5 + 0.5 * np.tanh(a / 2)

    memory = sigma(f) * c.detach().numpy() + sigma(i) * np.tanh(g)
    hidden = sigma(o) * np.tanh(normalised(memory, cell.norm_c))
    for value, expected in zip(cell(x, (h, c)), (hidden, memory), strict=True):
        np.testing.assert_allclose(value.detach().numpy(), expected, rtol=0, atol=1e-10)


def test_layer_norm_does_not_see_the_scale_of_the_input() -> None:
    torch.manual_seed(0)
    cell = LayerNormLSTMCell(5, 8, bias=False, dtype=torch.float64, eps=0.0)
    x, hx = normal(3, 5), (normal(3, 8), normal(3, 8))
    torch.testing.assert_close(cell(1000 * x, hx), cell(x, hx))


@pytest.mark.parametrize("Cell", CELLS)
def test_gradients(Cell: Any) -> None:
    torch.manual_seed(0)
    cell = Cell(2, 3, dtype=torch.float64)
    names = [name for name, _ in cell.named_parameters()]

    def function(x: Any, h: Any, c: Any, *weights: Any) -> Any:
        named = dict(zip(names, weights, strict=True))
        return torch.func.functional_call(cell, named, (x, (h, c)))

    weights = (p.detach().clone().requires_grad_() for p in cell.parameters())
    arguments = (normal(2, 2), normal(2, 3), normal(2, 3), *weights)
    assert gradcheck(function, arguments)
    assert gradgradcheck(function, arguments, fast_mode=True)


@pytest.mark.parametrize(
    ("Layer", "Cell"), [(PeepholeLSTM, PeepholeLSTMCell), (LayerNormLSTM, LayerNormLSTMCell)]
)
def test_the_layers_are_their_cells_in_a_loop(Layer: Any, Cell: Any) -> None:
    torch.manual_seed(0)
    layer = Layer(3, 4, batch_first=True)
    cell = Cell(3, 4)
    cell.load_state_dict(layer.cells["l0"].state_dict())
    xs, h0, c0 = torch.randn(2, 5, 3), torch.randn(1, 2, 4), torch.randn(1, 2, 4)
    output, (h_n, c_n) = layer(xs, (h0, c0))
    h, c = h0[0], c0[0]
    for t in range(5):
        h, c = cell(xs[:, t], (h, c))
        torch.testing.assert_close(output[:, t], h)
    torch.testing.assert_close(h_n, h[None])
    torch.testing.assert_close(c_n, c[None])
    alone, (h, c) = layer(xs[1], (h0[:, 1], c0[:, 1]))
    assert (alone.shape, h.shape, c.shape) == ((5, 4), (1, 4), (1, 4))
    torch.testing.assert_close(alone, output[1])
    torch.testing.assert_close(layer(xs)[0], layer(xs, (0 * h0, 0 * c0))[0])
    with pytest.raises(ValueError, match=r"input has shape \(3,\); expected \(T, B, I\)"):
        layer(xs[0, 0])
    with pytest.raises(RuntimeError, match="the sequence is empty"):
        layer(xs[:, :0])
    with pytest.raises(RuntimeError, match=r"h_0 has shape \(2, 4\) but input \(2, 5, 3\)"):
        layer(xs, (h0[0], c0[0]))
    with pytest.raises(RuntimeError, match=r"expected 3 as its last size"):
        layer(torch.ones(2, 5, 7))


@pytest.mark.parametrize("Cell", CELLS)
def test_the_same_seed_draws_the_plain_cells_weights(Cell: Any) -> None:
    torch.manual_seed(4)
    cell = Cell(3, 4)
    torch.manual_seed(4)
    plain = LSTMCell(3, 4)
    for name, value in plain.state_dict().items():
        assert torch.equal(cell.state_dict()[name], value)
    cell.reset_parameters()
    for name, value in cell.named_parameters():
        if "norm" in name:
            assert torch.equal(value, torch.full_like(value, float(name.endswith("weight"))))
        else:
            assert 0 < value.abs().max() <= 0.5  # 1/√4


@settings(deadline=None)
@given(case=torch_layer_cases())
def test_without_peepholes_the_layer_is_torchs_in_every_way_that_it_is_made(
    case: TorchLayerCase,
) -> None:
    """Layers, directions, bias or none, batch first, unbatched, packed: values and gradients."""
    options = {key: value for key, value in case.options.items() if key != "proj_size"}
    case.options = {**options, "proj_size": 0}
    torch.manual_seed(case.seed)
    theirs = torch.nn.LSTM(**options, dtype=torch.float64)
    mine = PeepholeLSTM(**options, dtype=torch.float64)
    state = mine.state_dict()
    for name, value in theirs.state_dict().items():
        kind, _, ending = name.rpartition("_l")
        state[f"cells.l{ending}.{kind}"] = value
    mine.load_state_dict(state)
    for cell in mine.cells.values():
        torch.nn.init.zeros_(cell.weight_peephole)
    xs, hx = inputs(case)
    expected = run(theirs, case, xs, hx)
    # The weights' gradients come in torch's order but for the peepholes, which torch lacks.
    found = run_by_names(mine, case, xs, hx, [name for name, _ in theirs.named_parameters()])
    for value, other in zip(found, expected, strict=True):
        torch.testing.assert_close(value, other, rtol=0, atol=1e-10)


def run_by_names(layer: Any, case: TorchLayerCase, xs: Any, hx: Any, names: list[str]) -> Any:
    """As `run`, with the parameters in the order of torch's names."""

    class Named(torch.nn.Module):
        def forward(self, *given_in: Any) -> Any:
            return layer(*given_in)

        def parameters(self, recurse: bool = True) -> Any:
            for name in names:
                kind, _, ending = name.rpartition("_l")
                yield getattr(layer.cells[f"l{ending}"], kind)

    return run(Named(), case, xs, hx)


@every_layer
def test_layers_and_directions_of_sequences_of_different_length_are_cells_in_loops(
    Layer: Any,
) -> None:
    torch.manual_seed(0)
    layer = Layer(3, 4, num_layers=2, bidirectional=True, dtype=torch.float64).eval()
    for parameter in layer.parameters():
        torch.nn.init.normal_(parameter)
    sequences = [normal(n, 3) for n in (2, 5, 1)]
    h0, c0 = normal(4, 3, 4), normal(4, 3, 4)
    packed, (h_n, c_n) = layer(pack_sequence(sequences, enforce_sorted=False), (h0, c0))
    padded, lengths = pad_packed_sequence(packed)
    assert lengths.tolist() == [2, 5, 1]
    for b, sequence in enumerate(sequences):
        rows = list(sequence)
        for k in (0, 1):
            sides = []
            for d, end in enumerate(("", "_reverse")):
                h, c = h0[2 * k + d, b], c0[2 * k + d, b]
                hs = []
                for x in rows[::-1] if d else rows:
                    h, c = layer.cells[f"l{k}{end}"](x, (h, c))
                    hs.append(h)
                torch.testing.assert_close(h_n[2 * k + d, b], h)
                torch.testing.assert_close(c_n[2 * k + d, b], c)
                sides.append(hs[::-1] if d else hs)
            rows = [torch.cat(pair) for pair in zip(*sides, strict=True)]
        torch.testing.assert_close(padded[: len(rows), b], torch.stack(rows))


@every_layer
def test_dropout_draws_what_torch_draws_and_warns_where_it_has_nowhere_to_act(Layer: Any) -> None:
    layer, xs = Layer(3, 4, num_layers=2, dropout=1.0), torch.randn(5, 2, 3)
    output, _ = layer(xs)
    torch.testing.assert_close(output[:, 0], output[:, 1])  # the upper layer saw zeros
    output, _ = layer.eval()(xs)
    assert not torch.allclose(output[:, 0], output[:, 1])
    with pytest.warns(UserWarning, match="num_layers=1") as caught:
        Layer(3, 4, dropout=0.5)
    assert caught[0].filename == __file__


@every_layer
def test_the_layers_have_what_the_lstm_has(Layer: Any) -> None:
    layer = Layer(3, 4, num_layers=2, bidirectional=True, bias=False)
    assert (layer.input_size, layer.hidden_size, layer.num_layers) == (3, 4, 2)
    assert "Layer" not in repr(layer).splitlines()[0] or Layer is LayerNormLSTM
    assert not any("bias_ih" in name for name, _ in layer.named_parameters())
    before = {name: value.clone() for name, value in layer.state_dict().items()}
    torch.manual_seed(1)
    layer.reset_parameters()
    changed = {k for k, v in layer.state_dict().items() if not torch.equal(v, before[k])}
    assert changed == {name for name in before if "norm" not in name}
    with pytest.raises(TypeError, match="positional arguments"):
        Layer(3, 4, 2)
    with pytest.raises(TypeError, match="bias is 2; give True or False"):
        Layer(3, 4, bias=2)
    with pytest.raises(ValueError, match="num_layers is 0"):
        Layer(3, 4, num_layers=0)
    with pytest.raises(RuntimeError, match=rf"{Layer.__name__}: h_0 .*expected \(4, 2, 4\)"):
        layer(torch.zeros(5, 2, 3), (torch.zeros(1, 2, 4), torch.zeros(1, 2, 4)))


@pytest.mark.parametrize("Cell", CELLS)
def test_what_follows_the_sizes_of_a_cell_is_given_by_name(Cell: Any) -> None:
    with pytest.raises(TypeError, match="positional arguments"):
        Cell(3, 4, 2)


def test_eps_goes_to_every_norm_of_every_layer() -> None:
    layer = LayerNormLSTM(3, 4, num_layers=2, eps=0.5)
    norms = [m for m in layer.modules() if isinstance(m, torch.nn.LayerNorm)]
    assert [norm.eps for norm in norms] == [0.5] * 6
    assert layer.eps == 0.5
    with pytest.raises(TypeError, match="eps"):
        PeepholeLSTM(3, 4, eps=0.5)


@every_layer
def test_the_gradients_of_a_layer(Layer: Any) -> None:
    torch.manual_seed(0)
    layer = Layer(2, 3, num_layers=2, bidirectional=True, dtype=torch.float64)
    names = [name for name, _ in layer.named_parameters()]

    def function(x: Any, *weights: Any) -> Any:
        named = dict(zip(names, weights, strict=True))
        packed = pack_padded_sequence(x, [3, 1], enforce_sorted=False)
        output, (h_n, c_n) = torch.func.functional_call(layer, named, (packed,))
        return output.data, h_n, c_n

    weights = (p.detach().clone().requires_grad_() for p in layer.parameters())
    assert gradcheck(function, (normal(3, 2, 2), *weights), fast_mode=True)
