// The forget gate of one unit, from its inputs to the share of the memory that is kept.
//
// Exports: initial(given), results(state), sentence(state), picture(state, options) for node and
// pages alike; mount(el, state) for a page; the default export for anywidget. The state is JSON:
//   x, h_prev, w, u: two numbers each; b, c_prev: one; unit 1 or 2, step 1 to 3;
//   examples: the same numbers for each unit and step of the worked example.

import { compute, draw } from "./forget_gate_drawing.js";
import { colour, equals, mathsHtml, percent, share, short, sig3 } from "./kit.js";
import {
  element,
  figureBox,
  glide,
  group,
  liveSentence,
  localModel,
  onWidth,
  segmented,
  slider,
  uid,
} from "./page.js";

const NUMBERS = ["x", "h_prev", "w", "u", "b", "c_prev"];

// ---------------------------------------------------------------- the state

/** The results that go with a state: what a widget's Python side works out. */
export function results(state) {
  const { z, f, kept } = compute(state);
  return { z, f, kept };
}

/** A whole state: what is not given comes from the worked example, if that is there. */
export function initial(given = {}) {
  const { unit = 1, step = 1, examples = [] } = given;
  const blank = { x: [0, 0], h_prev: [0, 0], w: [0, 0], u: [0, 0], b: 0, c_prev: 0 };
  const numbers = exampleAt(examples, unit, step) ?? blank;
  const state = structuredClone({ ...numbers, ...given, unit, step, examples });
  return { ...state, ...results(state) };
}

function exampleAt(examples, unit, step) {
  return examples.find((example) => example.unit === unit && example.step === step);
}

// ---------------------------------------------------------------- the words

/** One sentence: what happens, in numbers. */
export function sentence(state) {
  const { z, f, kept } = compute(state);
  const numbers = `z = ${sig3(z)}, so f = σ(z) ${equals(share(f))}`;
  const part = percent(f).replace("> ", "more than ").replace("< ", "less than ");
  const memory = state.c_prev === 0 ? "of an empty memory" : `${sig3(kept)} of ${short(state.c_prev)}`;
  return `${numbers}: the unit keeps ${part} of its memory, ${memory}.`;
}

function heading(state) {
  const changed = !isExample(state);
  const where = `unit ${state.unit}, time step ${state.step} of the worked example`;
  return changed ? "The forget gate of one unit, with your numbers" : `The forget gate: ${where}`;
}

function description(state) {
  const { terms } = compute(state);
  const sums = terms.map((term) => `${term.name.replace(/_/g, "")} = ${sig3(term.value)}`);
  return `The contributions ${sums.join(", ")} add up to z. ${sentence(state)}`;
}

function named(state) {
  return { title: heading(state), description: description(state) };
}

function isExample(state) {
  const example = exampleAt(state.examples ?? [], state.unit, state.step);
  return example !== undefined && NUMBERS.every((key) => `${state[key]}` === `${example[key]}`);
}

/**
 * The figure as the text of one <svg>, with no DOM: `picture(state)`, or for a narrow column
 * `picture(state, { width: 343 })`.
 */
export function picture(state, { width = 720, id = `lstm-forget-gate-${width}` } = {}) {
  const whole = initial(state);
  return draw(whole, width, { id, ...named(whole) });
}

// ---------------------------------------------------------------- the live figure

const SLIDERS = [
  ["x", 0, "x_1", "first input", 2, colour.text],
  ["x", 1, "x_2", "second input, the reset button", 2, colour.text],
  ["h_prev", 0, "h_1", "previous hidden state of unit 1", 1, colour.h],
  ["h_prev", 1, "h_2", "previous hidden state of unit 2", 1, colour.h],
  ["w", 0, "w_1", "weight on the first input", 5, colour.f],
  ["w", 1, "w_2", "weight on the second input", 5, colour.f],
  ["u", 0, "u_1", "weight on the hidden state of unit 1", 5, colour.f],
  ["u", 1, "u_2", "weight on the hidden state of unit 2", 5, colour.f],
  ["b", null, "b", "bias", 5, colour.f],
  ["c_prev", null, "c", "previous cell state, the memory", 2, colour.c],
];

const FORMULA = mathsHtml("z = w_1 x_1 + w_2 x_2 + u_1 h_1 + u_2 h_2 + b");

function read(model) {
  return Object.fromEntries([...NUMBERS, "unit", "step", "examples"].map((key) => [key, model.get(key)]));
}

function flat(state) {
  return NUMBERS.flatMap((key) => state[key]);
}

function unflat(numbers, state) {
  const [x1, x2, h1, h2, w1, w2, u1, u2, b, c_prev] = numbers;
  return { ...state, x: [x1, x2], h_prev: [h1, h2], w: [w1, w2], u: [u1, u2], b, c_prev };
}

// Questions to answer before moving anything; each answer is worked out, never written down.
function tries(examples) {
  const first = exampleAt(examples, 1, 1);
  const last = exampleAt(examples, 1, 3);
  if (!first || !last) return [];
  const reset = { ...first, x: [first.x[0], 1] };
  const silent = { ...first, w: [0, 0], u: [0, 0] };
  return [
    [
      `Press the reset input: set ${mathsHtml("x_2")} to 1 with unit 1, <i>t</i> = 1. What does <i>f</i> become?`,
      `${sentence(reset)} One large negative weight, ${mathsHtml("w_2")} = ${short(first.w[1])}, is enough to let most of the memory go.`,
    ],
    [
      `Move <i>c</i>, the memory itself. Does <i>f</i> change?`,
      `No. The gate reads the input and the previous hidden state, never the memory that it guards. Only what is left of the memory changes.`,
    ],
    [
      `Can you make <i>f</i> exactly 0, or exactly 1?`,
      `No. σ comes as near as you like and never arrives: the valve is never quite shut and never quite open.`,
    ],
    [
      `Set all four weights to 0. What does the gate do now, and what does <i>b</i> decide?`,
      `With unit 1, <i>f</i> = σ(${short(first.b)}) ${equals(share(compute(silent).f))} whatever comes in: the bias alone sets what is kept by default. With <i>b</i> = 0 it is one half.`,
    ],
    [
      `Choose unit 1, <i>t</i> = 3. Which contribution empties the memory?`,
      `${mathsHtml("w_2 · x_2")} = ${sig3(last.w[1] * last.x[1])}. ${sentence(last)}`,
    ],
  ];
}

function render({ model, el }) {
  const id = uid("forget-gate");
  const change = (values) => {
    for (const [key, value] of Object.entries(values)) model.set(key, value);
    model.save_changes();
  };
  const sliders = SLIDERS.map(([key, k, name, says, limit, fill], n) => {
    const onInput = (value) => {
      const whole = k === null ? value : model.get(key).map((old, j) => (j === k ? value : old));
      change({ [key]: whole });
    };
    const made = slider({ id: `${id}-${n}`, name, says, min: -limit, max: limit, step: 0.05, fill, onInput });
    return { ...made, of: (state) => (k === null ? state[key] : state[key][k]) };
  });
  const load = (unit, step) => {
    const example = exampleAt(model.get("examples"), unit, step);
    if (example) change({ ...structuredClone(example), unit, step });
  };
  const units = segmented({
    id: `${id}-unit`,
    title: "Unit",
    options: [1, 2].map((value) => ({ value, html: `${value}` })),
    onChange: (unit) => load(unit, model.get("step")),
  });
  const steps = segmented({
    id: `${id}-step`,
    title: "Time step <i>t</i>",
    options: [1, 2, 3].map((value) => ({ value, html: `${value}` })),
    onChange: (step) => load(model.get("unit"), step),
  });
  const back = element("button", { type: "button" }, "Back to the worked example");
  back.addEventListener("click", () => load(model.get("unit"), model.get("step")));

  const drawing = element("div", { class: "lstm-drawing" });
  const said = liveSentence();
  const rows = sliders.map((made) => made.node);
  const note = (html) => element("p", { class: "lstm-note", html });
  const incoming = `input ${mathsHtml("x_t")} and previous hidden state ${mathsHtml("h_{t−1}")}`;
  const [ownRow, ownMemory] = [note(""), note("")];
  const learned = group("What the gate has learned", ownRow, ...rows.slice(4, 9), note(FORMULA));
  learned.classList.add("lstm-tall");
  const questions = tries(model.get("examples")).map(([question, answer]) =>
    element(
      "details",
      {},
      element("summary", { html: question }),
      element("p", { html: answer }),
    ),
  );
  el.replaceChildren(
    figureBox(
      "forget-gate",
      element("div", { class: "lstm-bar" }, units.node, steps.node, back),
      drawing,
      said.node,
      element(
        "div",
        { class: "lstm-controls lstm-controls-two" },
        group("What comes in", note(incoming), ...rows.slice(0, 4)),
        learned,
        group("What is stored", ownMemory, rows[9]),
      ),
      element("div", { class: "lstm-tries" }, element("p", {}, "Predict, then try"), ...questions),
    ),
  );

  let width = 0;
  let shown = flat(read(model));
  let stop = () => {};
  const paint = (state) => {
    shown = flat(state);
    if (width > 0) drawing.innerHTML = draw(state, width, { id, ...named(state) });
  };
  const follow = () => {
    stop();
    const state = read(model);
    for (const made of sliders) made.set(made.of(state));
    units.set(state.unit);
    steps.set(state.step);
    const [W, U, b] = ["W_f", "U_f", "b_f"].map(mathsHtml);
    ownRow.innerHTML = `row ${state.unit} of ${W} and of ${U}, and entry ${state.unit} of ${b}`;
    ownMemory.innerHTML = `previous cell state ${mathsHtml("c_{t−1}")} of unit ${state.unit}`;
    back.classList.toggle("lstm-wanted", !isExample(state));
    said.set(sentence(state));
    said.node.style.setProperty("--share", compute(state).f);
    const next = flat(state);
    // A hand on one slider is followed at once; a jump to other numbers is shown as a motion.
    const moved = next.filter((value, k) => value !== shown[k]).length;
    if (moved > 1) stop = glide(shown, next, (values) => paint(unflat(values, state)));
    else paint(state);
  };
  // Several numbers may change at once: they are followed once, when the last has been set.
  let asked = false;
  const later = () => {
    if (!asked) queueMicrotask(() => ((asked = false), follow()));
    asked = true;
  };
  const watched = [...NUMBERS, "unit", "step"].map((key) => `change:${key}`);
  for (const event of watched) model.on(event, later);
  const unwatch = onWidth(drawing, (now) => {
    width = now;
    follow();
  });
  follow();
  return () => {
    unwatch();
    stop();
    for (const event of watched) model.off(event, later);
  };
}

/**
 * Put the live figure into `el` on a page with no kernel, in the place of what is there.
 * Returns the model: `get`, `set`, `on`, `off`, `save_changes`; z, f and kept follow by themselves.
 */
export function mount(el, state) {
  const model = localModel(initial(state), results);
  render({ model, el });
  return model;
}

export default { render };
