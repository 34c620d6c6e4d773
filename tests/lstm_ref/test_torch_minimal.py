"""Gates that do not read h: scan and loop against the sum written out, cells against formulas."""

import math

import numpy as np
import pytest
import torch

from lstm_ref.torch_lstm import Attention, MinGRU, MinLSTM
from lstm_ref.torch_lstm.minimal import loop, scan


def drawn(T: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    random = torch.Generator().manual_seed(seed)
    a = torch.rand((T, 2, 3), generator=random, dtype=torch.float64)
    return a, torch.randn((T, 2, 3), generator=random, dtype=torch.float64)


@pytest.mark.parametrize("T", [1, 2, 3, 7, 8, 9, 64, 100])
@pytest.mark.parametrize("along", [scan, loop])
def test_both_ways_give_the_sum_over_all_pairs_of_steps(T: int, along: object) -> None:
    """h_t = Σ_s (a_t … a_{s+1}) b_s, written out."""
    a, b = (x.numpy() for x in drawn(T))
    wanted = [sum(b[s] * np.prod(a[s + 1 : t + 1], axis=0) for s in range(t + 1)) for t in range(T)]
    got = along(torch.tensor(a), torch.tensor(b))  # type: ignore[operator]
    np.testing.assert_allclose(got.numpy(), np.stack(wanted), rtol=1e-10, atol=1e-12)


def test_the_gradients_of_both_ways_are_the_same() -> None:
    found = []
    for along in (scan, loop):
        a, b = (x.requires_grad_() for x in drawn(13))
        weights = torch.linspace(-1, 1, 13, dtype=torch.float64)[:, None, None]
        (along(a, b) * weights).sum().backward()  # type: ignore[no-untyped-call]
        found.append((a.grad, b.grad))
    for one, other in zip(*found, strict=True):
        torch.testing.assert_close(one, other, rtol=1e-10, atol=1e-12)


@pytest.mark.parametrize("T", [1, 2, 8, 9, 1000])
def test_the_scan_takes_the_logarithm_of_the_rounds(
    T: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    joins: list[int] = []
    real = torch.cat

    def counted(parts: list[torch.Tensor]) -> torch.Tensor:
        joins.append(len(parts))
        return real(parts)

    monkeypatch.setattr(torch, "cat", counted)
    scan(torch.ones(T), torch.ones(T))
    assert len(joins) == 2 * math.ceil(math.log2(T))


def test_minlstm_is_its_formula() -> None:
    torch.manual_seed(0)
    layer = MinLSTM(2, 3).double()
    xs = torch.randn(5, 4, 2, dtype=torch.float64)
    (W_f, W_i, W_g), (b_f, b_i, b_g) = (p.chunk(3) for p in layer.linear.parameters())
    h = torch.zeros(4, 3, dtype=torch.float64)
    with torch.no_grad():
        hs, last = layer(xs)
        for x, got in zip(xs, hs, strict=True):
            f, i = torch.sigmoid(x @ W_f.T + b_f), torch.sigmoid(x @ W_i.T + b_i)
            h = f / (f + i) * h + i / (f + i) * (x @ W_g.T + b_g)
            torch.testing.assert_close(got, h)
        torch.testing.assert_close(last[0], h)


def test_minlstm_with_both_gates_shut_is_still_a_number() -> None:
    layer = MinLSTM(1, 1)
    torch.nn.init.constant_(layer.linear.bias, -1000.0)
    assert torch.isfinite(layer(torch.zeros(3, 1, 1))[0]).all()


def test_mingru_is_its_formula() -> None:
    torch.manual_seed(0)
    layer = MinGRU(2, 3, loop).double()
    xs = torch.randn(5, 4, 2, dtype=torch.float64)
    (W_z, W_n), (b_z, b_n) = (p.chunk(2) for p in layer.linear.parameters())
    h = torch.zeros(4, 3, dtype=torch.float64)
    with torch.no_grad():
        for x, got in zip(xs, layer(xs)[0], strict=True):
            z = torch.sigmoid(x @ W_z.T + b_z)
            h = z * h + (1 - z) * (x @ W_n.T + b_n)
            torch.testing.assert_close(got, h)


def test_attention_is_torchs_and_does_not_look_ahead() -> None:
    torch.manual_seed(0)
    layer = Attention(2, 4).double()
    xs = torch.randn(6, 3, 2, dtype=torch.float64)
    with torch.no_grad():
        hs, _ = layer(xs)
        e = (layer.read(xs) + layer.places[:6]).transpose(0, 1)
        parts = (layer.question(e), layer.key(e), layer.value(e))
        theirs = torch.nn.functional.scaled_dot_product_attention(*parts, is_causal=True)
        torch.testing.assert_close(hs, theirs.transpose(0, 1))
        changed = xs.clone()
        changed[4:] += 1
        torch.testing.assert_close(layer(changed)[0][:4], hs[:4])
    with pytest.raises(ValueError, match="has 300 steps; expected at most longest = 256"):
        layer(torch.zeros(300, 1, 2, dtype=torch.float64))
