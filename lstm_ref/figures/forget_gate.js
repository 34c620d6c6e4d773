// The forget gate of one unit: what it keeps of its memory over 20 steps, and one step opened up.

import { colour, equals, percentInWords, range, share, short, sig3, sigmoid, signed, worked } from "./kit.js";

const T = 20;
const THICK = 23; // pixels of the memory line for a memory of 1
const LIMIT = 6; // the scale of z never changes: a longer bar is cut with an open end

const { params, steps } = worked;

/** The inputs at one unit and step of the worked example, which is then the strip's first step. */
function example(unit, t) {
  const k = unit - 1;
  const { x, h_prev, c_prev } = steps[t - 1];
  const [w, u] = [params.W_f[k], params.U_f[k]];
  const sizes = { x1: x[0], x2: x[1], h1: h_prev[0], h2: h_prev[1], c: c_prev[k] };
  return { ...sizes, w1: w[0], w2: w[1], u1: u[0], u2: u[1], b: params.b_f[k], press: 1 };
}

const start = { ...example(1, 1), x2: 1, press: 11 };

const input = (name, symbol, label, limit, paint, more = {}) => ({
  name,
  symbol,
  label,
  min: -limit,
  max: limit,
  step: 0.1,
  start: start[name],
  colour: paint,
  ...more,
});

const inputs = [
  input("c", "c_0", "memory at the start", 2, "c"),
  input("press", "t", "the step of the reset", 0, "text", { min: 1, max: T, step: 1, origin: 1, says: (t) => `step ${t}` }),
  input("x1", "x_1", "input", 2, "text"),
  input("w1", "w_1", "its weight", 5, "f"),
  input("x2", "x_2", "reset input", 0, "text", { min: 0, max: 1 }),
  input("w2", "w_2", "its weight", 5, "f"),
  input("h1", "h_1", "hidden state, unit 1", 1, "h"),
  input("u1", "u_1", "its weight", 5, "f"),
  input("h2", "h_2", "hidden state, unit 2", 1, "h"),
  input("u2", "u_2", "its weight", 5, "f"),
  input("b", "b", "bias", 5, "f"),
];

// The rows of the sum: what comes in, its weight, its words.
const ROWS = [
  ["x1", "w1", "input"],
  ["x2", "w2", "reset input"],
  ["h1", "u1", "hidden, unit 1"],
  ["h2", "u2", "hidden, unit 2"],
  [undefined, "b", "bias"],
];

// Where the parts of a row stand.
const COLUMNS = {
  wide: {
    first: { symbol: 104, slider: 124, width: 112, value: 272 },
    times: 288,
    second: { symbol: 302, slider: 324, width: 112, value: 472 },
  },
  narrow: {
    first: { symbol: 112, slider: 136, width: 156 },
    times: 98,
    second: { symbol: 112, slider: 136, width: 156 },
  },
};

/** f and the memory at each step; the opened step is the one at which the reset is pressed. */
function compute(state) {
  const { x2, press, c } = state;
  const terms = ROWS.map(([x, w]) => (x ? state[x] * state[w] : state[w]));
  const z = terms.reduce((sum, term) => sum + term);
  const others = terms.reduce((sum, term, k) => (k === 1 ? sum : sum + term), 0);
  const fs = range(T, (k) => sigmoid(k + 1 === press ? z : others));
  const cs = fs.reduce((before, f) => [...before, f * before.at(-1)], [c]);
  return { terms, z, f: fs[press - 1], fs, cs, c_prev: cs[press - 1], kept: cs[press], pressed: x2 > 0 };
}

function sentence({ press, x2, z, f, cs, c_prev, kept, pressed }) {
  const when = pressed ? `At step ${press} the reset input is ${short(x2)}` : `At step ${press} the reset is not pressed`;
  const part = c_prev === 0 ? "an empty memory stays empty" : `the unit keeps ${percentInWords(f)} of its memory, ${sig3(kept)} of ${sig3(c_prev)}`;
  return `${when}: z = ${sig3(z)}, so f = σ(z) ${equals(share(f))}, and ${part}. After ${T} steps ${sig3(cs[T])} is left.`;
}

// ---------------------------------------------------------------- the drawing

function draw(kit, values) {
  const { wide, width } = kit;
  const strip = drawStrip(kit, values, { y: 0, left: wide ? 40 : 34, right: width - (wide ? 24 : 12) });
  const opened = drawSum(kit, values, strip + 34);
  const bottom = drawShare(kit, values, opened);
  kit.height(bottom);
}

// Above: the memory, thick where much of it is left, through the valve of each step.
function drawStrip(kit, { fs, cs, press, x2 }, { y, left, right }) {
  const { wide } = kit;
  kit.heading(0, y + 16, wide ? "The memory of one unit over 20 steps" : "The memory over 20 steps");
  const line = y + (wide ? 84 : 122);
  const bars = { top: line + 44, height: 56 };
  const under = bars.top + bars.height;
  const time = kit.time(left, under, right - left, T, { name: undefined, every: 5 });
  const middle = time.at(press);

  const top = wide ? { x: kit.width - 330, y: y + 11 } : { x: 0, y: y + 48 };
  kit.maths(top.x + (wide ? 158 : 0), top.y + 5, "memory at the start c_0", { anchor: wide ? "end" : "start", fill: colour.c });
  kit.slider("c", top.x + 166, top.y, wide ? 120 : kit.width - 212, { fill: colour.c });
  kit.text(wide ? top.x + 326 : kit.width - 4, top.y + 5, kit.value("c"), { anchor: "end", size: 14, weight: 600, fill: colour.c });

  // The opened step stands out, down to its name.
  const lit = "press x2 w2";
  kit.group({ lit, class: "lstm-row" }, () => {
    const y1 = line - 36;
    kit.rect(middle - time.step / 2, y1, time.step, under - y1, { rx: 5, fill: colour.f, "fill-opacity": 0.1 });
  });
  kit.maths(left - 8, line + 5, "c", { anchor: "end", size: 16, fill: colour.c });
  kit.maths(left - 8, under - 4, "f", { anchor: "end", size: 16, fill: colour.f });
  kit.group({ lit: "c" }, () => {
    kit.memory(left - (wide ? 0 : 4), time.at(1), line, cs[0], { scale: THICK });
    range(T, (k) => kit.memory(time.at(k + 1), k + 1 < T ? time.at(k + 2) : right + 8, line, cs[k + 1], { scale: THICK, arrow: k + 1 === T }));
  });
  range(T, (k) => {
    const own = k + 1 === press;
    kit.valve(time.at(k + 1), line, fs[k], { r: own ? (wide ? 12 : 8) : wide ? 7 : 4.5, lit: own ? lit : undefined });
  });
  kit.text(right + 8, line - 32, `left after ${T} steps: ${sig3(cs[T])}`, { anchor: "end", weight: 600, fill: colour.c, halo: true });

  kit.line(left, bars.top, right, bars.top, { "stroke-dasharray": "2 4" });
  kit.text(right + 6, bars.top + 4, "1", { size: 12, fill: colour.muted, visibility: wide ? undefined : "hidden" });
  range(T, (k) => {
    const height = fs[k] * bars.height;
    const own = k + 1 === press;
    const bar = { rx: 1.5, fill: colour.f, "fill-opacity": own ? 1 : 0.55, lit: own ? lit : undefined };
    kit.rect(time.left(k + 1) + time.step * 0.2, under - height, time.step * 0.6, height, bar);
  });

  // The reset's moment, under the hand.
  const hand = under + 50;
  kit.slider("press", time.at(1) - 10, hand, time.at(T) - time.at(1) + 20);
  const words = x2 > 0 ? `reset pressed at step ${press}` : `step ${press}, reset not pressed`;
  const [from, to, anchor] = press > T / 2 ? [left, right, "end"] : [left, right, "start"];
  kit.text(anchor === "end" ? Math.min(to, middle + 60) : Math.max(from, middle - 60), hand + 30, words, { anchor, size: 14, weight: 600 });
  return hand + 34;
}

// Below: one step opened up. Each row of the sum has its sliders on it.
function drawSum(kit, values, y) {
  const { wide, width } = kit;
  kit.heading(0, y + 16, `Step ${values.press}, opened${wide ? ": weigh each input, and add up" : ": a weighted sum"}`);
  const height = wide ? 40 : 86;
  const top = y + 34;
  const plot = wide ? { x: 508, width: width - 508 - 4 } : { x: 66, width: width - 70 };
  const zero = plot.x + plot.width / 2;
  const scale = plot.width / 2 / LIMIT;
  const end = top + 5 * height;
  const scaleLines = (from, to) => {
    for (const tick of [-LIMIT, -LIMIT / 2, 0, LIMIT / 2, LIMIT]) {
      kit.line(zero + tick * scale, from, zero + tick * scale, to, { stroke: tick === 0 ? colour.muted : colour.line });
    }
  };
  if (wide) scaleLines(top, end + 46);
  let sum = 0;
  ROWS.forEach(([x, w, words], k) => {
    const term = values.terms[k];
    const paint = x?.startsWith("h") ? colour.h : colour.text;
    const middle = top + (k + 0.5) * height;
    const [one, two, three] = wide ? [middle, middle, middle] : [middle - 26, middle + 2, middle + 28];
    kit.group({ lit: `${x ?? ""} ${w}`, class: "lstm-row" }, () => {
      kit.rect(-6, middle - height / 2 + 1, width + 12, height - 2, { rx: 6, fill: colour.f, "fill-opacity": 0.1 });
    });
    const column = wide ? COLUMNS.wide : COLUMNS.narrow;
    const written = (yy, name, at, fill) => {
      kit.maths(at.symbol, yy + 5, name.length === 1 ? name : `${name[0]}_${name[1]}`, { size: 16, fill });
      kit.slider(name, at.slider, yy, at.width, { fill });
      kit.text(at.value ?? width - 4, yy + 5, kit.value(name), { anchor: "end", size: 14, fill });
    };
    kit.text(!x && wide ? column.second.symbol - 12 : 0, (x ? one : two) + 5, words, { anchor: !x && wide ? "end" : "start", size: 14, fill: paint });
    if (x) {
      written(one, x, column.first, paint);
      kit.text(column.times, two + 5, "×", { anchor: "middle", size: 15, fill: colour.muted });
    }
    written(two, w, column.second, colour.f);
    if (!wide) scaleLines(three - 12, three + 12);
    // The bars stand end to end: each begins where the one above it ended.
    const from = zero + Math.min(LIMIT, Math.max(-LIMIT, sum)) * scale;
    sum += term;
    const till = zero + Math.min(LIMIT, Math.max(-LIMIT, sum)) * scale;
    kit.bar(from, three, (till - from) / scale, { scale, height: 14, fill: x ? paint : colour.muted });
    if (k < 4 && wide) kit.line(till, three + 7, till, three + height - 7, { stroke: colour.text, "stroke-dasharray": "2 3" });
    const right = till + (till >= from ? 6 : -6);
    const fits = till >= from ? right < plot.x + plot.width - 40 : right > plot.x + 40;
    const at = fits ? { x: right, anchor: till >= from ? "start" : "end" } : { x: from + (till >= from ? -6 : 6), anchor: till >= from ? "end" : "start" };
    kit.text(at.x, three + 5, signed(term), { anchor: at.anchor, size: 13, weight: 600, halo: true, fill: x ? paint : colour.muted });
  });
  return { y: end, zero, scale, plot };
}

// The sum turned into a share, and the share opening the valve of the memory.
function drawShare(kit, { z, f, c_prev, kept, press }, { y, zero, scale, plot }) {
  const { wide, width } = kit;
  const left = zero - LIMIT * scale;
  const curve = kit.axes(left, y + 46, 2 * LIMIT * scale, 120, { across: [-LIMIT, LIMIT], up: [0, 1], ticks: [[-LIMIT, 0, LIMIT], [0, 0.5, 1]] });
  const at = curve.x(Math.min(LIMIT, Math.max(-LIMIT, z)));
  kit.line(at, y - 8, at, curve.y(f), { stroke: colour.f, "stroke-width": 2 });
  kit.curve(curve, sigmoid, { stroke: colour.f });
  kit.line(at, curve.y(f), left, curve.y(f), { stroke: colour.f, "stroke-dasharray": "3 3" });
  kit.marker(curve, z, f, { fill: colour.f, feet: false });
  const words = { size: wide ? 20 : 17, halo: true };
  const x = 0;
  kit.maths(x, y + (wide ? 66 : 28), `z ${equals(sig3(z))}`, { ...words, weight: 600 });
  kit.maths(wide ? x : 120, y + (wide ? 98 : 28), `f = σ(z) ${equals(share(f))}`, { ...words, weight: 600, fill: colour.f });
  if (wide) {
    kit.text(x, y + 40, "the sum of the five rows", { size: 14, fill: colour.muted });
    kit.text(x, y + 122, "the share that is kept: σ squashes any sum to between 0 and 1", { size: 14, fill: colour.muted });
  }
  const line = y + 262;
  const valve = zero; // a place that does not move, with room on both sides
  const tag = { size: 15, weight: 600, fill: colour.c };
  kit.group({ lit: ROWS.flat().filter(Boolean).join(" ") + " c press" }, () => {
    kit.memory(0, valve, line, c_prev, { scale: THICK });
    kit.memory(valve, width, line, kept, { scale: THICK, arrow: true });
  });
  kit.wire([[valve, y + 190], [valve, line - 18]], { stroke: colour.f, width: 2.5 });
  kit.valve(valve, line, f, { r: 16 });
  const [above, below] = wide ? [line - 52, line - 34] : [line + 60, line + 42];
  kit.text(0, above, `the memory before step ${press}`, { size: 14, fill: colour.c });
  kit.text(0, below, sig3(c_prev), tag);
  kit.text(width, line + 60, "what is kept of it", { anchor: "end", size: 14, fill: colour.c });
  kit.text(width, line + 42, `f · c = ${sig3(kept)}`, { ...tag, anchor: "end" });
  kit.maths(valve - 12, line - 32, `f ${equals(share(f))}`, { anchor: "end", size: 15, weight: 600, fill: colour.f });
  return line + 66;
}

// ---------------------------------------------------------------- the spec

const unitAndStep = ([unit, t]) => [
  `unit-${unit}-step-${t}`,
  { title: `the worked example: unit ${unit}, step ${t}`, state: example(unit, t) },
];

export default {
  title: "The forget gate of one unit, over 20 steps",
  description:
    "Above, the memory of one unit runs through 20 steps; at each step a valve, the forget gate f, " +
    "keeps a share of it. Below, one step is opened: four inputs times their weights and a bias add " +
    "up to z, the sigmoid curve turns z into the share f, and f opens the valve of the memory.",
  inputs,
  presets: {
    strip: { title: "20 steps, one reset", state: {} },
    ...Object.fromEntries([[1, 1], [1, 2], [1, 3], [2, 1], [2, 2], [2, 3]].map(unitAndStep)),
  },
  compute,
  draw,
  sentence,
  tasks: [
    {
      ask: "Let the reset go: set $x_2$ to 0. What is left after 20 steps?",
      state: { x2: 0 },
      answer: ({ f, cs }) => `Every step keeps ${percentInWords(f)}, so that the memory fades slowly: ${sig3(cs[T])} of ${short(cs[0])} is left.`,
    },
    {
      ask: "Move $c_0$, the memory itself. Does $f$ change?",
      state: { c: -1.5 },
      answer: "No. The gate reads the input and the previous hidden state, never the memory that it guards. Only what is left of it changes.",
    },
    {
      ask: "Set all four weights to 0. What does $b$ decide?",
      state: { w1: 0, w2: 0, u1: 0, u2: 0 },
      answer: ({ f, b }) => `f = σ(${short(b)}) ${equals(share(f))} at every step, whatever comes in: the bias alone sets what is kept by default.`,
    },
    {
      ask: "Can you make $f$ exactly 0, or exactly 1?",
      state: { b: 5, w2: 5, x2: 1 },
      answer: ({ f }) => `Here f ${equals(share(f))}: as near as you like, and never there. On paper the valve is never quite shut and never quite open.`,
    },
  ],
};
