// What a unit reads, in the figures of input gate and output gate: the example sentence, or the
// worked example; and the parts that these figures share. `stories.py` has the same in Python.

import { clamp, colour, dot, equals, range, sig3, signed, worked } from "./kit.js";
import sentence from "./sentence.json" with { type: "json" };

const NONE = sentence.words.map(() => 0);

function sentenceStory() {
  const memories = [];
  sentence.words.forEach((_, k) => memories.push(sentence.f[k] * (memories.at(-1) ?? 0) + sentence.written[k]));
  const rest = { i: NONE, g: NONE, o: NONE };
  return { ...sentence, named: true, inputs: ["says “not”", "praises"], c: memories, c0: 0, rest };
}

function unitStory(unit) {
  const { params, steps, c0 } = worked;
  const of = (name) => steps.map((step) => step[name][unit]);
  const rest = (letter) => steps.map(({ h_prev }) => dot(params[`U_${letter}`][unit], h_prev));
  return {
    words: steps.map((_, k) => `step ${k + 1}`),
    inputs: ["input", "reset input"],
    x: steps.map(({ x }) => x),
    f: of("f"),
    c: of("c"),
    c0: c0[unit],
    rest: { i: rest("i"), g: rest("g"), o: rest("o") },
  };
}

export const stories = [sentenceStory(), unitStory(0), unitStory(1)];

/** The sum of one layer, named by its letter, at each step: weights on x and bias from the state. */
export function sums(state, letter) {
  const { x, rest } = stories[state.story];
  const weights = [state[`w${letter}1`], state[`w${letter}2`]];
  return x.map((now, k) => dot(weights, now) + rest[letter][k] + state[`b${letter}`]);
}

/** The three inputs of one layer: its weights on the two inputs, and its bias. */
export function weights(letter, noun, [one, two, bias]) {
  const of = (name, symbol, label, start) => ({ name, symbol, label, min: -8, max: 8, step: 0.1, start, colour: letter });
  return [
    of(`w${letter}1`, "w_1", `weight of the ${noun} on the first input`, one),
    of(`w${letter}2`, "w_2", `weight of the ${noun} on the second input`, two),
    of(`b${letter}`, "b", `bias of the ${noun}`, bias),
  ];
}

/** The presets of the worked example: for unit and step, the weights of the layers named. */
export function examples(letters, more = {}) {
  const of = (unit, step) => {
    const state = { story: unit, step, ...more };
    for (const letter of letters) {
      [state[`w${letter}1`], state[`w${letter}2`]] = worked.params[`W_${letter}`][unit - 1];
      state[`b${letter}`] = worked.params[`b_${letter}`][unit - 1];
    }
    return [`unit-${unit}-step-${step}`, { title: `the worked example: unit ${unit}, step ${step}`, state }];
  };
  return Object.fromEntries([1, 2].flatMap((unit) => [1, 2, 3].map((step) => of(unit, step))));
}

/** Untitled presets that open each word of the sentence: for links. */
export const openings = Object.fromEntries(sentence.words.map((_, k) => [`word-${k + 1}`, { state: { step: k + 1 } }]));

/** "At “not”" or "At step 2". */
export function when({ story, step }) {
  const { words, named } = stories[story];
  return named ? `At “${words[step - 1]}”` : `At ${words[step - 1]}`;
}

/** "At good the …": the opened step's own name. */
export function opened({ story, step }) {
  const { words, named } = stories[story];
  return named ? `“${words[step - 1]}”, opened` : `Step ${step}, opened`;
}

/**
 * The words in a row, each of which can be pressed to open it. Returns `{ at, left, step, right }`
 * of the columns; the opened one is tinted down to `bottom`.
 */
export function columns(kit, { story, step }, y, bottom) {
  const { words, named } = stories[story];
  const left = kit.wide ? 118 : 0;
  const width = (kit.width - left - (kit.wide ? 18 : 10)) / words.length;
  const edge = (t) => left + (t - 1) * width;
  kit.rect(edge(step) + 1, y, width - 2, bottom - y, { rx: 6, fill: colour.text, "fill-opacity": 0.08 });
  words.forEach((word, k) => {
    const own = k + 1 === step;
    const label = named ? `open word ${k + 1}, “${word}”` : `open step ${k + 1}`;
    kit.button({ key: `open-${story}-${k}`, label, pressed: own, act: () => kit.change({ step: k + 1 }) }, () => {
      kit.rect(edge(k + 1), y, width, 38, { rx: 6, fill: colour.ground, "fill-opacity": 0 });
      // Where the columns are narrow, every other word stands lower.
      const low = !kit.wide && named && k % 2 === 1 ? 15 : 0;
      const size = kit.wide || !named ? 14 : 11.5;
      kit.text(edge(k + 1.5), y + (kit.wide || !named ? 24 : 15) + low, word, { anchor: "middle", size, weight: own ? 700 : 400 });
    });
  });
  return { left, at: (t) => edge(t + 0.5), edge, step: width, right: left + width * words.length };
}

/** A row of the strip: its name beside it, or above it where there is no room. Returns its middle. */
export function row(kit, y, height, symbol, words, fill) {
  const middle = y + (kit.wide ? 0 : 18) + height / 2;
  kit.maths(kit.wide ? 0 : 2, kit.wide ? middle - 1 : y + 13, symbol, { size: 16, weight: 600, fill });
  kit.text(kit.wide ? 0 : 48, kit.wide ? middle + 15 : y + 13, words, { size: 13, fill });
  return middle;
}

/** Bars up and down from a line, one for each step. `scale` pixels for 1. */
export function bars(kit, grid, middle, values, { fill, scale, step, most = Infinity }) {
  kit.line(grid.left, middle, grid.right, middle, { stroke: colour.muted });
  values.forEach((value, k) => {
    const size = clamp(Math.abs(value) * scale, 0, most);
    const [x, width] = [grid.edge(k + 1) + grid.step / 2 - Math.min(9, grid.step * 0.26), Math.min(18, grid.step * 0.52)];
    const look = value < 0 ? { fill: colour.ground, stroke: fill, "stroke-width": 1.5 } : { fill };
    if (size > 0.4) kit.rect(x, value < 0 ? middle : middle - size, width, size, { rx: 1.5, opacity: k + 1 === step ? 1 : 0.62, ...look });
  });
}

/**
 * One layer opened: its rows x · w, its sum, and the curve that squashes it. Returns where it ends.
 * `squash` is `{ of, name, up, ticks }`.
 */
export function layer(kit, values, { x, y, width, letter, title, result, squash, z }) {
  const { story, step } = values;
  const told = stories[story];
  const paint = colour[letter];
  kit.heading(x, y + 16, title, { fill: paint });
  const slider = width - 222;
  const term = (at, value) => kit.text(x + width, at, signed(value), { anchor: "end", size: 14, weight: 600 });
  ["w1", "w2", "b"].forEach((kind, k) => {
    const name = kind === "b" ? `b${letter}` : `w${letter}${k + 1}`;
    const middle = y + 46 + k * 42;
    kit.group({ lit: name, class: "lstm-row" }, () => kit.rect(x - 4, middle - 21, width + 8, 41, { rx: 6, fill: paint, "fill-opacity": 0.1 }));
    const now = kind === "b" ? undefined : told.x[step - 1][k];
    kit.text(x, middle - 6, kind === "b" ? "bias" : told.inputs[k], { size: 13, fill: colour.muted });
    if (now !== undefined) kit.maths(x, middle + 12, `x_${k + 1} = ${sig3(now) === "0" ? "0" : String(now).replace("-", "−")}`, { size: 14 });
    if (now !== undefined) kit.text(x + 83, middle + 5, "×", { anchor: "middle", size: 14, fill: colour.muted });
    kit.maths(x + 92, middle + 5, kind === "b" ? "b" : `w_${k + 1}`, { size: 15, fill: paint });
    kit.slider(name, x + 110, middle, slider, { fill: paint });
    kit.text(x + width - 72, middle + 5, kit.value(name), { anchor: "middle", size: 14, fill: paint, dx: -8 });
    term(middle + 5, kind === "b" ? values[name] : values[name] * now);
  });
  const rest = told.rest[letter][step - 1];
  const line = y + 46 + 3 * 42 - 8;
  const words = told.named ? "no hidden state here, to keep it small" : "from the hidden state";
  kit.text(x, line, words, { size: 13, fill: told.named ? colour.muted : colour.h });
  if (!told.named) term(line, rest);
  kit.maths(x, line + 28, `z ${equals(sig3(z))},  ${letter} = ${squash.name}(z) ${equals(result)}`, { size: kit.wide ? 17 : 14, weight: 600, fill: paint });
  const axes = kit.axes(x + 26, line + 46, width - 40, 84, { across: [-8, 8], up: squash.up, ticks: [[-8, -4, 0, 4, 8], squash.ticks] });
  kit.curve(axes, squash.of, { stroke: paint });
  kit.marker(axes, z, squash.of(z), { fill: paint });
  return line + 46 + 84 + 22;
}

/** The memory through the strip: at each step the forget valve, then the sign where is written. */
export function memoryLine(kit, grid, y, { c0, f, cs }, { scale, writes = true }) {
  const places = range(f.length, (k) => [grid.edge(k + 1) + grid.step * 0.27, grid.edge(k + 1) + grid.step * 0.68]);
  const r = kit.wide ? 7 : 4.5;
  const look = { scale, most: 34 };
  places.forEach(([valve, plus], k) => {
    const before = k === 0 ? c0 : cs[k];
    kit.memory(k === 0 ? grid.left - (kit.wide ? 12 : 0) : places[k - 1][1], valve, y, before, look);
    kit.memory(valve, plus, y, f[k] * before, look);
  });
  kit.memory(places.at(-1)[1], grid.right + 8, y, cs.at(-1), { ...look, arrow: true });
  places.forEach(([valve, plus], k) => {
    kit.valve(valve, y, f[k], { r });
    if (writes) kit.operation(plus, y, "+", { r, stroke: colour.c });
  });
}
