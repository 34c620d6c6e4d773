// What a live figure needs of a page: a model, controls, a sentence that is spoken. No dependency.

import { PALETTE, clamp, mathsHtml, sig3 } from "./kit.js";
import styles from "./page.css" with { type: "text" };

// ---------------------------------------------------------------- a model without a notebook

/**
 * What `render` needs of a widget's model, for a page with no kernel. `derive(state)` gives the
 * results that are worked out anew after each change; in a notebook Python does that.
 */
export function localModel(state, derive = () => ({})) {
  const values = structuredClone(state);
  const listeners = new Map();
  const tell = (name, ...given) => [...(listeners.get(name) ?? [])].forEach((f) => f(...given));
  const put = (key, value) => {
    if (JSON.stringify(values[key]) === JSON.stringify(value)) return;
    values[key] = value;
    tell(`change:${key}`, model, value);
    tell("change", model);
  };
  const model = {
    get: (key) => values[key],
    set(key, value) {
      const changes = typeof key === "string" ? { [key]: value } : key;
      for (const [name, changed] of Object.entries(changes)) put(name, changed);
      for (const [name, result] of Object.entries(derive(values))) put(name, result);
    },
    save_changes() {},
    on(names, listener) {
      for (const name of names.split(" ")) {
        listeners.set(name, [...(listeners.get(name) ?? []), listener]);
      }
    },
    off(names, listener) {
      for (const name of names.split(" ")) {
        const kept = (listeners.get(name) ?? []).filter((f) => listener && f !== listener);
        listeners.set(name, kept);
      }
    },
  };
  model.set({});
  return model;
}

// ---------------------------------------------------------------- on a page

/** A DOM element; `html` is its inside as text, other keys are attributes. */
export function element(name, { html, ...attributes } = {}, ...children) {
  const node = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (value !== undefined && value !== false) node.setAttribute(key, value === true ? "" : value);
  }
  if (html !== undefined) node.innerHTML = html;
  node.append(...children);
  return node;
}

/** An id that no other figure on the page has. */
export function uid(name) {
  return `lstm-${name}-${Math.random().toString(36).slice(2, 8)}`;
}

/** The box of a figure, with the kit's style sheet and, in a dark notebook, dark colours. */
export function figureBox(name, ...children) {
  const dark = Object.entries(PALETTE).map(([key, value]) => `--lstm-${key}: ${value.dark};`);
  // JupyterLab, VS Code and Colab, in this order; a page of the book sets the tokens itself.
  const notebooks = '[data-jp-theme-light="false"], .vscode-dark, html[theme="dark"]';
  const sheet = `${styles}\n@media not print { :is(${notebooks}) .lstm-figure { ${dark.join(" ")} } }`;
  const style = element("style");
  style.textContent = sheet;
  return element("div", { class: `lstm-figure lstm-figure-${name}` }, style, ...children);
}

/** A titled group of controls. `note`, a node, is a line of explanation under the title. */
export function group(title, note, ...children) {
  const legend = element("legend", {}, title);
  return element("fieldset", { class: "lstm-group" }, legend, note, ...children);
}

/**
 * A native range input with its name and its value. `set` may give a value between two steps,
 * or past an end: the number shown is exact, and the thumb stands as near as it can.
 */
export function slider({ id, name, says, min, max, step, fill, onInput }) {
  const input = element("input", { type: "range", id, min, max, step });
  input.style.setProperty("--fill", fill);
  const output = element("output", { for: id, "aria-live": "off" });
  const title = element("label", { for: id, html: mathsHtml(name) });
  title.append(element("span", { class: "lstm-unseen" }, ` ${says}`));
  const show = (value) => {
    output.textContent = sig3(value);
    input.style.setProperty("--at", clamp((value - min) / (max - min), 0, 1));
    // The step that the thumb stands on is not always the value: then say the value.
    if (Math.abs(Number(input.value) - value) < 1e-9) input.removeAttribute("aria-valuetext");
    else input.setAttribute("aria-valuetext", value.toPrecision(3));
  };
  input.addEventListener("input", () => {
    show(Number(input.value));
    onInput(Number(input.value));
  });
  const set = (value) => {
    input.value = value;
    show(value);
  };
  return { node: element("div", { class: "lstm-slider" }, title, input, output), input, set };
}

/** One choice of a few, as native radio buttons. `options` are `{ value, html, says }`. */
export function segmented({ id, title, options, onChange }) {
  const inputs = options.map(({ value }) => {
    const input = element("input", { type: "radio", name: id, id: `${id}-${value}`, value });
    input.addEventListener("change", () => onChange(value));
    return input;
  });
  const labels = options.map(({ html, says }, k) => {
    const title = element("span", { html });
    if (says) title.prepend(element("span", { class: "lstm-unseen" }, `${says} `));
    return element("label", {}, inputs[k], title);
  });
  const row = element("div", { class: "lstm-choices" }, ...labels);
  const node = element("fieldset", { class: "lstm-segmented" });
  node.append(element("legend", {}, element("span", { html: title })), row);
  const set = (value) => inputs.forEach((input, k) => (input.checked = options[k].value === value));
  return { node, set };
}

/**
 * One sentence that says what happens. Eyes see it at once; it is spoken when the hand rests,
 * so that a moving slider does not flood a screen reader.
 */
export function liveSentence(rest = 350) {
  const seen = element("p", { class: "lstm-sentence", "aria-hidden": "true" });
  const spoken = element("p", { class: "lstm-unseen", "aria-live": "polite", "aria-atomic": "true" });
  let timer;
  const set = (text) => {
    if (seen.textContent === text) return;
    seen.textContent = text;
    clearTimeout(timer);
    if (spoken.textContent === "") spoken.textContent = text;
    else timer = setTimeout(() => (spoken.textContent = text), rest);
  };
  return { node: element("div", { class: "lstm-said" }, seen, spoken), seen, spoken, set };
}

/** Call `draw(width)` now and whenever the node's width changes; returns a function to stop. */
export function onWidth(node, draw) {
  let last = 0;
  const observer = new ResizeObserver(([entry]) => {
    const width = Math.round(entry.contentRect.width);
    if (width > 0 && width !== last) draw((last = width));
  });
  observer.observe(node);
  return () => observer.disconnect();
}

/**
 * Move a list of numbers from one set to another in a quarter of a second, calling
 * `draw(numbers)`; at once where the reader asked for less motion. Returns a function to stop.
 */
export function glide(from, to, draw, milliseconds = 260) {
  const still = globalThis.matchMedia?.("(prefers-reduced-motion: reduce)").matches;
  if (still || from.length !== to.length) return draw(to), () => {};
  const start = performance.now();
  let request = requestAnimationFrame(function frameOf(now) {
    const t = clamp((now - start) / milliseconds, 0, 1);
    const eased = t * t * (3 - 2 * t);
    draw(t < 1 ? to.map((end, k) => from[k] + (end - from[k]) * eased) : to);
    if (t < 1) request = requestAnimationFrame(frameOf);
  });
  return () => cancelAnimationFrame(request);
}
