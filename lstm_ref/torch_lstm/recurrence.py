"""One layer in one direction, twice: as the equations read, and as a machine likes them.

`along` is any cell in a loop, and PyTorch differentiates it; `plain` is the LSTM's. `fused`
computes the same with whole-sequence buffers and a backward pass by hand: the input product is
taken out of the loop, each step is a few calls that write where their result shall lie, and the
weights' gradients are one product each after the loop. Where nobody will ask for gradients,
nothing is kept for them.

Sequences of different length lie as in a PackedSequence: longest first, the rows of all steps
one below the other, `sizes[t]` rows at step t. A batch of equal lengths is the case of equal
sizes, so that there is one code for both. N is the sum of `sizes`, P the size of h: H, or
`proj_size` where h is projected (Sak, Senior and Beaufays, 2014).
"""

from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from lstm_ref.torch_lstm.cell import gates_to_state

#: One step of a cell: its input or what was made of it, h and c -> h, c.
Step = Callable[[Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]

#: How many bytes of gates are worked on at a time where none are kept: about one L2 cache, and no
#: more than for a sixteenth of all rows.
CACHE = 2**20


class Weights(NamedTuple):
    """w_ih (4H, I), w_hh (4H, P), the biases (4H,) or None, w_hr (P, H) or None."""

    w_ih: Tensor
    w_hh: Tensor
    b_ih: Tensor | None = None
    b_hh: Tensor | None = None
    w_hr: Tensor | None = None

    @property
    def bias(self) -> Tensor | None:
        """The sum of the two biases, which is all that matters."""
        return None if self.b_ih is None or self.b_hh is None else self.b_ih + self.b_hh


def order_of(sizes: Sequence[int], reverse: bool) -> range:
    """The steps in the order in which they are taken."""
    return range(len(sizes) - 1, -1, -1) if reverse else range(len(sizes))


def hand_on(state: Tensor, rows: int, waiting: Tensor, left: list[Tensor]) -> Tensor:
    """Give the next step the rows it has: some sequences end (to `left`), others begin."""
    have = state.shape[0]  # never len(), which makes a number of a size that torch.export keeps
    if rows < have:
        left.append(state[rows:])
        return state[:rows]
    if rows > have:
        return torch.cat((state, waiting[have:rows]))
    return state


def together(state: Tensor, left: list[Tensor]) -> Tensor:
    """All sequences again, as a tensor of its own: those that ended first lie last."""
    return torch.cat((state, *reversed(left)))


def along(
    step: Step, xs: Tensor, h0: Tensor, c0: Tensor, sizes: Sequence[int], reverse: bool
) -> tuple[Tensor, Tensor, Tensor]:
    """xs (N, …), h0 (B, P), c0 (B, H) -> hs (N, P), h_n (B, P), c_n (B, H)."""
    # split, never xs[t]: the backward of an index fills a whole (N, …) with zeros each step.
    at = xs.split_with_sizes(list(sizes))
    order = order_of(sizes, reverse)
    h, c = h0[: sizes[order[0]]], c0[: sizes[order[0]]]
    hs = list(at)
    h_left: list[Tensor] = []
    c_left: list[Tensor] = []
    for t in order:
        h = hand_on(h, sizes[t], h0, h_left)
        c = hand_on(c, sizes[t], c0, c_left)
        h, c = step(at[t], h, c)
        hs[t] = h
    return torch.cat(hs), together(h, h_left), together(c, c_left)


def plain(
    xs: Tensor, h0: Tensor, c0: Tensor, weights: Weights, sizes: Sequence[int], reverse: bool
) -> tuple[Tensor, Tensor, Tensor]:
    """The LSTM in a loop: xs (N, I), h0 (B, P), c0 (B, H) -> hs (N, P), h_n, c_n."""

    def step(from_x: Tensor, h: Tensor, c: Tensor) -> tuple[Tensor, Tensor]:
        h, c = gates_to_state(from_x + F.linear(h, weights.w_hh), c)
        return h if weights.w_hr is None else F.linear(h, weights.w_hr), c

    return along(step, F.linear(xs, weights.w_ih, weights.bias), h0, c0, sizes, reverse)


def fused(
    xs: Tensor, h0: Tensor, c0: Tensor, weights: Weights, sizes: Sequence[int], reverse: bool
) -> tuple[Tensor, Tensor, Tensor]:
    """The same as `plain`. Where a second derivative is asked for, `plain` gives it."""
    given = (xs, h0, c0, *weights)
    if not torch.is_grad_enabled() or not any(t is not None and t.requires_grad for t in given):
        return _run(xs, h0, c0, weights, sizes, reverse, keep=False)[0]
    apply: Any = _Fused.apply
    hs, h_n, c_n = apply(sizes, reverse, *given)
    return hs, h_n, c_n


def _chunks(order: range, sizes: Sequence[int], most: int) -> Iterator[range]:
    """Steps that follow one another, as many as have `most` rows together, but at least one."""
    start = rows = 0
    for k, t in enumerate(order):
        if rows and rows + sizes[t] > most:
            yield order[start:k]
            start, rows = k, 0
        rows += sizes[t]
    yield order[start:]


def _run(
    xs: Tensor,
    h0: Tensor,
    c0: Tensor,
    weights: Weights,
    sizes: Sequence[int],
    reverse: bool,
    keep: bool,
) -> tuple[tuple[Tensor, Tensor, Tensor], tuple[Tensor, ...]]:
    """Run forward; return (hs, h_n, c_n) and, with `keep`, all gates, cs and tanh_cs (N, …).

    Without it there are gates for a few steps at a time.
    """
    N, H, P = xs.shape[0], c0.shape[1], h0.shape[1]
    bias = None if weights.bias is None else _regroup(weights.bias)
    w_ih, w_hh = _regroup(weights.w_ih).t(), _regroup(weights.w_hh).t().contiguous()
    hs = xs.new_empty(N, P)
    starts = [0, *accumulate(sizes)]
    order = order_of(sizes, reverse)
    most = N if keep else min(N // 16, CACHE // max(1, 4 * H * xs.element_size()))
    h, c = h0[: sizes[order[0]]], c0[: sizes[order[0]]]
    rows, h_left, c_left = len(h), list[Tensor](), list[Tensor]()
    kept: tuple[Tensor, ...] = ()
    for some in _chunks(order, sizes, most):
        first, last = min(some[0], some[-1]), max(some[0], some[-1])
        inside = slice(starts[first], starts[last + 1])
        # One buffer for the gates of these steps: first z = W x + b, in the loop the rest.
        x = xs[inside]
        gates = x @ w_ih if bias is None else torch.addmm(bias, x, w_ih)
        cs, tanh_cs = (gates.new_empty(len(x), H) for _ in range(2))
        ms = hs[inside] if weights.w_hr is None else gates.new_empty(len(x), H)
        views = (gates, gates[:, :H], gates[:, H:], *gates.chunk(4, 1)[1:], cs, tanh_cs, ms)
        here = list(sizes[first : last + 1])
        parts = (view.split_with_sizes(here) for view in (*views, hs[inside]))
        steps = list(zip(*parts, strict=True))
        for t in some:
            z, g, ifo, i, f, o, c_t, tanh_c, m, h_t = steps[t - first]
            if sizes[t] != rows:
                rows = sizes[t]
                h, c = hand_on(h, rows, h0, h_left), hand_on(c, rows, c0, c_left)
            z.addmm_(h, w_hh)
            ifo.sigmoid_()
            g.tanh_()
            torch.mul(f, c, out=c_t).addcmul_(i, g)
            torch.tanh(c_t, out=tanh_c)
            torch.mul(o, tanh_c, out=m)
            if weights.w_hr is not None:
                torch.mm(m, weights.w_hr.t(), out=h_t)
            h, c = h_t, c_t
        kept = (gates, cs, tanh_cs)
    return (hs, together(h, h_left), together(c, c_left)), kept if keep else ()


def _regroup(w: Tensor) -> Tensor:
    """Rows i, f, g, o -> g, i, f, o: now the three σ lie together, and so do the three of c."""
    i, f, g, o = w.chunk(4)
    return torch.cat((g, i, f, o))


def _back_to_torch(w: Tensor) -> Tensor:
    g, i, f, o = w.chunk(4)
    return torch.cat((i, f, g, o))


def _previous(states: Tensor, first: Tensor, sizes: Sequence[int], order: Sequence[int]) -> Tensor:
    """What each step was handed, h_{t-1} or c_{t-1}: (N, …), as `states`."""
    at = list(states.split_with_sizes(list(sizes)))
    state, left = first[: sizes[order[0]]], list[Tensor]()
    before = list(at)
    for t in order:
        before[t] = hand_on(state, sizes[t], first, left)
        state = at[t]
    return torch.cat(before)


class _Fused(torch.autograd.Function):
    """Backward, from the last step taken to the first, ∘ being entry by entry (m is h, or what
    is projected to h; d… is the loss's derivative by …):

        dh_t += dz_{t+1} U          dc_t = dc_{t+1} ∘ f_{t+1} + dm_t ∘ o ∘ (1 - tanh² c_t)
        dz_i = dc ∘ g ∘ i (1 - i)   dz_f = dc ∘ c_{t-1} ∘ f (1 - f)
        dz_g = dc ∘ i ∘ (1 - g²)    dz_o = dm ∘ tanh c_t ∘ o (1 - o)

    All but dc and dm is known before the loop.
    """

    @staticmethod
    def forward(
        ctx: Any, sizes: list[int], reverse: bool, xs: Tensor, h0: Tensor, c0: Tensor, *w: Tensor
    ) -> tuple[Tensor, Tensor, Tensor]:
        results, kept = _run(xs, h0, c0, Weights(*w), sizes, reverse, keep=True)
        ctx.sizes, ctx.reverse = sizes, reverse
        # Not hs, which the caller may write into: it is o ∘ tanh c, and both are here.
        ctx.save_for_backward(xs, h0, c0, *w, *kept)
        return results

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Any, ...]:
        if torch.is_grad_enabled() or any(_batched(d) for d in grads):
            return _differentiable_backward(ctx, grads)
        sizes, order = ctx.sizes, order_of(ctx.sizes, ctx.reverse)
        dhs, dh_n, dc_n = grads
        xs, h0, c0, *w, gates, cs, tanh_cs = ctx.saved_tensors
        weights = Weights(*w)
        (N, H), w_hr = cs.shape, weights.w_hr
        w_ih, w_hh = _regroup(weights.w_ih), _regroup(weights.w_hh)
        g, i, f, o = gates.view(N, 4, H).unbind(1)  # (N, 4H) -> four times (N, H)
        ms = o * tanh_cs
        hs = ms if w_hr is None else ms @ w_hr.t()
        h_before, c_before = _previous(hs, h0, sizes, order), _previous(cs, c0, sizes, order)

        # dz holds first each gate's slope times what it was multiplied by, for all steps at once.
        dz = torch.empty_like(gates)
        dz_gifo = dz.view(N, 4, H)
        torch.addcmul(gates[:, H:], gates[:, H:], gates[:, H:], value=-1, out=dz[:, H:])
        for k, factor in ((1, g), (2, c_before), (3, tanh_cs)):
            dz_gifo[:, k].mul_(factor)
        torch.addcmul(i, i * g, g, value=-1, out=dz_gifo[:, 0])  # i (1 - g²)
        dc_dm = torch.addcmul(o, ms, tanh_cs, value=-1)  # o (1 - tanh² c)
        dh_all = dhs.clone(memory_format=torch.contiguous_format)

        views = (dh_all, dc_dm, f, dz, dz_gifo[:, :3], dz_gifo[:, 3])
        steps = list(zip(*(view.split_with_sizes(sizes) for view in views), strict=True))
        last = sizes[order[-1]]
        dh, dc, dh_left, dc_left = dh_n[:last], dc_n[:last].clone(), list[Tensor](), list[Tensor]()
        dz_next = dz[:0]
        for t in reversed(order):
            dh_t, slope, f_t, dz_t, dz_gif, dz_o = steps[t]
            if sizes[t] == len(dz_next):
                dh_t.addmm_(dz_next, w_hh)
            else:  # the last step, or one that does not have the rows of the next
                dh = dz_next @ w_hh if len(dz_next) else dh
                dh_t.add_(hand_on(dh, sizes[t], dh_n, dh_left))
                dc = hand_on(dc, sizes[t], dc_n, dc_left)
            dm = dh_t if w_hr is None else dh_t @ w_hr
            dc.addcmul_(dm, slope)
            dz_gif.mul_(dc.unsqueeze(1))  # (rows, 3, H) times (rows, 1, H)
            dz_o.mul_(dm)
            dc.mul_(f_t)
            dz_next = dz_t
        dh = dz_next @ w_hh
        db = _back_to_torch(dz.sum(0)) if weights.b_ih is not None else None
        return (
            *(None, None, dz @ w_ih if ctx.needs_input_grad[2] else None),
            *(together(dh, dh_left), together(dc, dc_left)),
            *(_back_to_torch(dz.t() @ xs), _back_to_torch(dz.t() @ h_before), db, db),
            None if w_hr is None else dh_all.t() @ ms,
        )


def _batched(gradient: Tensor) -> bool:
    """Whether these are gradients of many losses at once, by vmap or by is_grads_batched."""
    kinds = torch._C._functorch
    return kinds.is_batchedtensor(gradient) or kinds.is_legacy_batchedtensor(gradient)


def _differentiable_backward(ctx: Any, grads: tuple[Tensor, ...]) -> tuple[Any, ...]:
    """The gradients by way of `plain`, so that torch sees each operation of it.

    It has to where they are to be differentiated in their turn, or come for many losses at once.
    """
    again = torch.is_grad_enabled()  # create_graph=True: a derivative of this one is wanted
    with torch.enable_grad():
        # Aliases, so that an h0 made from xs, or one tensor given twice, is not counted twice.
        saved: list[Any] = [None if s is None else s.view_as(s) for s in ctx.saved_tensors[:8]]
        xs, h0, c0, *w = saved
        outputs = plain(xs, h0, c0, Weights(*w), ctx.sizes, ctx.reverse)
    wanted = [k for k, needed in enumerate(ctx.needs_input_grad[2:]) if needed]
    inputs = [saved[k] for k in wanted]
    found = torch.autograd.grad(outputs, inputs, grads, create_graph=again)
    result: list[Tensor | None] = [None] * len(saved)
    for k, gradient in zip(wanted, found, strict=True):
        result[k] = gradient
    return (None, None, *result)
