"""The two codes of the chapter on torch give what torch's own layer gives, gradients too."""

import numpy as np
import pytest
import torch

from lstm_ref.two_codes.in_numpy import lstm
from lstm_ref.two_codes.in_torch import Layer


@pytest.mark.parametrize(
    ("T", "shape", "I", "H"), [(3, (), 2, 2), (6, (5,), 3, 4), (1, (2,), 4, 1)]
)
def test_both_codes_give_what_torch_gives(T: int, shape: tuple[int, ...], I: int, H: int) -> None:
    torch.manual_seed(T)
    theirs = torch.nn.LSTM(I, H, dtype=torch.float64)
    own = {name.removesuffix("_l0"): a.detach() for name, a in theirs.state_dict().items()}
    layer = Layer(I, H).double()
    layer.load_state_dict(own)
    xs = torch.randn(T, *shape, I, dtype=torch.float64, requires_grad=True)
    h, c = (torch.randn(*shape, H, dtype=torch.float64) for _ in range(2))
    wanted, (h_n, c_n) = theirs(xs, (h[None], c[None]))
    hs, *last = layer(xs, h, c)
    for got, want in zip((hs, *last), (wanted, h_n[0], c_n[0]), strict=True):
        torch.testing.assert_close(got, want)
    arrays = {name: a.numpy() for name, a in own.items()}
    numbers = lstm(xs.detach().numpy(), h.numpy(), c.numpy(), arrays)
    for number, want in zip(numbers, (wanted, h_n[0], c_n[0]), strict=True):
        np.testing.assert_allclose(number, want.detach().numpy(), rtol=1e-12, atol=1e-12)
    back = torch.randn_like(wanted)
    for one, other in zip(
        torch.autograd.grad((hs * back).sum(), [xs, *layer.parameters()]),
        torch.autograd.grad((wanted * back).sum(), [xs, *theirs.parameters()]),
        strict=True,
    ):
        torch.testing.assert_close(one, other)


def test_the_module_keeps_what_torch_s_cell_keeps() -> None:
    kept, theirs = Layer(3, 4).state_dict(), torch.nn.LSTMCell(3, 4).state_dict()
    assert {name: a.shape for name, a in kept.items()} == {n: a.shape for n, a in theirs.items()}
    assert all(a.abs().max() <= 0.5 and a.std() > 0.1 for a in kept.values())
