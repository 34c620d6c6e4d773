// The output gate of one unit: a memory that is there, and the moments at which it is shown, word
// by word; and one word opened up.

import { colour, equals, percentInWords, share, sig3, sigmoid } from "./kit.js";
import { bars, columns, examples, layer, opened, openings, row, stories, sums, weights, when } from "./reading.js";

const THICK = 20; // pixels of the memory line for a memory of 1

const inputs = [
  { name: "story", kind: "hidden", start: 0 },
  { name: "step", kind: "hidden", start: 5 },
  { name: "m", symbol: "m", label: "size of the memory", min: -3, max: 3, step: 0.1, start: 1.5, colour: "c" },
  ...weights("o", "output gate", [0, 8, -4]),
];

/** The memory, what tanh makes of it, the gate and what is shown, at each step. */
function compute(state) {
  const at = state.step - 1;
  const cs = stories[state.story].c.map((c) => state.m * c);
  const squashed = cs.map(Math.tanh);
  const zs = sums(state, "o");
  const os = zs.map(sigmoid);
  const hs = os.map((o, k) => o * squashed[k]);
  return { cs, squashed, os, hs, z: zs[at], o: os[at], c: cs[at], tanh_c: squashed[at], h: hs[at] };
}

function sentence(values) {
  const { c, tanh_c, o, h } = values;
  const what = `${when(values)} the memory is ${sig3(c)}, and tanh makes ${sig3(tanh_c)} of it`;
  return `${what}. The output gate shows ${percentInWords(o)} of that: h = ${sig3(h)}. The memory itself is not changed.`;
}

// ---------------------------------------------------------------- the drawing

function draw(kit, values) {
  const strip = drawStrip(kit, values);
  const halves = drawHalves(kit, values, strip + 30);
  kit.height(drawWayOut(kit, values, halves + 10));
}

// Above: the memory, the gate, and what is shown.
function drawStrip(kit, values) {
  const { wide } = kit;
  const told = stories[values.story];
  kit.heading(0, 16, told.named ? "One unit reads, word by word" : `Unit ${values.story} of the worked example`);
  if (wide) kit.text(kit.width, 16, told.named ? "press a word to open it" : "press a step to open it", { anchor: "end", size: 14, fill: colour.muted });
  const heights = wide ? [62, 40, 62] : [58, 36, 60];
  const starts = heights.map((_, k) => 70 + heights.slice(0, k).reduce((sum, h) => sum + h + (wide ? 8 : 22), 0));
  const end = starts[2] + heights[2] + (wide ? 0 : 18);
  const grid = columns(kit, values, 28, end);
  const { step } = values;
  const line = row(kit, starts[0], heights[0], "c", "the memory", colour.c);
  values.cs.forEach((c, k) => {
    kit.memory(grid.edge(k + 1), grid.edge(k + 2), line, c, { scale: THICK, most: heights[0] - 4 });
  });
  const much = row(kit, starts[1], heights[1], "o", "how much", colour.o);
  const foot = much + heights[1] / 2 - 2;
  kit.line(grid.left, foot - 32, grid.right, foot - 32, { "stroke-dasharray": "2 4" });
  bars(kit, grid, foot, values.os, { fill: colour.o, scale: 32, step });
  const shown = row(kit, starts[2], heights[2], "h", "is shown", colour.h);
  bars(kit, grid, shown, values.hs, { fill: colour.h, scale: 28, step });
  return end;
}

// The gate, and beside it what tanh makes of the memory.
function drawHalves(kit, values, y) {
  const { wide, width } = kit;
  const { c, tanh_c, o, z } = values;
  kit.heading(0, y + 16, opened(values), { size: 17 });
  const each = wide ? width / 2 - 22 : width - 4;
  const sigma = { of: sigmoid, name: "σ", up: [0, 1], ticks: [0, 0.5, 1] };
  const ended = layer(kit, values, { x: 0, y: y + 30, width: each, letter: "o", title: "How much: the output gate", result: share(o), squash: sigma, z });
  const [x, top] = wide ? [width / 2 + 18, y + 30] : [0, ended + 14];
  kit.heading(x, top + 16, "Of what: the memory, squashed", { fill: colour.c });
  kit.group({ lit: "m", class: "lstm-row" }, () => kit.rect(x - 4, top + 25, each + 8, 41, { rx: 6, fill: colour.c, "fill-opacity": 0.1 }));
  kit.text(x, top + 51, "its size, m", { size: 14, fill: colour.c });
  kit.slider("m", x + 78, top + 46, each - 124, { fill: colour.c });
  kit.text(x + each, top + 51, kit.value("m"), { anchor: "end", size: 14, fill: colour.c });
  kit.text(x, top + 88, "makes all memories larger or smaller", { size: 13, fill: colour.muted });
  const line = top + (wide ? 46 + 3 * 42 - 8 : 96);
  kit.maths(x, line + 28, `c ${equals(sig3(c))},  tanh(c) ${equals(sig3(tanh_c))}`, { size: wide ? 17 : 14, weight: 600, fill: colour.c });
  const axes = kit.axes(x + 26, line + 46, each - 40, 84, { across: [-5, 5], up: [-1, 1], ticks: [[-4, -2, 0, 2, 4], [-1, 0, 1]] });
  kit.curve(axes, Math.tanh, { stroke: colour.c });
  kit.marker(axes, c, tanh_c, { fill: colour.c });
  return line + 46 + 84 + 22;
}

// Below: the memory goes on as it is; a copy is squashed, and shown as far as the gate lets it.
function drawWayOut(kit, { c, tanh_c, o, h }, y) {
  const { wide, width } = kit;
  const all = inputs.map(({ name }) => name).join(" ");
  const line = y + 52;
  const out = wide ? width * 0.56 : width * 0.55;
  const [squash, valve, floor] = [line + 62, line + 128, line + 196];
  const gate = out - 118;
  const tag = { size: 14, weight: 600 };
  const thick = (value) => 1.5 + 7 * Math.abs(value);
  kit.group({ lit: all }, () => kit.memory(0, width, line, c, { scale: THICK, most: 44, arrow: true }));
  kit.text(0, line - 32, `the memory, c = ${sig3(c)}`, { ...tag, fill: colour.c });
  kit.text(width, line - 32, "goes on as it is", { anchor: "end", size: 13, fill: colour.c });
  kit.wire([[out, line], [out, squash - 21]], { stroke: colour.c, width: 2.5, arrow: false });
  kit.wire([[out, squash + 20], [out, valve - 17]], { stroke: colour.c, width: thick(tanh_c) });
  kit.wire([[gate, squash + 20], [gate, valve], [out - 17, valve]], { stroke: colour.o, width: 2.5 });
  kit.wire([[out, valve + 16], [out, floor], [width, floor]], { stroke: colour.h, width: thick(h) });
  kit.fork(out, line, colour.c);
  kit.operation(out, squash, "tanh", { r: 20, stroke: colour.c });
  kit.layer(gate, squash, "σ", { stroke: colour.o, lit: "wo1 wo2 bo" });
  kit.valve(out, valve, o, { r: 16, stroke: colour.o });
  kit.text(out + 26, squash + 5, sig3(tanh_c), { ...tag, halo: true, fill: colour.c });
  kit.maths(gate + 14, valve - 10, `o ${equals(share(o))}`, { ...tag, fill: colour.o });
  kit.maths(width, floor - 14, `h ${equals(sig3(h))}`, { anchor: "end", size: 16, weight: 600, fill: colour.h });
  kit.text(0, floor + 5, wide ? "what the rest of the network sees" : "what others see", { size: 14, fill: colour.h });
  return floor + 22;
}

export default {
  title: "Hidden, then shown: one unit and its output gate",
  description:
    "Above, one unit reads a sequence; below each step stand the memory c, a line as thick as the memory " +
    "is large, the output gate o, a share, and what is shown, h, a bar with a sign. Below, one step is " +
    "opened: the gate weighs the inputs and squashes the sum by sigma; beside it, tanh squashes the " +
    "memory. At the bottom the memory goes on unchanged, and a copy of it passes tanh and the valve and " +
    "becomes h.",
  inputs,
  presets: { sentence: { title: "the sentence", state: {} }, ...examples(["o"], { m: 1 }), ...openings },
  compute,
  draw,
  sentence,
  tasks: [
    {
      ask: "At “great” the gate is open. Why is nothing shown?",
      state: { step: 10 },
      answer: ({ o, c }) => `The gate is open, o ${equals(share(o))}, but the memory was dropped at the full stop: ${sig3(c)} is left. An open gate shows what is there.`,
    },
    {
      ask: "Make the memory twice as large, $m$ = 3. Is twice as much shown at “good”?",
      state: { m: 3 },
      answer: ({ c, h }) => `No: the memory is ${sig3(c)}, and h is only ${sig3(h)}. tanh squashes any memory to less than 1.`,
    },
    {
      ask: "Shut the gate everywhere: both weights 0, $b$ = −8. What is left of the memory?",
      state: { wo1: 0, wo2: 0, bo: -8 },
      answer: ({ c, h }) => `All of it: c = ${sig3(c)}, though h is ${sig3(h)}. Hiding is not forgetting.`,
    },
  ],
};
