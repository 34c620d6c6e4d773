// Input gate and candidate of one unit: what could be written, how much of it is, and the memory
// that comes of it, word by word; and one word opened up.

import { clamp, colour, equals, percentInWords, share, sig3, sigmoid, signed } from "./kit.js";
import { bars, columns, examples, layer, memoryLine, opened, openings, row, stories, sums, weights, when } from "./reading.js";

const THICK = 20; // pixels of the memory line for a memory of 1

const inputs = [
  { name: "story", kind: "hidden", start: 0 },
  { name: "step", kind: "hidden", start: 4 },
  ...weights("g", "candidate", [1.5, -1.2, 0.3]),
  ...weights("i", "input gate", [8, 0, -4]),
];

/** The candidate, the gate, what is written, and the memory before the first and after each step. */
function compute(state) {
  const { f, c0 } = stories[state.story];
  const at = state.step - 1;
  const [zgs, zis] = [sums(state, "g"), sums(state, "i")];
  const [gs, shares] = [zgs.map(Math.tanh), zis.map(sigmoid)];
  const written = gs.map((g, k) => shares[k] * g);
  const cs = written.reduce((before, more, k) => [...before, f[k] * before.at(-1) + more], [c0]);
  return { gs, shares, written, cs, zg: zgs[at], zi: zis[at], g: gs[at], i: shares[at], f: f[at], c_prev: cs[at], c: cs[at + 1] };
}

function sentence(values) {
  const { g, i, c, c_prev } = values;
  return (
    `${when(values)} the candidate is g = ${sig3(g)}, and the input gate lets ${percentInWords(i)} of it in: ` +
    `i · g = ${sig3(i * g)} is written. The memory goes from ${sig3(c_prev)} to ${sig3(c)}.`
  );
}

// ---------------------------------------------------------------- the drawing

function draw(kit, values) {
  const strip = drawStrip(kit, values);
  const layers = drawLayers(kit, values, strip + 30);
  kit.height(drawMeeting(kit, values, layers + 6));
}

// Above: what, how much, what is written, and the memory.
function drawStrip(kit, values) {
  const { wide } = kit;
  const told = stories[values.story];
  kit.heading(0, 16, told.named ? "One unit reads, word by word" : `Unit ${values.story} of the worked example`);
  if (wide) kit.text(kit.width, 16, told.named ? "press a word to open it" : "press a step to open it", { anchor: "end", size: 14, fill: colour.muted });
  const heights = wide ? [48, 40, 48, 64] : [46, 36, 46, 60];
  const starts = heights.map((_, k) => 70 + heights.slice(0, k).reduce((sum, h) => sum + h + (wide ? 8 : 22), 0));
  const end = starts[3] + heights[3] + (wide ? 0 : 18);
  const grid = columns(kit, values, 28, end);
  const { step } = values;
  const what = row(kit, starts[0], heights[0], "g", "what could be", colour.g);
  bars(kit, grid, what, values.gs, { fill: colour.g, scale: 22, step });
  const much = row(kit, starts[1], heights[1], "i", "how much", colour.i);
  const foot = much + heights[1] / 2 - 2;
  kit.line(grid.left, foot - 32, grid.right, foot - 32, { "stroke-dasharray": "2 4" });
  bars(kit, grid, foot, values.shares, { fill: colour.i, scale: 32, step });
  const write = row(kit, starts[2], heights[2], "i · g", wide ? "is written" : "what is written", colour.text);
  bars(kit, grid, write, values.written, { fill: colour.text, scale: 22, step });
  const line = row(kit, starts[3], heights[3], "c", "the memory", colour.c);
  memoryLine(kit, grid, line, { ...told, cs: values.cs }, { scale: THICK });
  return end;
}

// The two layers, side by side or one below the other.
function drawLayers(kit, values, y) {
  const { wide, width } = kit;
  kit.heading(0, y + 16, opened(values), { size: 17 });
  const each = wide ? width / 2 - 22 : width - 4;
  const tanh = { of: Math.tanh, name: "tanh", up: [-1, 1], ticks: [-1, 0, 1] };
  const sigma = { of: sigmoid, name: "σ", up: [0, 1], ticks: [0, 0.5, 1] };
  const one = { x: 0, y: y + 30, width: each, letter: "g", title: "What: the candidate", result: sig3(values.g), squash: tanh, z: values.zg };
  const ended = layer(kit, values, one);
  const [x, top] = wide ? [width / 2 + 18, y + 30] : [0, ended + 14];
  return layer(kit, values, { x, y: top, width: each, letter: "i", title: "Times how much: the input gate", result: share(values.i), squash: sigma, z: values.zi });
}

// Below: both meet at a valve, and what comes through is added to what was kept.
function drawMeeting(kit, { g, i, f, c_prev, c, ...values }, y) {
  const { wide, width } = kit;
  const all = inputs.map(({ name }) => name).join(" ");
  const line = y + 74;
  const [forget, plus] = wide ? [width * 0.3, width * 0.62] : [width * 0.15, width * 0.53];
  const [valve, box] = [line + 74, line + 150];
  const tag = { size: 14, weight: 600 };
  const look = { scale: THICK, most: 40 };
  kit.group({ lit: all }, () => {
    kit.memory(0, forget, line, c_prev, look);
    kit.memory(forget, plus, line, f * c_prev, look);
    kit.memory(plus, width, line, c, { ...look, arrow: true });
  });
  kit.text(0, line - 50, "before", { size: 13, fill: colour.c });
  kit.text(0, line - 32, sig3(c_prev), { ...tag, fill: colour.c });
  kit.text((forget + plus) / 2, line - 50, "kept", { anchor: "middle", size: 13, fill: colour.c });
  kit.text((forget + plus) / 2, line - 32, sig3(f * c_prev), { ...tag, anchor: "middle", fill: colour.c });
  kit.text(width, line - 50, "new memory", { anchor: "end", size: 13, fill: colour.c });
  kit.text(width, line - 32, sig3(c), { ...tag, anchor: "end", fill: colour.c });
  kit.valve(forget, line, f, { r: 14 });
  kit.maths(forget, line + 34, `f ${equals(share(f))}`, { ...tag, anchor: "middle", fill: colour.f });
  // As wide as what goes through it.
  const thick = (value) => 1.5 + 7 * clamp(Math.abs(value), 0, 1);
  kit.wire([[plus, box - 20], [plus, valve + 15]], { stroke: colour.g, width: thick(g) });
  kit.wire([[plus, valve - 15], [plus, line + 16]], { stroke: colour.c, width: thick(i * g) });
  kit.wire([[plus - 104, box - 20], [plus - 104, valve], [plus - 16, valve]], { stroke: colour.i, width: 2.5 });
  kit.layer(plus, box, "tanh", { stroke: colour.g, lit: "wg1 wg2 bg" });
  kit.layer(plus - 104, box, "σ", { stroke: colour.i, lit: "wi1 wi2 bi" });
  kit.valve(plus, valve, i, { r: 15, stroke: colour.i });
  kit.operation(plus, line, "+", { r: 15, stroke: colour.c });
  kit.text(plus + (wide ? 22 : 15), line + 46, `i · g = ${signed(i * g)}`, { ...tag, size: wide ? 14 : 12.5, halo: true });
  kit.maths(plus - 96, valve - 10, `i ${equals(share(i))}`, { ...tag, fill: colour.i });
  kit.maths(plus + 14, box - 30, `g ${equals(sig3(g))}`, { ...tag, fill: colour.g });
  return box + 26;
}

export default {
  title: "What, times how much: one unit writes its memory",
  description:
    "Above, one unit reads a sequence; below each step stand the candidate g, a bar with a sign, the " +
    "input gate i, a share, what is written, i times g, and the memory, a line through a forget valve " +
    "and a plus sign. Below, one step is opened: two layers side by side weigh the same inputs, the " +
    "candidate by tanh and the input gate by sigma. Both meet at a valve, and what comes through is " +
    "added to the memory.",
  inputs,
  presets: { sentence: { title: "the sentence", state: {} }, ...examples(["g", "i"]), ...openings },
  compute,
  draw,
  sentence,
  tasks: [
    {
      ask: "Turn the sign of what is written at “not”, with the candidate alone. Does the gate change?",
      state: { wg1: -2 },
      answer: ({ g, i }) => `With $w_1$ = −2 the candidate is ${sig3(g)}, and the gate is still ${share(i)}. What is written has its sign from the candidate, always.`,
    },
    {
      ask: "Open the gate at every word: set its bias to 4 and its weights to 0. What is the memory at “great”?",
      state: { step: 10, wi1: 0, wi2: 0, bi: 4 },
      answer: ({ c_prev, c }) => `Every word writes something, and the note on “not” is one among many: the memory goes from ${sig3(c_prev)} to ${sig3(c)} at “great”.`,
    },
    {
      ask: "Set the candidate's three numbers to 0. What can the open gate write at “not”?",
      state: { wg1: 0, wg2: 0, bg: 0 },
      answer: ({ i }) => `Nothing. The gate is open, i ${equals(share(i))}, and there is nothing to let in: what is written is a product.`,
    },
  ],
};
