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

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, NamedTuple

import torch
from torch import Tensor
from torch.nn import functional as F

from lstm_ref.torch_lstm.cell import gates_to_state

#: One step of a cell: its input or what was made of it, h and c -> h, c.
Step = Callable[[Tensor, Tensor, Tensor], tuple[Tensor, Tensor]]

#: How many bytes of gates are worked on at a time: about one L2 cache. Where none are kept, no more
#: than for a sixteenth of all rows.
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


def _rows_at_a_time(H: int, like: Tensor) -> int:
    return CACHE // max(1, 4 * H * like.element_size())


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

    All is done for as many steps at a time as fit a cache; without `keep` there are gates for
    these alone.
    """
    N, H, P = xs.shape[0], c0.shape[1], h0.shape[1]
    bias = None if weights.bias is None else _regroup(weights.bias)
    w_ih, w_hh = _regroup(weights.w_ih).t(), _regroup(weights.w_hh).t().contiguous()
    hs = xs.new_empty(N, P)
    starts = [0, *accumulate(sizes)]
    order = order_of(sizes, reverse)
    most = _rows_at_a_time(H, xs)
    kept = tuple(xs.new_empty(N, width) for width in (4 * H, H, H)) if keep else ()
    h, c = h0[: sizes[order[0]]], c0[: sizes[order[0]]]
    rows, h_left, c_left = len(h), list[Tensor](), list[Tensor]()
    for some in _chunks(order, sizes, most if keep else min(N // 16, most)):
        first, last = min(some[0], some[-1]), max(some[0], some[-1])
        inside = slice(starts[first], starts[last + 1])
        x = xs[inside]
        gates, cs, tanh_cs = (
            [one[inside] for one in kept]
            if keep
            else [x.new_empty(len(x), width) for width in (4 * H, H, H)]
        )
        # The gates of these steps: first z = W x + b, in the loop the rest.
        if bias is None:
            torch.mm(x, w_ih, out=gates)
        else:
            torch.addmm(bias, x, w_ih, out=gates)
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
    return (hs, together(h, h_left), together(c, c_left)), kept


def _regroup(w: Tensor) -> Tensor:
    """Rows i, f, g, o -> g, i, f, o: now the three σ lie together, and so do the three of c."""
    i, f, g, o = w.chunk(4)
    return torch.cat((g, i, f, o))


def _back_to_torch(w: Tensor) -> Tensor:
    g, i, f, o = w.chunk(4)
    return torch.cat((i, f, g, o))


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
        way = _WayBack(xs, h0, c0, weights, sizes, gates, cs, tanh_cs)
        dxs, dh0, dc0 = way.go(order, dhs, dh_n, dc_n, need_dxs=ctx.needs_input_grad[2])
        db = _back_to_torch(way.db) if weights.b_ih is not None else None
        dw = _back_to_torch(way.dw_ih), _back_to_torch(way.dw_hh)
        return None, None, dxs, dh0, dc0, *dw, db, db, way.dw_hr


class _WayBack:
    """One backward pass, for as many steps at a time as fit a cache."""

    def __init__(
        self,
        xs: Tensor,
        h0: Tensor,
        c0: Tensor,
        weights: Weights,
        sizes: Sequence[int],
        gates: Tensor,
        cs: Tensor,
        tanh_cs: Tensor,
    ) -> None:
        self.xs, self.h0, self.c0, self.sizes = xs, h0, c0, sizes
        self.gates, self.tanh_cs = gates, tanh_cs
        self.w_ih, self.w_hh = _regroup(weights.w_ih), _regroup(weights.w_hh)
        self.w_hr = weights.w_hr
        self.starts = [0, *accumulate(sizes)]
        self.at_c = cs.split_with_sizes(list(sizes))
        self.dw_ih, self.dw_hh = torch.zeros_like(self.w_ih), torch.zeros_like(self.w_hh)
        self.db = xs.new_zeros(len(self.w_ih))
        self.dw_hr = None if self.w_hr is None else torch.zeros_like(self.w_hr)

    def go(
        self, order: range, dhs: Tensor, dh_n: Tensor, dc_n: Tensor, need_dxs: bool
    ) -> tuple[Tensor | None, Tensor, Tensor]:
        """Return dxs, dh0, dc0; what the weights get stands in `dw_…` and `db` then."""
        H, sizes = self.gates.shape[1] // 4, self.sizes
        dxs = torch.empty_like(self.xs) if need_dxs else None
        last = sizes[order[-1]]
        dh, dc = dh_n[:last], dc_n[:last].clone()
        dh_left, dc_left = list[Tensor](), list[Tensor]()
        dz_next = dh.new_empty(0, 4 * H)
        # In 16 bits a sum of parts would be rounded at each: there all steps are one part.
        most = len(self.xs) if dhs.element_size() < 4 else _rows_at_a_time(H, dhs)
        taken = 0
        for some in reversed(list(_chunks(order, sizes, most))):
            taken += len(some)
            first, end = min(some[0], some[-1]), max(some[0], some[-1]) + 1
            inside = slice(self.starts[first], self.starts[end])
            here = list(sizes[first:end])
            dz, dc_dm, m, h_before = self._known(order, some, len(order) - taken, inside)
            dh_all = dhs[inside].clone(memory_format=torch.contiguous_format)
            gif = dz.view(-1, 4, H)
            f = self.gates[inside].view(-1, 4, H)[:, 2]
            views = (dh_all, dc_dm, f, dz, gif[:, :3], gif[:, 3])
            steps = list(zip(*(view.split_with_sizes(here) for view in views), strict=True))
            for t in reversed(some):
                dh_t, slope, f_t, dz_t, dz_gif, dz_o = steps[t - first]
                if sizes[t] == len(dz_next):
                    dh_t.addmm_(dz_next, self.w_hh)
                else:  # the last step, or one that does not have the rows of the next
                    dh = dz_next @ self.w_hh if len(dz_next) else dh
                    dh_t.add_(hand_on(dh, sizes[t], dh_n, dh_left))
                    dc = hand_on(dc, sizes[t], dc_n, dc_left)
                dm = dh_t if self.w_hr is None else dh_t @ self.w_hr
                dc.addcmul_(dm, slope)
                dz_gif.mul_(dc.unsqueeze(1))  # (rows, 3, H) times (rows, 1, H)
                dz_o.mul_(dm)
                dc.mul_(f_t)
                dz_next = dz_t
            self.dw_ih.addmm_(dz.t(), self.xs[inside])
            self.dw_hh.addmm_(dz.t(), h_before)
            self.db += dz.sum(0)
            if self.dw_hr is not None:
                self.dw_hr.addmm_(dh_all.t(), m)
            if dxs is not None:
                torch.mm(dz, self.w_ih, out=dxs[inside])
        return dxs, together(dz_next @ self.w_hh, dh_left), together(dc, dc_left)

    def _known(
        self, order: range, some: range, place: int, inside: slice
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Return what is known before the loop, of the steps `some`, the first at order[place].

        dz holds each gate's slope times what it was multiplied by; then come dc by dm, m itself,
        and the h that each step was handed.
        """
        gates, tanh_c = self.gates[inside], self.tanh_cs[inside]
        H = tanh_c.shape[1]
        g, i, _, o = gates.view(-1, 4, H).unbind(1)  # (rows, 4H) -> four times (rows, H)
        m = o * tanh_c
        h = m if self.w_hr is None else m @ self.w_hr.t()
        first = min(some[0], some[-1])
        at = h.split_with_sizes(list(self.sizes[first : first + len(some)]))
        at_h = {t: at[t - first] for t in some}
        if place:  # the step before belongs to the next chunk; its h is o ∘ tanh c, too
            before = order[place - 1]
            rows = slice(self.starts[before], self.starts[before + 1])
            m_before = self.gates[rows, 3 * H :] * self.tanh_cs[rows]
            at_h[before] = m_before if self.w_hr is None else m_before @ self.w_hr.t()
        h_before, c_before = self._handed(order, some, place, at_h)
        dz = torch.empty_like(gates)
        by_gate = dz.view(-1, 4, H)
        torch.addcmul(gates[:, H:], gates[:, H:], gates[:, H:], value=-1, out=dz[:, H:])
        for k, factor in ((1, g), (2, c_before), (3, tanh_c)):
            by_gate[:, k].mul_(factor)
        torch.addcmul(i, i * g, g, value=-1, out=by_gate[:, 0])  # i (1 - g²)
        return dz, torch.addcmul(o, m, tanh_c, value=-1), m, h_before  # o (1 - tanh² c)

    def _handed(
        self, order: range, some: range, place: int, at_h: Mapping[int, Tensor]
    ) -> tuple[Tensor, Tensor]:
        """Return h_{t-1} and c_{t-1} of these steps, one below the other as the steps lie."""
        handed = {}
        for k, t in enumerate(some, start=place):
            rows = self.sizes[t]
            if k == 0:
                handed[t] = self.h0[:rows], self.c0[:rows]
                continue
            h, c = at_h[order[k - 1]], self.at_c[order[k - 1]]
            handed[t] = hand_on(h, rows, self.h0, []), hand_on(c, rows, self.c0, [])
        hs, cs = zip(*(handed[t] for t in sorted(some)), strict=True)
        return torch.cat(hs), torch.cat(cs)


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
