// A gradient's way back over 100 steps, through an LSTM and through a plain network, before training.
// Both really go forward and back here, with the weights of hundred.json, which Python has drawn.

import hundred from "./hundred.json" with { type: "json" };
import { colour, dot, range, short, sigmoid, sig3 } from "./kit.js";

const { W, U, xs } = hundred;
const T = xs.length;
const H = U[0].length;
const NOTHING = -99;
const [TOP, BOTTOM] = [12, -32];

const inputs = [
  { name: "b", symbol: "b_f", label: "forget bias", min: -1, max: 6, step: 0.5, start: 1, origin: 0, colour: "f" },
  { name: "u", symbol: "‖U‖", label: "norm of the weights on h", min: 0, max: 4, step: 0.5, start: 1, origin: 1, colour: "h" },
];

/** W v + u U h, a row at a time. */
const sums = (w, u, m, x, h) => w.map((row, j) => dot(row, x) + u * dot(m[j], h));

/** u Uᵀ d. */
const through = (u, m, d) => range(H, (k) => u * d.reduce((sum, value, j) => sum + m[j][k] * value, 0));

const lengthOf = (v) => Math.sqrt(dot(v, v));
const add = (a, b) => a.map((value, k) => value + b[k]);

/** Sizes of ∂L/∂x_t in the LSTM, for L the sum of h_T, and the forget gates of each step. */
function lstm(b, u) {
  const [Wi, Wf, Wg, Wo] = range(4, (k) => W.slice(k * H, (k + 1) * H));
  const steps = [];
  let [h, c] = [range(H, () => 0), range(H, () => 0)];
  for (const x of xs) {
    const i = sums(Wi, u, U[0], x, h).map(sigmoid);
    const f = sums(Wf, u, U[1], x, h).map((z) => sigmoid(z + b));
    const g = sums(Wg, u, U[2], x, h).map(Math.tanh);
    const o = sums(Wo, u, U[3], x, h).map(sigmoid);
    const before = c;
    c = before.map((value, k) => f[k] * value + i[k] * g[k]);
    const squashed = c.map(Math.tanh);
    h = squashed.map((value, k) => o[k] * value);
    steps.push({ i, f, g, o, before, squashed });
  }
  const sizes = [];
  let [dh, dc] = [range(H, () => 1), range(H, () => 0)];
  for (const { i, f, g, o, before, squashed } of steps.toReversed()) {
    dc = dc.map((value, k) => value + dh[k] * o[k] * (1 - squashed[k] ** 2));
    const back = [
      dc.map((value, k) => value * g[k] * i[k] * (1 - i[k])),
      dc.map((value, k) => value * before[k] * f[k] * (1 - f[k])),
      dc.map((value, k) => value * i[k] * (1 - g[k] ** 2)),
      dh.map((value, k) => value * squashed[k] * o[k] * (1 - o[k])),
    ];
    const all = back.flat();
    sizes.unshift(lengthOf(range(xs[0].length, (k) => all.reduce((sum, value, j) => sum + W[j][k] * value, 0))));
    dh = back.map((d, k) => through(u, U[k], d)).reduce(add);
    dc = dc.map((value, k) => value * f[k]);
  }
  return { sizes, f: steps.map((step) => step.f) };
}

/** The same sizes in the plain network, which has the candidate's weights. */
function plain(u) {
  const Wg = W.slice(2 * H, 3 * H);
  const hs = [];
  let h = range(H, () => 0);
  for (const x of xs) hs.push((h = sums(Wg, u, U[2], x, h).map(Math.tanh)));
  const sizes = [];
  let dh = range(H, () => 1);
  for (const shown of hs.toReversed()) {
    const d = dh.map((value, k) => value * (1 - shown[k] ** 2));
    sizes.unshift(lengthOf(range(xs[0].length, (k) => d.reduce((sum, value, j) => sum + Wg[j][k] * value, 0))));
    dh = through(u, U[2], d);
  }
  return sizes;
}

/** Sizes against the last of them, as powers of ten. */
function powers(sizes) {
  return sizes.map((size) => (size / sizes.at(-1) > 10 ** NOTHING ? Math.log10(size / sizes.at(-1)) : NOTHING));
}

function compute({ b, u }) {
  const { sizes, f } = lstm(b, u);
  const onward = [range(H, () => 1)];
  for (const share of f.slice(1).toReversed()) onward.unshift(onward[0].map((value, k) => value * share[k]));
  const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
  return {
    lstm: powers(sizes),
    plain: powers(plain(u)),
    kept: powers(onward.map(mean)),
    f: mean(f.flat()),
  };
}

/** 10 to a power in three digits, however small; "nothing" where nothing comes back. */
const size = (power) => (power <= NOTHING ? "nothing" : sig3(10 ** power));

function sentence({ b, u, f, lstm, plain }) {
  return `With a forget bias of ${short(b)} the gates stand at ${sig3(f)} on average. Of the gradient at step ${T}, ${size(lstm[0])} comes back to step 1 in the LSTM, and ${size(plain[0])} in the plain network, with ‖U‖ = ${short(u)}.`;
}

function draw(kit, values) {
  const { wide, width } = kit;
  kit.heading(0, 16, wide ? "The gradient at each input, on its way back from step 100" : "The gradient on its way back");
  const [left, right, top, height] = [wide ? 58 : 50, width - 18, 112, 264];
  const axes = kit.axes(left, top, right - left, height, { across: [1, T], up: [BOTTOM, TOP] });
  for (const [power, words] of [[-30, "10⁻³⁰"], [-20, "10⁻²⁰"], [-10, "10⁻¹⁰"], [0, "1"], [10, "10¹⁰"]]) {
    kit.line(left, axes.y(power), right, axes.y(power), { stroke: power ? colour.line : colour.muted });
    kit.text(left - 8, axes.y(power) + 4, words, { anchor: "end", size: 12, fill: colour.muted });
  }
  for (const t of [1, 25, 50, 75, 100]) {
    kit.text(axes.x(t), top + height + 18, `${t}`, { anchor: "middle", size: 12, fill: colour.muted });
  }
  kit.text(right, top + height + 38, "time step", { anchor: "end", size: 13, fill: colour.muted });
  const lines = [
    ["kept", "product of the forget gates", { stroke: colour.f, width: 1.75 }, "b"],
    ["plain", "plain network", { stroke: colour.h, width: 2.5, dashed: true }, "u"],
    ["lstm", "LSTM", { stroke: colour.c, width: 3.5, dashed: true }, "b u"],
  ];
  lines.toReversed().forEach(([name, words, { stroke, width: thick, dashed }, lit], k) => {
    const y = 44 + 24 * k;
    kit.group({ lit }, () => {
      kit.line(0, y - 4, 34, y - 4, { stroke, "stroke-width": thick, "stroke-dasharray": dashed ? "6 5" : undefined });
      kit.text(42, y, words, { size: 14, weight: 600, fill: stroke });
      kit.text(width, y, `${wide ? "at step 1: " : ""}${size(values[name][0])}`, { anchor: "end", size: 14, weight: 600, fill: stroke });
    });
  });
  for (const [name, , look, lit] of lines) {
    kit.group({ lit }, () => {
      for (const part of inside(values[name])) kit.curve(axes, part, look);
    });
  }
  kit.circle(axes.x(T), axes.y(0), 5, { fill: colour.text });
  kit.height(top + height + 46);
}

/** The line's pieces that lie in the box, as points [step, power], each cut off at the box's edge. */
function inside(values) {
  const pieces = [[]];
  values.forEach((power, k) => {
    const within = power >= BOTTOM && power <= TOP;
    const before = values[k - 1];
    const came = before >= BOTTOM && before <= TOP;
    if (k > 0 && came !== within) {
      const edge = (within ? before : power) < BOTTOM ? BOTTOM : TOP;
      pieces.at(-1).push([k + (edge - before) / (power - before), edge]);
      if (!within) pieces.push([]);
    }
    if (within) pieces.at(-1).push([k + 1, power]);
  });
  return pieces.filter((piece) => piece.length > 1);
}

export default {
  title: "A gradient along 100 steps, before training",
  description:
    "A plot over 100 time steps, from left to right. The upright axis is logarithmic. Three lines " +
    "begin at 1, at step 100, and run back to the left: the gradient at each input of an LSTM, dashed " +
    "and thick; that of a plain network, dashed; and the product of the LSTM's forget gates. Most " +
    "of them fall to the left.",
  inputs,
  presets: {},
  compute,
  draw,
  sentence,
  tasks: [
    {
      ask: "Set the forget bias to 0. What is each gate, and what is left at step 1?",
      state: { b: 0, u: 1 },
      answer: ({ f, lstm }) => `The gates stand at ${sig3(f)}, and ${size(lstm[0])} is left: the first word might as well not be there.`,
    },
    {
      ask: "Leave it at 0, and set $‖U‖$ to 0: the gates no longer read $h$.",
      state: { b: 0, u: 0 },
      answer: ({ lstm, kept }) =>
        `Now there is no way back but the memory. The LSTM's gradient, ${size(lstm[0])}, is about the product of the forget gates, ${size(kept[0])}.`,
    },
    {
      ask: "Set the bias to 3, and $‖U‖$ to 1.",
      state: { b: 3, u: 1 },
      answer: ({ lstm, plain }) => `${size(lstm[0])} comes back to step 1. The plain network, which has no such gate, is left with ${size(plain[0])}.`,
    },
    {
      ask: "Set $‖U‖$ to 4: which of the two explodes?",
      state: { b: 1, u: 4 },
      answer: ({ lstm, plain }) => `The plain network: its gradient at step 1 is ${size(plain[0])} times that at the end. The LSTM's is ${size(lstm[0])}.`,
    },
  ],
};
