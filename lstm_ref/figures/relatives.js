// The same pulse through a plain unit and through a gated one, side by side over time.

import { colour, range, short, sig3, sigmoid } from "./kit.js";

const [T, PULSE] = [20, 3];
const STOP = -12;
const WRITE = -12;
const NAMES = { lstm: "LSTM of 2000", lstm1997: "LSTM of 1997", gru: "GRU" };

const inputs = [
  { name: "cell", symbol: "", label: "the gated cell", kind: "choice", start: "lstm", options: [["lstm1997", "1997"], ["lstm", "2000"], ["gru", "GRU"]] },
  { name: "u", symbol: "u", label: "plain unit: weight on the state before", min: 0, max: 1.5, step: 0.1, start: 0.9, origin: 0, colour: "h" },
  { name: "b", symbol: "b", label: "gated unit: bias of the gate that keeps", min: -1, max: 6, step: 0.5, start: 4, origin: 0, colour: "f" },
  { name: "stop", symbol: "t", label: "the step of the full stop", min: 5, max: T, step: 1, start: 14, origin: 5, says: (t) => `step ${t}` },
];

/** The states of the plain unit, and the gradient back from before the stop to the pulse. */
function plainUnit(u, stop) {
  const hs = [];
  for (const t of range(T, (k) => k + 1)) hs.push(Math.tanh((t === PULSE ? 1.5 : 0) + u * (hs.at(-1) ?? 0)));
  let back = 1;
  for (let t = stop - 1; t > PULSE; t--) back *= u * (1 - hs[t - 1] ** 2);
  return { hs, back };
}

/** The share that is kept and the memory at each step, what is shown, and the gradient back. */
function gatedUnit(cell, b, stop) {
  const [kept, c, h] = [[], [], []];
  for (const t of range(T, (k) => k + 1)) {
    const [not, end] = [t === PULSE ? 1 : 0, t === stop ? 1 : 0];
    const share = cell === "lstm1997" ? 1 : sigmoid(b + STOP * end + (cell === "gru" ? WRITE * not : 0));
    const written = (cell === "gru" ? 1 - share : sigmoid(8 * not - 4)) * Math.tanh(3 * not);
    kept.push(share);
    c.push(share * (c.at(-1) ?? 0) + written);
    h.push(cell === "gru" ? c.at(-1) : sigmoid(4) * Math.tanh(c.at(-1)));
  }
  return { kept, c, h, back: kept.slice(PULSE, stop - 1).reduce((product, share) => product * share, 1) };
}

function compute({ cell, u, b, stop }) {
  const { hs, back: plainBack } = plainUnit(u, stop);
  const { kept, c, h, back } = gatedUnit(cell, b, stop);
  return {
    plain: hs,
    h,
    c,
    kept,
    plain_back: plainBack,
    back,
    plain_before: hs[stop - 2],
    before: c[stop - 2],
    plain_after: hs[T - 1],
    after: c[T - 1],
  };
}

function sentence({ cell, stop, plain_before, before, plain_after, after, plain_back, back }) {
  return `Before the full stop at step ${stop} the plain unit holds ${sig3(plain_before)} of the note, and the ${NAMES[cell]} ${sig3(before)}. At step ${T} it is ${sig3(plain_after)} and ${sig3(after)}. Of the gradient, ${sig3(plain_back)} and ${sig3(back)} come back to the pulse.`;
}

function draw(kit, values) {
  const { wide, width } = kit;
  const { cell, plain, h, c, kept, plain_back, back, stop } = values;
  const gap = 36;
  const across = wide ? (width - gap) / 2 : width;
  panel(kit, 0, 0, across, { title: "Plain RNN", lines: [["h", plain]], back: plain_back, lit: "u", stop });
  const lines = cell === "gru" ? [["h", h]] : [["c", c], ["h", h]];
  const at = wide ? [across + gap, 0] : [0, 282];
  panel(kit, ...at, across, { title: NAMES[cell], lines, back, lit: "b cell", stop, kept: cell === "lstm1997" ? undefined : kept });
  kit.height(wide ? 276 : 558);
}

/** One unit over all steps: its curves, the share that its gate keeps, and what comes back. */
function panel(kit, x, y, width, { title, lines, back, lit, stop, kept }) {
  const [left, right, top, height] = [x + 26, x + width - 8, y + 44, 118];
  kit.heading(x, y + 16, title);
  lines.forEach(([name], k) => {
    const from = x + width - 8 - 60 * (lines.length - k - 1);
    kit.maths(from, y + 16, name === "c" ? "c_t" : "h_t", { anchor: "end", size: 16, weight: 600, fill: colour[name] });
  });
  const up = (value) => top + height - (value / 1.05) * height;
  for (const tick of [0, 0.5, 1]) {
    kit.line(left, up(tick), right, up(tick), { stroke: tick ? colour.line : colour.muted });
    kit.text(left - 6, up(tick) + 4, short(tick), { anchor: "end", size: 12, fill: colour.muted });
  }
  const time = kit.time(left, top + height + 34, right - left, T, { every: 5, name: "" });
  const mark = (t, words) => {
    kit.line(time.at(t), top - 8, time.at(t), top + height + (kept ? 34 : 0), { stroke: colour.muted, "stroke-dasharray": "3 3" });
    kit.text(time.at(t), top - 13, words, { anchor: "middle", size: 13, weight: 600 });
  };
  mark(PULSE, "not");
  kit.group({ lit: "stop" }, () => mark(stop, "stop"));
  for (const [name, values] of lines) {
    const points = values.map((value, k) => [time.at(k + 1), up(value)]);
    kit.group({ lit }, () => {
      kit.path(points, { stroke: colour[name], "stroke-width": name === "c" ? 5 : 2, "stroke-linejoin": "round", "stroke-opacity": name === "c" ? 0.75 : 1 });
      if (name === "h") points.forEach(([px, py]) => kit.circle(px, py, 3, { fill: colour.h }));
    });
  }
  // The gate under each step, filled by the share that it keeps.
  const r = Math.min(7, time.step * 0.42);
  range(T, (k) => {
    const [px, py] = [time.at(k + 1), top + height + 17];
    if (kept) kit.valve(px, py, kept[k], { r, stroke: colour.f, lit: "b" });
  });
  if (!kept) kit.text((left + right) / 2, top + height + 21, lines.length > 1 ? "no gate: all is kept" : "no gate: × u at each step", { anchor: "middle", size: 12, fill: colour.muted });
  const foot = top + height + 76;
  kit.wire([[time.at(stop - 1), foot - 4], [time.at(PULSE), foot - 4]], { stroke: colour.text, width: 2, dashed: true });
  kit.text(x, foot + 22, `gradient back to “not”: ${sig3(back)}`, { size: 14, weight: 600 });
}

export default {
  title: "The same pulse through two cells",
  description:
    "Two plots of twenty steps, a plain unit and a gated one. At step 3 both read the word not; a " +
    "dashed line marks a full stop later on. Lines show what each holds. Below the gated unit a row " +
    "of valves shows the share that is kept at each step, and below both a dashed arrow is the " +
    "gradient on its way back to the word not.",
  inputs,
  presets: {},
  compute,
  draw,
  sentence,
  tasks: [
    {
      ask: "Find a weight $u$ with which the plain unit holds the note as long as the LSTM does.",
      state: { cell: "lstm", u: 1.4, b: 4, stop: 14 },
      answer: ({ plain_before, plain_after, plain_back }) =>
        `With u = 1.4 it holds ${sig3(plain_before)} before the full stop. But it still holds ${sig3(plain_after)} at step ${T}: nothing lets go. And only ${sig3(plain_back)} of the gradient comes back, for the unit is on the flat part of tanh.`,
    },
    {
      ask: "Choose the cell of 1997. What does the full stop do to it?",
      state: { cell: "lstm1997", u: 0.9, b: 4, stop: 14 },
      answer: ({ before, after }) => `Nothing: it holds ${sig3(before)} before it, and ${sig3(after)} at step ${T}. It has no gate to let go with.`,
    },
    {
      ask: "Choose the GRU, and set the bias to 0. Then set it to 4 again.",
      state: { cell: "gru", u: 0.9, b: 0, stop: 14 },
      answer: ({ kept, before }) => `At 0 its gate keeps ${sig3(kept[0])} at each step, and ${sig3(before)} is left before the full stop. At 4 it holds, and lets go, as the LSTM does, with one gate in the place of two.`,
    },
  ],
};
