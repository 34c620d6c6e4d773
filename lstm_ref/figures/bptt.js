// One step of backpropagation through time at a time: forward numbers above, gradients below.

import { clamp, colour, range, sig3, worked } from "./kit.js";
import { takeStep } from "./step.js";
import { drawCell, pair, wireNames } from "./wires.js";

const T = worked.xs.length;
const { params, h0, c0 } = worked;
const UNITS = range(h0.length);
const INPUTS = range(worked.xs[0].length);
const GATES = ["i", "f", "g", "o"];
const PARTS = 4; // what arrives; to the memory; to the four sums; what leaves
const ROW = 18;

const inputs = [
  { name: "unit", label: "unit", kind: "choice", start: 1, options: UNITS.map((k) => [k + 1, `unit ${k + 1}`]) },
  { name: "e1", label: "what the loss sends back to h of unit 1", min: -2, max: 2, step: 0.5, start: 1, colour: "h" },
  { name: "e2", label: "what the loss sends back to h of unit 2", min: -2, max: 2, step: 0.5, start: 1, colour: "h" },
  { name: "reset", symbol: "x_2", label: "at step 3, the reset", min: 0, max: 1, step: 0.1, start: worked.xs[2][1] },
  { name: "n", label: "how far the gradient has come", min: 1, max: T * PARTS, step: 1, start: T * PARTS, origin: 1, says: (n) => `step ${at(n).t}, part ${at(n).part} of ${PARTS}` },
];

/** The step that is opened, and how many of its parts are done. */
function at(n) {
  return { t: T - Math.floor((n - 1) / PARTS), part: ((n - 1) % PARTS) + 1 };
}

/** One step back: what arrives is `dh` and `dc_next`; all other gradients follow. */
function stepBack({ x, h_prev, c_prev, i, f, g, o, tanh_c }, dh, dc_next) {
  const each = (of) => UNITS.map(of);
  const dtanh = each((k) => dh[k] * o[k]);
  const dc = each((k) => dc_next[k] + dtanh[k] * (1 - tanh_c[k] ** 2));
  const d = {
    i: each((k) => dc[k] * g[k]),
    f: each((k) => dc[k] * c_prev[k]),
    g: each((k) => dc[k] * i[k]),
    o: each((k) => dh[k] * tanh_c[k]),
  };
  const slope = (gate, y) => (gate === "g" ? 1 - y ** 2 : y * (1 - y));
  const made = { i, f, g, o };
  const dz = Object.fromEntries(GATES.map((gate) => [gate, each((k) => d[gate][k] * slope(gate, made[gate][k]))]));
  const through = (kind, j) => GATES.reduce((sum, gate) => sum + UNITS.reduce((one, k) => one + params[`${kind}_${gate}`][k][j] * dz[gate][k], 0), 0);
  return {
    dh, dc_next, dtanh, dc,
    di: d.i, df: d.f, dg: d.g, do: d.o,
    dz_i: dz.i, dz_f: dz.f, dz_g: dz.g, dz_o: dz.o,
    dx: INPUTS.map((j) => through("W", j)),
    dh_prev: UNITS.map((j) => through("U", j)),
    dc_prev: each((k) => dc[k] * f[k]),
  };
}

/** The opened step, forward and back; and the whole dh and dc of all three steps. */
function compute({ n, e1, e2, reset }) {
  const { t, part } = at(n);
  const steps = [];
  worked.xs.forEach((x, k) => {
    const before = steps.at(-1) ?? { h: h0, c: c0 };
    steps.push(takeStep(k === T - 1 ? [x[0], reset] : x, before.h, before.c));
  });
  const backs = Array(T);
  for (const k of range(T).reverse()) {
    const after = backs[k + 1];
    backs[k] = stepBack(steps[k], after ? after.dh_prev : [e1, e2], after ? after.dc_prev : UNITS.map(() => 0));
  }
  return { t, part, ...steps[t - 1], ...backs[t - 1], dhs: backs.map(({ dh }) => dh), dcs: backs.map(({ dc }) => dc) };
}

function sentence(v) {
  const k = v.unit - 1;
  const of = (key) => sig3(v[key][k]);
  const words = [
    () => `what comes back to h is ${of("dh")}, from ${v.t === T ? "the loss" : `step ${v.t + 1}`}; along the memory comes ${of("dc_next")}.`,
    () => `through o and the slope of tanh to the memory, added to what was there: dc = ${of("dc")}. To the output gate: do = ${of("do")}.`,
    () => `from each factor to the sum of its layer, dz: forget gate ${of("dz_f")}, input gate ${of("dz_i")}, candidate ${of("dz_g")}, output gate ${of("dz_o")}.`,
    () => `${of("dc_prev")} leaves along the memory, dc times f = ${of("f")}; ${of("dh_prev")} leaves along h, through all four layers.`,
  ];
  return `Step ${v.t}, unit ${v.unit}, part ${v.part} of ${PARTS}: ${words[v.part - 1]()}`;
}

// ---------------------------------------------------------------- the drawing

// For each box of the cell: its gradient, the part in which it is there, and what it is called.
const BACK = {
  h: ["dh", 1, "dh, the gradient of the hidden state"],
  tanh_c: ["dtanh", 2, "the gradient of tanh of c: dh times o"],
  o: ["do", 2, "do, the gradient of the output gate: dh times tanh of c"],
  c: ["dc", 2, "dc, the whole gradient of the cell state"],
  kept: ["dc", 3, "the gradient of what is kept: plus hands dc on"],
  written: ["dc", 3, "the gradient of what is written: plus hands dc on"],
  f: ["df", 3, "df, the gradient of the forget gate: dc times the previous cell state"],
  i: ["di", 3, "di, the gradient of the input gate: dc times the candidate"],
  g: ["dg", 3, "dg, the gradient of the candidate: dc times the input gate"],
  c_prev: ["dc_prev", 4, "the gradient of the previous cell state, dc times f"],
  h_prev: ["dh_prev", 4, "the gradient of the previous hidden state, through all four layers"],
};

function draw(kit, values) {
  const strip = drawSteps(kit, values);
  const { t, unit, part } = values;
  kit.heading(0, strip + 30, `Step ${t}, unit ${unit}`);
  kit.text(kit.width, strip + 30, kit.wide ? "in each box: forward above, its gradient below, dashed" : "dashed: gradients", { anchor: "end", size: 12.5, fill: colour.muted });
  const chosen = Object.fromEntries(Object.keys(BACK).map((key) => [key, [values[key][unit - 1], part >= BACK[key][1] ? values[BACK[key][0]][unit - 1] : undefined]]));
  const names = { ...wireNames(values), ...namesOf(values) };
  const under = (places) => drawBack(kit, values, places, names);
  const box = (_, x, y, numbers, options) => (options.key === "x" ? drawInput(kit, x, y, values, options) : twoWay(kit, x, y, numbers, options));
  kit.height(drawCell(kit, { ...values, ...chosen }, strip + 48, { names, box, under, lit: t === T ? "reset" : undefined }));
}

/** The names of the boxes, of one unit alone; pairs of units are what the cell's own figure tells. */
function namesOf(values) {
  const k = values.unit - 1;
  const first = Object.entries(wireNames(values)).filter(([key]) => BACK[key]);
  return Object.fromEntries(first.map(([key, name]) => [key, `${name.split(":")[0]}: ${sig3(values[key][k])}`]));
}

/** Two numbers on a wire: forward above, with a full edge; its gradient below, with a dashed one. */
function twoWay(kit, x, y, [forward, back], { width, fill, symbol, name, key, limit = 1 }) {
  one(kit, x, y - ROW / 2, forward, { width, fill, name, limit });
  const [, , words] = BACK[key];
  one(kit, x, y + ROW / 2, back, { width, fill, name: back === undefined ? undefined : `${words}: ${sig3(back)}`, dashed: true });
  if (symbol) kit.maths(x - width / 2, y - ROW - 8, symbol, { size: 15, fill, halo: true });
}

/** One number in its box, or the box alone where it has not come yet. */
function one(kit, x, y, value, { width, fill, name, dashed, limit = 1 }) {
  kit.group({ name }, () => {
    kit.rect(x - width / 2, y - ROW / 2, width, ROW, { rx: 4, fill: colour.ground, stroke: fill, "stroke-width": 1.5, class: "lstm-box", "stroke-opacity": value === undefined ? 0.35 : undefined, "stroke-dasharray": dashed && "4 3" });
    if (value === undefined) return;
    const reach = clamp(value / limit, -1, 1) * (width / 2 - 2);
    kit.rect(Math.min(x, x + reach), y - 7, Math.abs(reach), 14, { rx: 2, fill, "fill-opacity": 0.2 });
    const said = sig3(value);
    const size = Math.min(kit.wide ? 12.5 : 11, (width - 3) / (0.6 * said.length));
    kit.text(x, y + 4.5, said, { anchor: "middle", size: Math.max(size, 8), weight: 600, fill });
  });
}

/** The two inputs, and beside them their gradients. */
function drawInput(kit, x, y, { part, dx, x: inputs_ }, { width, fill, name, lit, limit }) {
  pair(kit, x, y, inputs_, { width, fill, name, lit, limit });
  const beside = x + width + 30;
  const words = `dx, the gradient of the input, through all four layers: ${dx.map(sig3).join(" and ")}`;
  kit.group({ name: part === PARTS ? words : undefined }, () => {
    INPUTS.forEach((j) => one(kit, beside, y + (j - 0.5) * ROW, part === PARTS ? dx[j] : undefined, { width, fill, dashed: true }));
  });
  kit.maths(beside + width / 2 + 6, y + 5, "dx", { size: 15 });
}

/** The way back, dashed, as far as it has come; the sums of the four layers; what arrives above. */
function drawBack(kit, values, { f, i, g, o, out, in: left, x, box, memory, valve, layers, floor }, names) {
  const { part, unit } = values;
  const back = (from, points) => part >= from && kit.wire(points, { dashed: true, width: 1.75 });
  const low = memory + 10;
  back(1, [[kit.width, floor + 8], [out + 8, floor + 8], [out + 8, valve + 49]]);
  back(2, [[out + 8, valve + 17], [out + 8, low]]);
  back(2, [[out - 15, valve + 40], [o + 8, valve + 40], [o + 8, layers - 22]]);
  back(2, [[kit.width, low], [g + 16, low]]);
  back(3, [[g - 16, low], [f + 16, low]]);
  back(3, [[g + 8, memory + 15], [g + 8, layers - 22]]);
  back(3, [[f + 8, memory + 15], [f + 8, layers - 22]]);
  back(3, [[g - 15, valve + 8], [i + 8, valve + 8], [i + 8, layers - 22]]);
  back(4, [[f - 16, low], [2, low]]);
  for (const column of [f, i, g, o]) back(4, [[column + 8, layers + 22], [column + 8, floor + 4]]);
  back(4, [[o + 8, floor + 8], [2, floor + 8]]);
  back(4, [[x + 8, floor + 8], [x + 8, floor + 30]]);
  for (const [gate, column] of Object.entries({ f, i, g, o })) {
    const value = part >= 3 ? values[`dz_${gate}`][unit - 1] : undefined;
    const name = value === undefined ? undefined : `dz of ${names[`layer_${gate}`].split(":")[0]}, the gradient of its sum: ${sig3(value)}; all its weights get theirs from it`;
    one(kit, column, layers + 33, value, { width: box, fill: colour[gate], dashed: true, name });
    kit.maths(column, floor + 20, `dz_${gate}`, { anchor: "middle", size: 13, fill: colour[gate], halo: true });
  }
  const arrives = values.dc_next[unit - 1];
  one(kit, kit.wide ? out + 14 : kit.width - box / 2 - 2, memory - 22, arrives, { width: Math.min(box, 56), fill: colour.c, dashed: true, name: `what comes back along the memory: ${sig3(arrives)}` });
}

// Above: the three steps. Under each stand the whole dc and dh, as far as they have come: both units, or the chosen one.
function drawSteps(kit, { t, part, unit, dcs, dhs }) {
  kit.heading(0, 16, kit.wide ? "Three steps: forward to the right, back to the left, dashed" : "Three steps, there and back");
  const column = kit.width / T;
  const middle = (k) => (k + 0.5) * column;
  const [top, high, half] = [30, 58, Math.min(54, column / 2 - 16)];
  const [line, floor] = [top + 12, top + high - 20];
  kit.wire([[0, line], [kit.width, line]], { stroke: colour.c, width: 4 });
  kit.wire([[0, floor], [kit.width, floor]], { stroke: colour.h });
  const last = part === PARTS ? t - 1 : t; // the way back has come to the right edge of this step, or past it
  range(T + 1, (k) => {
    if (k < last) return;
    const [from, to] = [Math.min(kit.width, middle(k) - half), Math.max(2, middle(k - 1) + half)];
    for (const y of k === T ? [floor] : [line, floor]) kit.wire([[from, y + 8], [to, y + 8]], { dashed: true, width: 1.75 });
  });
  range(T, (k) => {
    const open = k + 1 === t;
    kit.rect(middle(k) - half, top, 2 * half, high, { rx: 10, fill: colour.panel, stroke: open ? colour.text : colour.line, "stroke-width": open ? 3 : 1 });
    kit.text(middle(k), top + high / 2 + 5, `step ${k + 1}`, { anchor: "middle", size: 14, weight: open ? 700 : 500 });
    for (const [key, list, needs, y] of [["dc", dcs, 2, top + high + 18], ["dh", dhs, 1, top + high + 36]]) {
      const there = k + 1 > t || (open && part >= needs);
      const said = there ? (kit.wide ? list[k] : [list[k][unit - 1]]).map(sig3).join(", ") : "…";
      const name = there ? `the whole ${key} of step ${k + 1}: ${UNITS.map((u) => `unit ${u + 1} ${sig3(list[k][u])}`).join(", ")}` : undefined;
      kit.group({ name }, () => kit.text(middle(k), y, `${key} ${said}`, { anchor: "middle", size: kit.wide ? 13 : 12, weight: 600, fill: key === "dc" ? colour.c : colour.h }));
    }
  });
  return top + high + 40;
}

// ---------------------------------------------------------------- the spec

export default {
  title: "One step back at a time: forward numbers and gradients",
  description:
    "Above, three time steps, joined by the cell state c and the hidden state h, which run to the " +
    "right; dashed arrows run back to the left. Under each step stand the whole gradients dc and dh. " +
    "Below, one step opened: the whole cell, with a forward number and its gradient in each box. " +
    "The gradient comes in at the right; it passes the output valve and tanh to the memory, then the " +
    "plus, the valves and the four layers, and leaves at the left, along the memory and along h.",
  inputs,
  presets: {
    worked: { title: "the worked example", state: {} },
    open: { title: "the reset not pressed", state: { reset: 0 } },
  },
  play: { input: "n", every: 2200 },
  compute,
  draw,
  sentence,
  tasks: [
    {
      ask: "At step 3, how much of unit 1's $dc$ leaves along the memory? And without the reset?",
      state: { n: PARTS, reset: 0 },
      answer: ({ dc, dc_prev, f }) => `With the reset, f = ${sig3(worked.steps[T - 1].f[0])} lets almost nothing back. Without it f = ${sig3(f[0])}, and of ${sig3(dc[0])} comes back ${sig3(dc_prev[0])}.`,
    },
    {
      ask: "At step 2, look at unit 1's candidate and at unit 2's input gate. Why are both $dz$ so small?",
      state: { n: 2 * PARTS, unit: 1 },
      answer: ({ i, g, dz_g, dz_i }) => `Each gets dc times its partner. Unit 1's candidate has i = ${sig3(i[0])} beside it: dz = ${sig3(dz_g[0])}. Unit 2's input gate has g = ${sig3(g[1])}: dz = ${sig3(dz_i[1])}. What was shut out, or near 0, teaches nothing.`,
    },
    {
      ask: "Let the loss read unit 2 alone. Does unit 1 get a gradient all the same?",
      state: { e1: 0, n: PARTS + 1, unit: 1 },
      answer: ({ dh }) => `Not at step 3. But unit 2's layers have read h of unit 1: through U its dh at step 2 is ${sig3(dh[0])}.`,
    },
  ],
};
