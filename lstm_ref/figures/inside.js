// A small LSTM that has learnt to guess the next sign of a text: one unit's memory and gates, sign
// by sign. Weights come from inside.json: they were trained by experiments/inside.py, and rounded.

import net from "./inside.json" with { type: "json" };
import { clamp, colour, dot, range, sig3, sigmoid } from "./kit.js";

const { W, U, b, signs, corr } = net;
const H = U[0].length;
const WIDTH = 12; // signs in a row of the drawing
const ROWS = 3;
const MOST = WIDTH * ROWS;
const GATES = ["f", "i", "o"];
const PROPERTIES = ["an open quotation", "the open brackets", "the place in the line"];
const NAMES = { '"': "quotation mark", "(": "opening bracket", ")": "closing bracket", "\n": "end of line" };

const codes = (text) => [...text].map((sign) => signs.indexOf(sign));
const SAMPLE = codes(net.texts[0]);

const inputs = [
  { name: "unit", label: "unit", min: 1, max: H, step: 1, start: net.start, origin: 1 },
  { name: "text", kind: "hidden", start: SAMPLE },
];

function compute({ unit, text }) {
  const rows = (gate) => range(H, (k) => gate * H + k);
  const made = { f: [], i: [], o: [], g: [], c: [] };
  let [h, c] = [range(H, () => 0), range(H, () => 0)];
  for (const sign of text) {
    const z = b.map((bias, k) => W[k][sign] + dot(U[k], h) + bias);
    const [i, f, g, o] = range(4, (gate) => rows(gate).map((k) => (gate === 2 ? Math.tanh(z[k]) : sigmoid(z[k]))));
    c = c.map((before, k) => f[k] * before + i[k] * g[k]);
    h = c.map((memory, k) => o[k] * Math.tanh(memory));
    for (const [letter, values] of Object.entries({ f, i, o, g, c })) made[letter].push(values[unit - 1]);
  }
  return { ...made, r: corr[unit - 1] };
}

const glyph = (sign) => (signs[sign] === "\n" ? "↵" : signs[sign]);

function sentence({ unit, text, c, r }) {
  const most = r.reduce((best, value, k) => (Math.abs(value) > Math.abs(r[best]) ? k : best), 0);
  const goes = `Over many texts, unit ${unit} goes most with ${PROPERTIES[most]}: r = ${sig3(r[most])}.`;
  if (text.length === 0) return `${goes} The sheet is empty: type something.`;
  return `${goes} After the last of these ${text.length} signs, its memory is ${sig3(c.at(-1))}.`;
}

function draw(kit, values) {
  const { width, wide } = kit;
  const { unit, text, c } = values;
  kit.heading(0, 16, wide ? `Unit ${unit}, sign by sign` : `Unit ${unit}`);
  kit.text(width, 16, "tint: memory c; bars: f, i, o", { anchor: "end", size: 12.5, fill: colour.muted });
  const left = 22;
  const cell = (width - left) / WIDTH;
  const high = 92;
  range(ROWS, (row) => {
    const y = 30 + row * high;
    GATES.forEach((gate, k) => kit.text(0, y + 50 + k * 12, gate, { size: 12, weight: 600, fill: colour[gate] }));
    range(WIDTH, (column) => {
      const t = row * WIDTH + column;
      const x = left + column * cell;
      const there = t < text.length;
      kit.group({ name: there ? say(values, t) : undefined }, () => {
        const strength = there ? clamp(Math.abs(c[t]), 0, 1) : 0;
        const look =
          there && c[t] >= 0
            ? { fill: colour.c, "fill-opacity": 0.04 + 0.7 * strength, stroke: colour.line }
            : { fill: colour.ground, stroke: there ? colour.c : colour.line, "stroke-width": there ? 1 + 4 * strength : 1, "stroke-dasharray": there ? undefined : "2 4" };
        kit.rect(x + 3, y + 2, cell - 6, 34, { rx: 5, ...look });
        kit.text(x + cell / 2, y + 25, there ? glyph(text[t]) : "", { anchor: "middle", size: 17, weight: 600, "font-family": "monospace" });
        GATES.forEach((gate, k) => {
          const top = y + 43 + k * 12;
          kit.rect(x + 3, top, cell - 6, 8, { rx: 2, fill: colour[gate], "fill-opacity": 0.14 });
          kit.rect(x + 3, top, there ? (cell - 6) * values[gate][t] : 0, 8, { rx: 2, fill: colour[gate] });
        });
      });
    });
  });
  keyboard(kit, values, 30 + ROWS * high + 4);
  kit.height(30 + ROWS * high + 52);
}

function say({ text, c, f, i, o }, t) {
  const sign = signs[text[t]];
  return `${NAMES[sign] ?? sign}: memory ${sig3(c[t])}, f ${sig3(f[t])}, i ${sig3(i[t])}, o ${sig3(o[t])}`;
}

// One key for each sign, one that takes the last sign away, and one that takes all.
function keyboard(kit, { text }, y) {
  const keys = [...range(signs.length), "back", "all"];
  const wide = Math.min(56, kit.width / keys.length);
  keys.forEach((sign, k) => {
    const typed = typeof sign === "number";
    const next = typed ? [...text, sign].slice(0, MOST) : sign === "back" ? text.slice(0, -1) : [];
    const label = typed ? `Type ${NAMES[signs[sign]] ?? signs[sign]}` : sign === "back" ? "Take the last sign away" : "Empty the sheet";
    kit.button({ key: `key-${k}`, label, act: () => kit.change({ text: next }) }, () => {
      kit.rect(k * wide + 2, y, wide - 4, 36, { rx: 6, fill: colour.ground, stroke: colour.muted, "stroke-width": 1.5, class: "lstm-box" });
      const shown = typed ? glyph(sign) : sign === "back" ? "⌫" : "✕";
      kit.text((k + 0.5) * wide, y + 24, shown, { anchor: "middle", size: 16, weight: 600, "font-family": "monospace" });
    });
  });
}

export default {
  title: "One unit of a trained LSTM, sign by sign",
  description:
    "A text of up to 36 signs, twelve in a row. Each sign stands in a box that is filled where the " +
    "unit's memory is positive, the stronger the larger, and has a thick edge where it is negative. " +
    "Below each sign three bars show how far forget gate, input gate and output gate are open. Below the text " +
    "are keys to type with.",
  inputs,
  presets: Object.fromEntries(
    net.texts.map((text, k) => [["mixed", "quotation", "brackets", "letters"][k], { title: net.titles[k], state: { text: codes(text) } }]),
  ),
  compute,
  draw,
  sentence,
  tasks: [
    {
      ask: "Find the unit that goes with an open quotation. What do its gates do at the second mark?",
      state: { unit: net.units[0], text: codes(net.texts[1]) },
      answer: ({ unit, r }) => `Unit ${unit}, with r = ${sig3(r[0])}: it changes at the first mark, holds, and changes back at the second.`,
    },
    {
      ask: "Which unit counts brackets?",
      state: { unit: net.units[1], text: codes(net.texts[2]) },
      answer: ({ unit, r }) => `Unit ${unit} goes with their number, r = ${sig3(r[1])}: it takes a step at each bracket, one way or the other.`,
    },
    {
      ask: "Which unit knows how far the line has gone? Type letters alone, and watch what happens after the end of a line.",
      state: { unit: net.units[2], text: codes(net.texts[3]) },
      answer: ({ unit, r }) => `Unit ${unit}: r = ${sig3(r[2])} with the place. The end of the line sets it back.`,
    },
  ],
};
