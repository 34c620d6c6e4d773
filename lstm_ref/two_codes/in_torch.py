"""The layer of `in_numpy`, in torch: a module, which holds its weights itself."""

import torch
from torch import Tensor, nn, sigmoid, tanh


class Layer(nn.Module):
    """The four packed arrays and the loop over the steps; its state_dict is torch.nn.LSTMCell's."""

    def __init__(self, input_size: int, hidden_size: int) -> None:
        super().__init__()
        rows, bound = 4 * hidden_size, hidden_size**-0.5
        self.weight_ih = nn.Parameter(torch.empty(rows, input_size))
        self.weight_hh = nn.Parameter(torch.empty(rows, hidden_size))
        self.bias_ih = nn.Parameter(torch.empty(rows))
        self.bias_hh = nn.Parameter(torch.empty(rows))
        for parameter in self.parameters():
            nn.init.uniform_(parameter, -bound, bound)

    def forward(self, xs: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """Return hs, h_n, c_n, as `in_numpy.lstm` does."""
        hs = []
        for x in xs:
            z = x @ self.weight_ih.T + self.bias_ih
            z = z + h @ self.weight_hh.T + self.bias_hh
            z_i, z_f, z_g, z_o = z.chunk(4, dim=-1)
            i = sigmoid(z_i)
            f = sigmoid(z_f)
            g = tanh(z_g)
            o = sigmoid(z_o)
            c = f * c + i * g
            h = o * tanh(c)
            hs.append(h)
        return torch.stack(hs), h, c
