// Parts of a trained cell on and off: what becomes of its memory over 20 steps. Beside it stands what
// was measured where cells were trained without the part (parts.json, from an experiment).

import carry from "./carry.json" with { type: "json" };
import { clamp, colour, dot, range, sig3, sigmoid } from "./kit.js";
import measured from "./parts.json" with { type: "json" };

const xs = carry.rounds[1];
const T = xs.length;
const SHOWN = Math.tanh(1);
const PARTS = [
  ["i", "input gate", "no input gate", "i"],
  ["f", "forget gate", "no forget gate", "f"],
  ["o", "output gate", "no output gate", "o"],
  ["g", "tanh of g", "no input activation function", "g"],
  ["c", "tanh of c", "no output activation function", "c"],
];
const TASKS = [
  ["adding", "adding: squared error"],
  ["verdict", "verdict: share wrong"],
  ["text", "text: bits a character"],
];

const inputs = [
  ...PARTS.map(([letter]) => ({ name: `has_${letter}`, kind: "hidden", start: letter === "f" ? 0 : 1 })),
  { name: "coupled", kind: "hidden", start: 0 },
  { name: "p", symbol: "p", label: "weight of the peepholes, 0 for none", min: -2, max: 2, step: 0.5, start: 0, colour: "c" },
];

function compute(state) {
  const w = carry.params;
  const p = state.coupled ? 0 : state.p;
  const found = { i: [], f: [], o: [], g: [], c: [], h: [] };
  const gate = (name, z) => (state[`has_${name}`] ? sigmoid(z) : 1);
  for (const x of xs) {
    const [h, c] = [found.h.at(-1) ?? 0, found.c.at(-1) ?? 0];
    const z = (k) => dot(w[`W_${k}`][0], x) + w[`U_${k}`][0][0] * h + w[`b_${k}`][0];
    const f = gate("f", z("f") + p * c);
    const i = state.coupled ? 1 - f : gate("i", z("i") + p * c);
    const g = state.has_g ? Math.tanh(z("g")) : z("g");
    const next = f * c + i * g;
    const o = gate("o", z("o") + p * next);
    const shown = o * (state.has_c ? Math.tanh(next) : next);
    for (const [key, value] of Object.entries({ i, f, o, g, c: next, h: shown })) found[key].push(value);
  }
  return found;
}

/** The variant of the experiment that this state is, if it is one. */
function variantOf(state) {
  const off = PARTS.filter(([letter]) => !state[`has_${letter}`]).map(([, , variant]) => variant);
  if (state.coupled) off.push("coupled gates");
  if (state.p !== 0) off.push("peepholes");
  return off.length > 1 ? undefined : (off[0] ?? "all parts");
}

const wanted = xs.map(([, , show], t) => {
  const bit = xs.slice(0, t + 1).findLast(([, write]) => write)?.[0] ?? 0;
  return show ? bit * SHOWN : 0;
});
const ASKED = range(T).filter((t) => xs[t][2]);

function sentence(values) {
  const variant = variantOf(values);
  const told = ASKED.map((t) => `${sig3(values.h[t])} at step ${t + 1} (${sig3(wanted[t])} is wanted)`).join(" and ");
  const whole = variant === "all parts";
  const pair = (task) => [variant, "all parts"].slice(whole ? 1 : 0).map((name) => sig3(measured[task][name][0])).join(" against ");
  const results = variant ? `Trained so${whole ? "" : ", against all parts"}: ${TASKS.map(([task, words]) => `${words} ${pair(task)}`).join("; ")}.` : "Two changes at once were not measured.";
  return `${variant ? `${variant[0].toUpperCase()}${variant.slice(1)}` : "Several parts changed"}: the cell shows ${told}. ${results}`;
}

function draw(kit, values) {
  const { wide, width } = kit;
  kit.heading(0, 16, wide ? "A trained cell, and its parts on and off" : "Parts on and off");
  const switches = [...PARTS.map(([letter, words, , paint]) => [`has_${letter}`, words, colour[paint]]), ["coupled", "i = 1 − f", colour.text]];
  const [columns, room] = wide ? [6, width] : [2, width];
  const [w, high] = [(room - 8 * (columns - 1)) / columns, 32];
  switches.forEach(([name, words, paint], k) => {
    const [x, y] = [(k % columns) * (w + 8), 28 + Math.floor(k / columns) * (high + 8)];
    const on = Boolean(values[name]);
    const said = `${words}${on ? "" : name === "coupled" ? ": no" : " off"}`;
    const label = name === "coupled" ? `${said}, coupled gates` : said; // it begins with what is seen
    kit.button({ key: name, label, pressed: on, act: () => kit.change({ [name]: on ? 0 : 1 }) }, () => {
      kit.rect(x, y, w, high, { rx: 8, fill: on ? paint : colour.ground, stroke: paint, "stroke-width": 1.5, "stroke-dasharray": on ? undefined : "4 3" });
      kit.text(x + w / 2, y + 21, said, { anchor: "middle", size: on && wide ? 13 : 12, weight: 600, fill: on ? colour.ground : paint });
    });
  });
  const strip = 28 + Math.ceil(switches.length / columns) * (high + 8) + 12;
  const bottom = drawStrip(kit, values, strip, wide ? width - 290 : width);
  const end = drawMeasured(kit, values, wide ? { x: width - 262, y: strip, width: 262 } : { x: 0, y: bottom + 18, width });
  kit.height(Math.max(bottom, end) + 6);
}

function drawStrip(kit, { i, f, o, c, h }, y, width) {
  const left = 26;
  const rows = { said: y + 10, c: y + 62, f: y + 116, i: y + 146, o: y + 176, h: y + 226 };
  const bottom = y + 262;
  const time = kit.time(left, bottom, width - left - 4, T, { name: "", every: 5 });
  for (const [key, row] of Object.entries(rows)) if (key !== "said") kit.maths(4, row + 5, key, { size: 16, fill: colour[key] });
  const r = Math.min(9, time.step / 2 - 0.5);
  xs.forEach(([value, write, show], t) => {
    const x = time.at(t + 1);
    if (!write && !show) return kit.text(x, rows.said + 4, "·", { anchor: "middle", fill: colour.muted });
    const name = `step ${t + 1}: ${write ? `write ${value > 0 ? "+1" : "−1"}` : "show it"}`;
    return kit.group({ name }, () => {
      kit.circle(x, rows.said, r, { fill: write ? colour.i : colour.o });
      kit.text(x, rows.said + 4.5, write ? (value > 0 ? "+" : "−") : "?", { anchor: "middle", size: 13, weight: 700, fill: colour.ground });
    });
  });
  c.forEach((value, t) => kit.memory(time.at(t + 1), t + 1 < T ? time.at(t + 2) : width, rows.c, value, { scale: 14, most: 60 }));
  for (const [key, shares] of Object.entries({ f, i, o })) {
    kit.line(left, rows[key] + 11, width - 4, rows[key] + 11);
    shares.forEach((value, t) => kit.rect(time.left(t + 1) + time.step * 0.2, rows[key] + 11 - value * 22, time.step * 0.6, value * 22, { fill: colour[key] }));
  }
  kit.line(left, rows.h, width - 4, rows.h);
  h.forEach((value, t) => {
    const size = clamp(value, -1.5, 1.5) * 20;
    kit.rect(time.left(t + 1) + time.step * 0.2, rows.h - Math.max(0, size), time.step * 0.6, Math.abs(size), { fill: colour.h });
    if (!xs[t][2]) return;
    const should = wanted[t] * 20;
    kit.rect(time.left(t + 1) + 1, rows.h - Math.max(0, should), time.step - 2, Math.abs(should), { fill: "none", stroke: colour.text, "stroke-width": 1.5, "stroke-dasharray": "3 2" });
  });
  return bottom + 20;
}

// What was measured of cells that were trained so: less is better.
function drawMeasured(kit, values, { x, y, width }) {
  const variant = variantOf(values);
  kit.text(x, y + 12, "Trained so: errors, less is better", { size: 14, weight: 650 });
  kit.text(x, y + 32, variant ?? "two changes at once: not measured", { size: 13, weight: 600, fill: variant ? colour.text : colour.muted });
  TASKS.forEach(([task, words], k) => {
    const top = y + 56 + k * 66;
    const all = measured[task];
    const most = Math.max(...Object.values(all).map(([, , high]) => high));
    const at = (value) => x + (value / most) * (width - 62);
    kit.text(x, top, words, { size: 13, fill: colour.muted });
    [[variant, colour.text], ["all parts", colour.muted]].forEach(([name, paint], row) => {
      const yy = top + 14 + row * 20;
      if (!name || (row && variant === "all parts")) return;
      const [middle, low, high] = all[name];
      kit.rect(x, yy - 5, at(middle) - x, 10, { rx: 2, fill: paint, "fill-opacity": row ? 0.35 : 0.8 });
      kit.line(at(low), yy, at(high), yy, { stroke: paint, "stroke-width": 2 });
      kit.text(x + width, yy + 4, sig3(middle), { anchor: "end", size: 13, weight: row ? undefined : 650, fill: paint });
    });
  });
  return y + 56 + 3 * 66 - 16;
}

const all = { has_i: 1, has_f: 1, has_o: 1, has_g: 1, has_c: 1, coupled: 0, p: 0 };
const told = ({ h }) => ASKED.map((t) => sig3(h[t])).join(" and ");

export default {
  title: "Parts of a cell, on and off",
  description:
    "Above, six switches for the parts of a trained cell. Below, time runs over 20 steps: what is said (write a bit, " +
    "or show it), the memory as a line, the shares of the forget, input and output gate as bars, and what is shown, " +
    "with dashed outlines of what should be. Beside it, bars with what was measured on three tasks where cells were " +
    "trained without the part.",
  inputs,
  presets: {
    forget: { title: "no forget gate", state: {} },
    all: { title: "all parts", state: all },
    coupled: { title: "coupled gates", state: { ...all, coupled: 1 } },
    open: { state: { ...all, has_i: 0, has_f: 0, has_o: 0 } },
    linear: { state: { ...all, has_g: 0, has_c: 0 } },
    peep: { state: { ...all, p: 1.5 } },
  },
  compute,
  draw,
  sentence,
  tasks: [
    {
      ask: "Put all parts on. What is shown where it is asked for?",
      state: all,
      answer: (values) => `${told(values)}, and ${ASKED.map((t) => sig3(wanted[t])).join(" and ")} is wanted.`,
    },
    {
      ask: "Take the input gate away, and nothing else.",
      state: { ...all, has_i: 0 },
      answer: ({ c, ...values }) => `All the noise is written: the memory ends at ${sig3(c.at(-1))} in the place of 1. It shows ${told(values)}: the sign is right, since tanh hides the rest.`,
    },
    {
      ask: "Couple the gates: $i = 1 - f$. Did this cell need two gates?",
      state: { ...all, coupled: 1 },
      answer: (values) => `It shows ${told(values)}. It writes where it forgets, and nowhere else, so here one gate can do both.`,
    },
    {
      ask: "Couple them off again, and let the peepholes have a weight of 1.5.",
      state: { ...all, p: 1.5 },
      answer: (values) => `The gates now move with the memory itself, and it shows ${told(values)}. The weight was not learned; the bars are of cells that learned theirs.`,
    },
  ],
};
