"""Assignment 07: `lstm_cell_backward`."""

import numpy as np

from lstm_ref import bptt
from lstm_ref.checks import inputs
from lstm_ref.checks.exercise import Case, Exercise, Mistake
from lstm_ref.checks.families import backward, saved_steps


def lstm_cell_backward(dh, dc, saved, params):
    x, h_prev, c_prev = saved["x"], saved["h_prev"], saved["c_prev"]
    i, f, g, o = saved["i"], saved["f"], saved["g"], saved["o"]
    tanh_c = saved["tanh_c"]
    dc = dc + dh * o * (1 - tanh_c**2)
    dz_i = dc * g * i * (1 - i)
    dz_f = dc * c_prev * f * (1 - f)
    dz_g = dc * i * (1 - g**2)
    dz_o = dh * tanh_c * o * (1 - o)
    W_i, W_f, W_g, W_o = params["W_i"], params["W_f"], params["W_g"], params["W_o"]
    U_i, U_f, U_g, U_o = params["U_i"], params["U_f"], params["U_g"], params["U_o"]
    dx = dz_i @ W_i + dz_f @ W_f + dz_g @ W_g + dz_o @ W_o
    dh_prev = dz_i @ U_i + dz_f @ U_f + dz_g @ U_g + dz_o @ U_o
    dc_prev = dc * f
    xs, hs = np.atleast_2d(x), np.atleast_2d(h_prev)
    i_s, f_s, g_s, o_s = [np.atleast_2d(dz) for dz in (dz_i, dz_f, dz_g, dz_o)]
    W = {"W_i": i_s.T @ xs, "W_f": f_s.T @ xs, "W_g": g_s.T @ xs, "W_o": o_s.T @ xs}
    U = {"U_i": i_s.T @ hs, "U_f": f_s.T @ hs, "U_g": g_s.T @ hs, "U_o": o_s.T @ hs}
    b = {"b_i": i_s.sum(0), "b_f": f_s.sum(0), "b_g": g_s.sum(0), "b_o": o_s.sum(0)}
    grads = {**W, **U, **b}
    return dx, dh_prev, dc_prev, grads


def with_a_loop_over_gates(dh, dc, saved, params):
    s = saved
    dc = dc + dh * s["o"] * (1 - np.tanh(s["c"]) ** 2)
    back = {"i": dc * s["g"], "f": dc * s["c_prev"], "g": dc * s["i"], "o": dh * s["tanh_c"]}
    dx, dh_prev, grads = 0, 0, {}
    for k in "ifgo":
        dz = back[k] * (1 - s[k] ** 2 if k == "g" else s[k] * (1 - s[k]))
        dx, dh_prev = dx + dz @ params["W_" + k], dh_prev + dz @ params["U_" + k]
        rows = dz.reshape(-1, dz.shape[-1])
        grads["W_" + k] = np.einsum("bh,bi->hi", rows, s["x"].reshape(len(rows), -1))
        grads["U_" + k] = np.einsum("bh,bk->hk", rows, s["h_prev"].reshape(len(rows), -1))
        grads["b_" + k] = np.einsum("bh->h", rows)
    return dx, dh_prev, dc * s["f"], grads


def with_one_product(dh, dc, saved, params):
    x, h_prev, c_prev, i, f, g, o, _, tanh_c = saved.values()
    dc = dc + dh * o * (1 + tanh_c) * (1 - tanh_c)
    dz = [dc * g * (i - i * i), dc * c_prev * (f - f * f), dc * i * (1 - g * g)]
    dz = np.concatenate([*dz, dh * tanh_c * (o - o * o)], axis=-1)
    W, U = (np.concatenate([params[f"{kind}_{k}"] for k in "ifgo"]) for kind in "WU")
    columns = np.atleast_2d(dz).T
    grads = {}
    found = (columns @ np.atleast_2d(x), columns @ np.atleast_2d(h_prev), columns.sum(axis=1))
    for kind, array in zip("WUb", found, strict=True):
        grads |= {f"{kind}_{k}": a for k, a in zip("ifgo", np.split(array, 4), strict=True)}
    return dz @ W, dz @ U, dc * f, grads


def example_by_example(dh, dc, saved, params):
    if np.ndim(dh) == 2:
        each = [
            example_by_example(dh[n], dc[n], {k: v[n] for k, v in saved.items()}, params)
            for n in range(len(dh))
        ]
        dx, dh_prev, dc_prev, grads = zip(*each, strict=True)
        return list(dx), list(dh_prev), list(dc_prev), {k: sum(g[k] for g in grads) for k in params}
    x, h_prev, c_prev, i, f, g, o, c, tanh_c = saved.values()
    dc = dc + dh * o / np.cosh(c) ** 2
    z = {"i": dc * g * i * (1 - i), "f": dc * c_prev * f * (1 - f), "g": dc * i * (1 - g**2)}
    z["o"] = dh * tanh_c * o * (1 - o)
    dx, dh_prev = (sum(params[f"{m}_{k}"].T @ z[k] for k in z) for m in "WU")
    grads = {f"{m}_{k}": np.outer(z[k], v) for k in z for m, v in (("W", x), ("U", h_prev))}
    return dx, dh_prev, f * dc, {**grads, **{f"b_{k}": z[k] for k in z}}


def oracle(dh, dc, saved, params):
    found = bptt.lstm_cell_backward(dh, dc, saved_steps.as_saved(saved), saved_steps.packed(params))
    return *found[:3], saved_steps.by_gate(found[3])


def cases(rng):
    steps, params = saved_steps.worked()
    first = (np.ones(2), np.array([-0.5, 0.25]), steps[1], params)
    found = []
    for s in inputs.SIZES:
        (step,), params = saved_steps.drawn(rng, s, 1)
        back = saved_steps.backs(rng, s), saved_steps.backs(rng, s)
        found.append(Case(s.name, (*back, step, params), s.single))
    s = inputs.Sizes("gradients that are large", 2, 3, 5)
    (step,), params = saved_steps.drawn(rng, s, 1, scale=0.6)
    back = saved_steps.backs(rng, s, size=50), saved_steps.backs(rng, s, size=50)
    return [
        Case("the worked example, step 2", first, single=True),
        Case(s.name, (*back, step, params), single=False),
        *found,
    ]


def _mistake(name, title, question, pointer, *edits, keeps=0.0, source="constructed"):
    return Mistake(name, title, (question, pointer), edits, None, keeps, source)


GRADIENTS = (
    backward.Gradient("i", "the input gate", "dc", "g", "i", "dh", "f"),
    backward.Gradient("f", "the forget gate", "dc", "c_prev", 'saved["c"]', "dh", "i"),
    backward.Gradient("g", "the candidate", "dc", "i", "f", "dh", "tanh_c", "tanh"),
    backward.Gradient("o", "the output gate", "dh", "tanh_c", 'saved["c"]', "dc", "f"),
)

OWN = (
    backward.not_added(
        "dc", "what comes back through h", "what came along the memory",
        ("dc = dc + dh", "dc = dh"),
    ),
    _mistake(
        "dc-through-h-missing",
        "dc is only what came along the memory: c also acts through h, and that part is missing",
        "h = o·tanh(c). If c moves, does h move?",
        "Add to dc what comes back from dh: through o, and through the slope of tanh.",
        ("dc = dc + dh * o * (1 - tanh_c**2)", "dc = dc + 0 * dh"),
        source=backward.FORUM,
    ),
    _mistake(
        "tanh-slope-of-tanh",
        "the slope of tanh is taken of tanh_c once more: 1 − tanh(tanh(c))²",
        "How often is tanh taken of c in the forward pass, and how often in your slope?",
        "tanh_c is tanh(c) already: its slope is 1 − tanh_c².",
        ("(1 - tanh_c**2)", "(1 - np.tanh(tanh_c)**2)"),
        source=backward.FORUM,
    ),
    _mistake(
        "tanh-slope-missing",
        "the slope of tanh is missing on the way from h to c",
        "What squashes c on its way to h?",
        "Multiply by the slope of tanh at c, in terms of tanh_c.",
        ("dh * o * (1 - tanh_c**2)", "dh * o"),
    ),
    _mistake(
        "tanh-slope-of-c",
        "the slope of tanh is 1 − c²; it is made from tanh(c), not from c",
        "With c = 2, which sign has your slope? Can tanh fall?",
        "In terms of the output y = tanh(c) the slope is 1 − y².",
        ("(1 - tanh_c**2)", '(1 - saved["c"]**2)'),
    ),
    _mistake(
        "output-gate-missing",
        "the output gate is missing on the way from h to c",
        "If o = 0, nothing of c is shown. How much can then come back?",
        "h is o times tanh(c): on the way back, too, o stands in the product.",
        ("dh * o * (1 - tanh_c**2)", "dh * (1 - tanh_c**2)"),
    ),
    _mistake(
        "dc-prev-without-f",
        "dc_prev is dc itself: the forget gate is missing",
        "If f = 0, does c_prev act on anything? How large is its gradient in yours?",
        "c = f·c_prev + …: along the memory the gradient passes the forget gate.",
        ("dc_prev = dc * f", "dc_prev = dc + 0 * f"),
        source="the 1997 LSTM, which has no forget gate",
    ),
    _mistake(
        "dc-prev-from-early-dc",
        "dc_prev is made from dc as it came in, before the part through h was added",
        "Which dc flows on to the left: the one that came in, or the whole one?",
        "First make dc whole, then multiply by f.",
        ("dc_prev = dc * f", "dc_prev = (dc - dh * o * (1 - tanh_c * tanh_c)) * f"),
        source=backward.FORUM,
    ),
    _mistake(
        "dU-from-h",
        "the gradients of U are made from the present h, not from h_prev",
        "Which hidden state does U meet in the forward pass?",
        "U h_prev makes z, so dU is made from dz and h_prev.",
        ("np.atleast_2d(h_prev)", "np.atleast_2d(o * tanh_c)"),
        source=backward.FORUM,
    ),
    _mistake(
        "mean-over-the-batch",
        "the gradients of the parameters are means over the batch; here they are sums",
        "Give the same example twice. Should the gradient stay, or double?",
        "The loss adds up over the examples here; add up the gradients, too. A mean over the "
        "batch belongs into the loss.",
        ("grads = {**W, **U, **b}",
         "grads = {k: v / len(xs) for k, v in {**W, **U, **b}.items()}"),
        keeps=0.5, source="losses that average over the batch, as torch's do by default",
    ),
    _mistake(
        "weight-gradients-transposed",
        "the gradients of W and U are turned over (transposed)",
        "Which shape has W? Which has your gradient of it?",
        "A gradient has the shape of what it is the gradient of: units in rows.",
        ("grads = {**W, **U, **b}",
         "grads = {**{k: v.T for k, v in {**W, **U}.items()}, **b}"),
        source="examples in rows: x.T @ dz, as for weights that Keras keeps",
    ),
    _mistake(
        "dx-and-dh-prev-swapped",
        "dx goes back through U, and dh_prev through W",
        "Which matrix took x into z?",
        "Back through the same matrix: W for x, U for h_prev.",
        ("dz_i @ W_i + dz_f @ W_f + dz_g @ W_g + dz_o @ W_o",
         "dz_i @ U_i + dz_f @ U_f + dz_g @ U_g + dz_o @ U_o"),
        ("dh_prev = dz_i @ U_i + dz_f @ U_f + dz_g @ U_g + dz_o @ U_o",
         "dh_prev = dz_i @ W_i + dz_f @ W_f + dz_g @ W_g + dz_o @ W_o"),
    ),
    _mistake(
        "all-slopes-missing",
        "the slopes of all four activations are missing: di, df, dg, do stand where each dz should",
        "i = σ(z_i). Your gradients are those of i, f, g and o. Which of them do W and U make?",
        "From di to dz_i one more factor is needed, the slope of σ; so for each of the four.",
        *((f"dz_{k} = {found.right}", f"dz_{k} = {found.came} * {found.partner}")
          for k, found in zip("ifgo", GRADIENTS, strict=True)),
    ),
    _mistake(
        "dx-transposed",
        "dx goes back through W the wrong way round (transposed)",
        "Forward it was `x @ W.T`. What leads back?",
        "Back goes the other way: where W was turned forward, it is not turned now.",
        *((f"dz_{k} @ W_{k}", f"dz_{k} @ W_{k}.T") for k in "ifgo"),
        source="W @ dz, as for columns, and without the turn",
    ),
    _mistake(
        "dh-prev-transposed",
        "dh_prev goes back through U the wrong way round (transposed)",
        "Forward it was `h_prev @ U.T`. What leads back?",
        "Back goes the other way: where U was turned forward, it is not turned now.",
        *((f"dz_{k} @ U_{k}", f"dz_{k} @ U_{k}.T") for k in "ifgo"),
        source=backward.FORUM,
    ),
    *(
        _mistake(
            f"{k}-missing-in-{made.replace('_', '-')}",
            f"{made} lacks what comes back through {noun}",
            f"How many layers read {read}? How many parts has your sum?",
            f"{read} goes into four layers, so {made} is a sum of four parts.",
            edit,
        )
        for k, noun in (("f", "the forget gate"), ("o", "the output gate"))
        for made, read, edit in (
            ("dx", "x", (f" + dz_{k} @ W_{k}", "")),
            ("dh_prev", "h_prev", (f" + dz_{k} @ U_{k}", "")),
        )
    ),
)  # fmt: skip

EXERCISE = Exercise(
    name="lstm_cell_backward",
    right=lstm_cell_backward,
    oracle=oracle,
    outputs={"dx": "BI", "dh_prev": "BH", "dc_prev": "BH", "grads": ""},
    cases=cases,
    mistakes=(*OWN, *(mistake for one in GRADIENTS for mistake in backward.product(one))),
    praise="your step back is right: each gate gets its gradient, and dc_prev flows through f.",
    hints=(
        "Which lines of the forward pass use c? From each of them something comes back to dc.",
        "In this order: dc whole, then dz of each layer, then what they were made of.",
        "Compare one array after the other with numerical_gradient: which is the first that is "
        "off?",
    ),
    unread=backward.BIASES | {"saved['c']"},
    styles=(with_a_loop_over_gates, with_one_product, example_by_example),
)
