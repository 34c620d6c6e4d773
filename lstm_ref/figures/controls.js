// The HTML around a drawing: elements, sliders, choices, the sentence that is spoken.
//
// `document` is given, so that the built page holds the same elements as the live figure does.

import { given } from "./numbers.js";
import { colour, notation, spoken } from "./pencil.js";

/** A maker of elements: `make("p", { class: "note" }, "text", node)`. */
export function maker(document) {
  return function make(name, attributes = {}, ...children) {
    const node = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (value !== undefined && value !== false) node.setAttribute(key, value === true ? "" : value);
    }
    node.append(...children.flat());
    return node;
  };
}

/** Words with mathematics between dollar signs, as nodes: rich(make, "set $x_2$ to 1"). */
export function rich(make, words) {
  return words.split("$").flatMap((piece, k) => {
    if (k % 2 === 0) return piece === "" ? [] : [piece];
    return notation(piece).map(({ text, sub, variable }) => {
      const letter = variable ? make("i", {}, text) : text;
      return sub ? make("sub", {}, letter) : letter;
    });
  });
}

/** What a screen reader says for an input: its words, then its symbol. */
export function inputName({ label, symbol }) {
  return symbol ? `${label} ${spoken(symbol)}` : label;
}

/**
 * A slider of an input. `placed` is the native slider alone, to lie over the one that the drawing
 * shows; `row` has a visible label and number. `onInput(value)` is called for each movement.
 */
export function slider(make, input, id, onInput) {
  const { name, label, symbol, min, max, step, says = (value) => given(value, input) } = input;
  const paint = colour[input.colour] ?? colour.text;
  const origin = input.origin ?? Math.min(max, Math.max(min, 0));
  const part = (value) => (value - min) / (max - min);
  const node = make("input", {
    type: "range",
    id: `${id}-${name}`,
    min,
    max,
    step,
    "aria-label": inputName(input),
    style: `--fill: ${paint}; --origin: ${part(origin)}`,
  });
  const output = make("output", { for: `${id}-${name}`, "aria-live": "off" });
  const title = make("label", { for: `${id}-${name}` }, `${label} `, symbol ? rich(make, `$${symbol}$`) : "");
  const row = make("div", { class: "lstm-slider" }, title, output);
  node.addEventListener("input", () => onInput(Number(node.value)));
  // A state may hold a value between two steps or past an end: the number is exact, the thumb
  // stands as near as it can.
  const set = (value) => {
    node.value = value;
    node.setAttribute("aria-valuetext", says(value));
    node.style.setProperty("--at", Math.min(1, Math.max(0, part(value))));
    output.textContent = says(value);
  };
  return { node, row, set };
}

/** One choice of a few, as native radio buttons; the input's `options` are [value, words]. */
export function choice(make, { name, label, options }, id, onChange) {
  const radios = options.map(([value], k) => {
    const radio = make("input", { type: "radio", name: `${id}-${name}`, id: `${id}-${name}-${k}` });
    radio.addEventListener("change", () => onChange(value));
    return radio;
  });
  const labels = options.map(([, words], k) =>
    make("label", {}, radios[k], make("span", {}, rich(make, words))),
  );
  const legend = make("legend", {}, rich(make, label));
  const row = make("fieldset", { class: "lstm-choice" }, legend, make("div", {}, labels));
  const set = (value) => radios.forEach((radio, k) => (radio.checked = options[k][0] === value));
  return { row, set };
}

/** A list to start from: "Start from: [the first preset ▾]". */
export function presetList(make, presets, id, onChange) {
  const own = make("option", { value: "own", hidden: true }, "your own numbers");
  const options = [own, ...presets.map(([name, { title }]) => make("option", { value: name }, title))];
  const select = make("select", { id: `${id}-preset` }, options);
  select.addEventListener("change", () => onChange(select.value));
  const node = make("label", { class: "lstm-presets", for: `${id}-preset` }, "Start from ", select);
  return { node, set: (name) => (select.value = name ?? "own") };
}

/**
 * One sentence that says what happens. Eyes see it at once; it is spoken when the hand rests, so
 * that a moving slider does not flood a screen reader.
 */
export function sentenceBox(make, rest = 350) {
  const seen = make("p", { class: "lstm-sentence", "aria-hidden": "true" });
  const heard = make("p", { class: "lstm-unseen", "aria-live": "polite", "aria-atomic": "true" });
  let timer;
  const set = (text) => {
    if (seen.textContent === text) return;
    seen.textContent = text;
    clearTimeout(timer);
    if (heard.textContent === "") heard.textContent = text;
    else timer = setTimeout(() => (heard.textContent = text), rest);
  };
  return { node: make("div", { class: "lstm-said" }, seen, heard), set };
}

export function button(make, words, onClick, attributes = {}) {
  const node = make("button", { type: "button", ...attributes }, words);
  node.addEventListener("click", onClick);
  return node;
}
