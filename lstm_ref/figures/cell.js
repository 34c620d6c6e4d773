// The whole cell: the numbers on every wire, at each of three steps; the sequence is the reader's.

import { colour, range, sig3, worked } from "./kit.js";
import { takeStep } from "./step.js";
import { drawCell } from "./wires.js";

const T = worked.xs.length;
const { h0, c0 } = worked;
const UNITS = range(h0.length);

const inputs = [
  { name: "t", symbol: "t", label: "time step", min: 1, max: T, step: 1, start: 1, origin: 1, says: (t) => `step ${t}` },
  ...worked.xs.flatMap((x, k) =>
    x.map((start, j) => ({
      name: `x${j + 1}${k + 1}`,
      symbol: `x_${j + 1}`,
      label: `at step ${k + 1}, input`,
      min: -2,
      max: 2,
      step: 0.1,
      start,
    })),
  ),
];

/** The opened step in full, and c and h after each step. */
function compute(state) {
  const steps = [];
  for (const k of range(T)) {
    const before = steps.at(-1) ?? { h: h0, c: c0 };
    steps.push(takeStep([state[`x1${k + 1}`], state[`x2${k + 1}`]], before.h, before.c));
  }
  return { ...steps[state.t - 1], cs: steps.map(({ c }) => c), hs: steps.map(({ h }) => h) };
}

function sentence({ t, kept, written, c, h }) {
  const unit = (k) => `Unit ${k + 1} keeps ${sig3(kept[k])}, writes ${sig3(written[k])}, so holds ${sig3(c[k])}, and shows ${sig3(h[k])}.`;
  return `Step ${t}. ${UNITS.map(unit).join(" ")}`;
}

// ---------------------------------------------------------------- the drawing

function draw(kit, values) {
  const strip = drawSteps(kit, values);
  kit.heading(0, strip + 30, kit.wide ? `Step ${values.t}, the whole cell` : `Step ${values.t}`);
  kit.text(kit.width, strip + 30, kit.wide ? "in each box: unit 1 above, unit 2 below" : "unit 1 above, 2 below", { anchor: "end", size: 12.5, fill: colour.muted });
  const lit = `x1${values.t} x2${values.t}`;
  kit.height(drawCell(kit, values, strip + 48, { lit }));
}

// Above: the three steps, joined by the two lines that are handed on, and the inputs under the hand.
function drawSteps(kit, { t, cs, hs }) {
  kit.heading(0, 16, kit.wide ? "The sequence: three steps, one of them opened below" : "Three steps, one of them opened");
  const column = kit.width / T;
  const middle = (k) => (k + 0.5) * column;
  const [top, high, half] = [34, 54, Math.min(50, column / 2 - 18)];
  const [line, floor] = [top + 12, top + high - 12];
  kit.wire([[0, line], [kit.width, line]], { stroke: colour.c, width: 4 });
  kit.wire([[0, floor], [kit.width, floor]], { stroke: colour.h });
  range(T, (k) => {
    const open = k + 1 === t;
    kit.rect(middle(k) - half, top, 2 * half, high, { rx: 10, fill: open ? colour.text : colour.panel, "fill-opacity": open ? 0.14 : 1, stroke: open ? colour.text : colour.line, "stroke-width": open ? 2 : 1 });
    kit.text(middle(k), top + high / 2 + 5, `step ${k + 1}`, { anchor: "middle", size: 14, weight: open ? 700 : 500 });
    if (!kit.wide || k === T - 1) return;
    const next = middle(k) + column / 2;
    kit.text(next, line - 7, `c ${cs[k].map(sig3).join(", ")}`, { anchor: "middle", size: 12, fill: colour.c });
    kit.text(next, floor + 18, `h ${hs[k].map(sig3).join(", ")}`, { anchor: "middle", size: 12, fill: colour.h });
  });
  kit.slider("t", middle(0) - 10, top + high + 28, middle(T - 1) - middle(0) + 20);
  range(T, (k) => {
    for (const j of [1, 2]) {
      const name = `x${j}${k + 1}`;
      const y = top + high + 62 + (j - 1) * 48;
      kit.maths(middle(k), y, `x_${j} = ${kit.value(name)}`, { anchor: "middle", size: 13.5, weight: 600 });
      kit.slider(name, middle(k) - Math.min(70, column / 2 - 2), y + 18, Math.min(140, column - 4));
    }
  });
  return top + high + 62 + 48 + 34;
}

// ---------------------------------------------------------------- the spec

const same = (x) => Object.fromEntries(range(T).flatMap((k) => x.map((value, j) => [`x${j + 1}${k + 1}`, value])));

export default {
  title: "The whole cell, the numbers on every wire",
  description:
    "Above, three time steps, joined by the cell state c and the hidden state h; each has two inputs. " +
    "Below, one step opened. Hidden state and input come in along the bottom and fork to four layers: " +
    "forget gate, input gate, candidate and output gate. Along the top the cell state passes the " +
    "forget valve and the plus, where input gate times candidate is added; a copy goes through tanh " +
    "and the output valve and becomes the hidden state. On every wire stand two numbers, one for each unit.",
  inputs,
  presets: {
    worked: { title: "the worked example", state: {} },
    still: { title: "no input at all", state: same([0, 0]) },
    press: { title: "the reset pressed at every step", state: same([0, 1]) },
  },
  play: { input: "t", every: 2200 },
  compute,
  draw,
  sentence,
  tasks: [
    {
      ask: "At step 2, does unit 1 show more than at step 1? Does it hold more?",
      state: { t: 2 },
      answer: ({ c_prev, c, h_prev, h }) => `It shows more, ${sig3(h[0])} after ${sig3(h_prev[0])}, and holds less, ${sig3(c[0])} after ${sig3(c_prev[0])}: the output gate has opened.`,
    },
    {
      ask: "Change $x_1$ at step 3. Which numbers at step 1 change?",
      state: { x13: -1 },
      answer: "None. What is handed on goes to the right: a step reads what was before it, and nothing that comes after.",
    },
    {
      ask: "Change $x_1$ at step 1, and look at step 3. By which two wires can it have come there?",
      state: { x11: -1, t: 3 },
      answer: ({ c, h }) => `By c and by h alone: they are all that one step hands to the next. At step 3 now c = ${c.map(sig3).join(", ")} and h = ${h.map(sig3).join(", ")}.`,
    },
    {
      ask: "Set all inputs to 0 with “no input at all”. Does the cell stand still?",
      state: { ...same([0, 0]), t: 3 },
      answer: ({ c }) => `No: the biases and the hidden state still move it, to c = ${c.map(sig3).join(", ")} at step 3. An LSTM goes on where nothing comes in.`,
    },
  ],
};
