"""One layer of attention, one head: each step looks back at all steps before it.

Source: Vaswani et al. (2017), here with one head, learned positions, and nothing around it.
"""

import torch
from torch import Tensor, nn


class Attention(nn.Module):
    """Each step asks a question, and gets a mean of what the steps up to it hold.

    xs (T, B, I) gives (hs, None), hs (T, B, H), as torch's recurrent layers give (hs, state).
    Raises ValueError for sequences longer than `longest`: each place has weights of its own.
    """

    def __init__(self, input_size: int, hidden_size: int, longest: int = 256) -> None:
        super().__init__()
        self.read = nn.Linear(input_size, hidden_size)
        self.places = nn.Parameter(torch.randn(longest, 1, hidden_size))
        self.question = nn.Linear(hidden_size, hidden_size, bias=False)
        self.key = nn.Linear(hidden_size, hidden_size, bias=False)
        self.value = nn.Linear(hidden_size, hidden_size)

    def forward(self, xs: Tensor) -> tuple[Tensor, None]:
        """Look back from every step at once."""
        T, most = xs.shape[0], self.places.shape[0]
        if most < T:
            raise ValueError(f"the sequence has {T} steps; expected at most longest = {most}")
        e = self.read(xs) + self.places[:T]
        q, k, v = (part(e).transpose(0, 1) for part in (self.question, self.key, self.value))
        scores = q @ k.transpose(1, 2) / k.shape[-1] ** 0.5  # (B, T, H) by (B, H, T) -> (B, T, T)
        later = torch.ones(T, T, dtype=torch.bool).triu(1)
        shares = scores.masked_fill(later.to(scores.device), -torch.inf).softmax(-1)
        return (shares @ v).transpose(0, 1), None
