// A game: the reader is the gates and carries a bit over 20 steps; then a trained cell plays.

import { clamp, colour, dot, range, share, short, sig3, sigmoid } from "./kit.js";
import carry from "./carry.json" with { type: "json" };

const T = carry.rounds[0].length;
const SHOWN = Math.tanh(1); // what a memory of 1 shows when the output gate is open
const THICK = 16; // pixels of the memory line for a memory of 1
const GATES = [
  ["f", "keep: forget gate"],
  ["i", "write: input gate"],
  ["o", "show: output gate"],
];

const inputs = [
  ...GATES.map(([name, label]) => ({ name, symbol: name, label, min: 0, max: 1, step: 0.05, start: 0.5, colour: name })),
  { name: "round", kind: "hidden", start: 1 },
  // What the reader has chosen at each step: a list of [f, i, o].
  { name: "choices", kind: "hidden", start: [[1, 0, 0], [1, 0, 0]] },
];

/** Run one unit over values and gates: `{ c, h }` after each step. */
function run(values, gates) {
  const cs = [];
  const hs = [];
  gates.forEach(([f, i, o], t) => {
    cs.push(f * (cs.at(-1) ?? 0) + i * values[t]);
    hs.push(o * Math.tanh(cs[t]));
  });
  return { c: cs, h: hs };
}

/** The trained cell over a round: its gates, its candidate, its memory, what it shows. */
function trained(xs) {
  const p = carry.params;
  const found = { i: [], f: [], g: [], o: [], c: [], h: [] };
  for (const x of xs) {
    const [h, c] = [found.h.at(-1) ?? 0, found.c.at(-1) ?? 0];
    const z = (gate) => dot(p[`W_${gate}`][0], x) + p[`U_${gate}`][0][0] * h + p[`b_${gate}`][0];
    for (const gate of ["i", "f", "o"]) found[gate].push(sigmoid(z(gate)));
    found.g.push(Math.tanh(z("g")));
    found.c.push(found.f.at(-1) * c + found.i.at(-1) * found.g.at(-1));
    found.h.push(found.o.at(-1) * Math.tanh(found.c.at(-1)));
  }
  return found;
}

/**
 * Of 100, by squared distances over all steps, as the cell was trained: 0 for never showing
 * anything, or worse. A step that was not taken shows nothing.
 */
function scored(hs, wanted) {
  const missed = wanted.reduce((sum, y, t) => sum + (y - (hs[t] ?? 0)) ** 2, 0);
  return 100 * Math.max(0, 1 - missed / wanted.reduce((sum, y) => sum + y ** 2, 0));
}

function compute({ f, i, o, round, choices }) {
  const xs = carry.rounds[round - 1];
  const values = xs.map(([value]) => value);
  const bits = [];
  xs.forEach(([value, write]) => bits.push(write ? value : (bits.at(-1) ?? 0)));
  const wanted = xs.map(([, , show], t) => (show ? bits[t] * SHOWN : 0));
  const taken = choices.slice(0, T);
  const you = run(values, taken);
  const done = taken.length >= T;
  const next = run(values, [...taken, [f, i, o]].slice(0, T));
  const cell = trained(xs);
  return {
    you_c: you.c,
    you_h: you.h,
    next_c: next.c.at(-1),
    next_h: next.h.at(-1),
    wanted,
    cell_f: cell.f,
    cell_i: cell.i,
    cell_o: cell.o,
    cell_g: cell.g,
    cell_c: cell.c,
    cell_h: cell.h,
    score: scored(you.h, wanted),
    cell_score: scored(cell.h, wanted),
    open_score: scored(run(values, values.map(() => [1, 1, 1])).h, wanted),
    step: Math.min(T, taken.length + 1),
    done: done ? 1 : 0,
  };
}

const command = ([value, write, show]) => {
  if (write) return `write ${value > 0 ? "+1" : "−1"}`;
  return show ? "show it" : "nothing to do";
};

function sentence(values) {
  const { f, i, o, round, step, done, you_c, next_c, next_h, score, cell_score, open_score } = values;
  const xs = carry.rounds[round - 1];
  if (!done) {
    const before = you_c.at(-1) ?? 0;
    return (
      `Step ${step} of ${T} says: ${command(xs[step - 1])}. The candidate is ${short(xs[step - 1][0])}. With f = ${short(f)}, i = ${short(i)}, ` +
      `o = ${short(o)} the memory goes from ${sig3(before)} to ${sig3(next_c)}, and ${sig3(next_h)} is shown.`
    );
  }
  const whole = (points) => `${Math.round(points)}`;
  return (
    `You have ${whole(score)} of 100 points. The trained cell has ${whole(cell_score)}; gates that are always open ` +
    `have ${whole(open_score)}; gates that are always shut show nothing, and have 0.`
  );
}

// ---------------------------------------------------------------- the drawing

function draw(kit, values) {
  const { round, choices, step, done, wanted, you_c, you_h } = values;
  const xs = carry.rounds[round - 1];
  const taken = choices.slice(0, T);
  kit.heading(0, 16, kit.wide ? "You are the gates: write the bit, keep it, show it when asked" : "You are the gates");
  const gate = (k) => taken.map((chosen) => chosen[k]);
  const own = { f: gate(0), i: gate(1), o: gate(2), g: xs.map(([value]) => value).slice(0, step), c: you_c, h: you_h };
  const strip = drawStrip(kit, { ...own, xs, wanted, seen: step, current: done ? undefined : step }, 34);
  const hand = drawHand(kit, values, strip + 18);
  kit.heading(0, hand + 30, "A trained cell on the same steps");
  if (!kit.wide) kit.text(0, hand + 49, "(comes when you have finished)", { size: 13, fill: colour.muted, visibility: done ? "hidden" : undefined });
  else kit.text(kit.width, hand + 30, done ? "one unit, learned from examples" : "it comes when you have finished", { anchor: "end", size: 13, fill: colour.muted });
  const cell = { f: values.cell_f, i: values.cell_i, o: values.cell_o, g: values.cell_g, c: values.cell_c, h: values.cell_h };
  const nothing = Object.fromEntries(Object.keys(cell).map((key) => [key, []]));
  kit.height(drawStrip(kit, { ...(done ? cell : nothing), xs, wanted, seen: done ? T : 0 }, hand + (kit.wide ? 46 : 62)));
}

// Time to the right: what is said, the candidate, the memory, the three gates, what is shown.
function drawStrip(kit, { xs, f, i, g, o, c, h, wanted, seen, current }, y) {
  const [left, right] = kit.wide ? [118, kit.width - 8] : [30, kit.width - 4];
  const rows = { said: y + 10, g: y + 42, c: y + 82, f: y + 128, i: y + 156, o: y + 184, h: y + 220 };
  const bottom = y + 246;
  const time = kit.time(left, bottom, right - left, T, { name: "", every: 5 });
  const r = Math.min(9, time.step / 2 - 0.5);
  if (current) kit.rect(time.left(current), y - 4, time.step, bottom - y + 4, { rx: 4, fill: colour.text, "fill-opacity": 0.1 });
  const label = (row, letter, words, fill) => {
    kit.maths(kit.wide ? 0 : 4, rows[row] + 5, letter, { size: 15, fill });
    if (kit.wide) kit.text(18, rows[row] + 5, words, { size: 13, fill });
  };
  if (kit.wide) kit.text(18, rows.said + 5, "what is said", { size: 13 });
  label("g", "g", "the candidate", colour.g);
  label("c", "c", "the memory", colour.c);
  for (const [key, words] of [["f", "kept"], ["i", "written"], ["o", "shown"]]) label(key, key, `share ${words}`, colour[key]);
  label("h", "h", "what is shown", colour.h);

  range(T, (k) => {
    const [, write, show] = xs[k];
    const x = time.at(k + 1);
    if (k >= seen) kit.text(x, rows.said + 4, "·", { anchor: "middle", fill: colour.muted });
    else if (write || show) {
      kit.group({ name: `step ${k + 1}: ${command(xs[k])}` }, () => {
        kit.circle(x, rows.said, r, { fill: write ? colour.i : colour.o, class: "lstm-box" });
        kit.text(x, rows.said + 4.5, write ? (xs[k][0] > 0 ? "+" : "−") : "?", { anchor: "middle", size: 13, weight: 700, fill: colour.ground });
      });
    }
  });
  for (const [key, half] of [["g", 14], ["h", 18]]) {
    kit.line(left, rows[key], right, rows[key]);
    range(T, (k) => {
      const value = (key === "g" ? g : h)[k];
      if (value === undefined) return;
      const high = clamp(value, -1, 1) * half;
      kit.rect(time.left(k + 1) + time.step * 0.2, rows[key] - Math.max(0, high), time.step * 0.6, Math.abs(high), { fill: colour[key] });
    });
  }
  // What should be shown: an outline where it was asked for.
  range(T, (k) => {
    if (!xs[k][2] || k >= seen) return;
    const high = wanted[k] * 18;
    kit.rect(time.left(k + 1) + 1, rows.h - Math.max(0, high), time.step - 2, Math.abs(high), { fill: "none", stroke: colour.text, "stroke-dasharray": "3 2" });
  });
  range(T, (k) => {
    const from = time.at(k + 1);
    if (c[k] !== undefined) kit.memory(from, k + 1 < T ? from + time.step : right, rows.c, c[k], { scale: THICK, most: 36 });
  });
  for (const [key, shares] of Object.entries({ f, i, o })) {
    kit.line(left, rows[key] + 11, right, rows[key] + 11);
    shares.forEach((value, k) => kit.rect(time.left(k + 1) + time.step * 0.2, rows[key] + 11 - value * 22, time.step * 0.6, value * 22, { fill: colour[key] }));
  }
  return bottom + 20;
}

// The hand: what this step says, the three gates, and the step.
function drawHand(kit, { round, choices, step, done, f, i, o, score, cell_score }, y) {
  const xs = carry.rounds[round - 1];
  const says = done ? kit.wide ? `You: ${Math.round(score)} of 100. The trained cell: ${Math.round(cell_score)}.` : `You ${Math.round(score)}, trained cell ${Math.round(cell_score)}` : `Step ${step} says: ${command(xs[step - 1])}`;
  kit.rect(0, y, kit.width, kit.wide ? 150 : 214, { rx: 10, fill: colour.panel, stroke: colour.line });
  kit.text(14, y + 26, says, { size: kit.wide ? 16 : 14, weight: 650 });
  if (!done) kit.maths(kit.width - 14, y + 26, kit.wide ? `candidate g = ${short(xs[step - 1][0])}` : `g = ${short(xs[step - 1][0])}`, { anchor: "end", size: 15, fill: colour.g });
  GATES.forEach(([name, words], k) => {
    const column = kit.wide ? (kit.width - 28) / 3 : kit.width - 28;
    const [x, yy] = kit.wide ? [14 + k * column, y + 56] : [14, y + 54 + k * 36];
    if (kit.wide) kit.maths(x, yy, `${words.split(":")[0]}  ${name} = ${kit.value(name)}`, { size: 14, weight: 600, fill: colour[name] });
    else kit.maths(x, yy + 5, `${words.split(":")[0]} ${name} = ${kit.value(name)}`, { size: 14, weight: 600, fill: colour[name] });
    if (kit.wide) kit.slider(name, x - 8, yy + 22, column - 16, { fill: colour[name] });
    else kit.slider(name, x + 112, yy, column - 108, { fill: colour[name] });
  });
  const yy = y + (kit.wide ? 106 : 164);
  const gates = [f, i, o];
  const toSignal = () => {
    const rest = xs.findIndex(([, write, show], k) => k > choices.length && (write || show));
    return Array.from({ length: (rest < 0 ? T : rest) - choices.length }, () => gates);
  };
  const put = (more) => kit.change({ choices: [...choices, ...more].slice(0, T) });
  const words = done ? ["Once more", "", ""] : [`Take step ${step}`, "To the next signal", "Back"];
  const acts = [
    () => (done ? kit.change({ choices: [] }) : put([gates])),
    () => put(toSignal()),
    () => kit.change({ choices: choices.slice(0, -1) }),
  ];
  const room = kit.width - 32;
  const widths = kit.wide ? [130, 190, 80] : [room * 0.36, room * 0.43, room * 0.21];
  let x = kit.wide ? 14 : 8;
  words.forEach((label, k) => {
    const at = x;
    x += widths[k] + (kit.wide ? 12 : 8);
    if (!label) return;
    kit.button({ key: `act-${k}`, label, act: acts[k] }, () => {
      kit.rect(at, yy, widths[k], 34, { rx: 8, fill: k === 0 ? colour.text : colour.ground, stroke: colour.muted });
      kit.text(at + widths[k] / 2, yy + 22, label, { anchor: "middle", size: kit.wide ? 14 : 12, weight: 600, fill: k === 0 ? colour.ground : colour.text });
    });
  });
  return y + (kit.wide ? 150 : 214);
}

// ---------------------------------------------------------------- the spec

const every = (gates) => Array.from({ length: T }, () => gates);
/** As a patient reader would: open only when told. `kept` is the share at all other steps. */
const patient = (round, kept) => carry.rounds[round - 1].map(([, write, show]) => (write ? [0, 1, 0] : [kept, 0, show]));

export default {
  title: "A game: be the gates, and carry a bit over 20 steps",
  description:
    "Time runs to the right over 20 steps. At each step stand what is said (write a bit, show it, or " +
    "nothing), the candidate, which is noise unless a bit is to be written, the memory as a line, the three shares of the " +
    "forget gate, input gate and output gate as bars, and what is shown. Steps that have not come are hidden. The reader sets " +
    "the three gates and takes the next step. At the end the same strip is drawn for a trained cell.",
  inputs,
  presets: {
    one: { title: "round 1: one bit", state: {} },
    two: { title: "round 2: a bit, then another", state: { round: 2 } },
    finished: { state: { choices: patient(1, 0.9) } },
  },
  compute,
  draw,
  sentence,
  tasks: [
    {
      ask: "Leave all three gates open, at every step. What is shown?",
      state: { choices: every([1, 1, 1]) },
      answer: ({ score }) => `All the noise is added up, and all of it is shown at once: ${Math.round(score)} points. A cell without gates does this.`,
    },
    {
      ask: "Do all right, but keep only 0.9 at each step. How many points?",
      state: { choices: patient(1, 0.9) },
      answer: ({ you_c, wanted, score }) => {
        const asked = wanted.findIndex((y) => y !== 0);
        return `Of the bit ${share(Math.abs(you_c[asked]))} is left when it is asked for, and ${Math.round(score)} points come of it.`;
      },
    },
    {
      ask: "In round 2 the second bit replaces the first. Which gate must shut, and when?",
      state: { round: 2, choices: patient(2, 1) },
      answer: ({ score }) => `The forget gate, at the step that writes: f = 0 and i = 1 replace; with f = 1 the two bits would cancel to 0. So it has ${Math.round(score)} points.`,
    },
  ],
};
