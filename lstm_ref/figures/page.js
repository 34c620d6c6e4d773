// The shell of every live figure: it makes from a spec all that is not the figure's own.
//
// A spec is `{ title, inputs, presets, play, compute, draw, sentence, tasks }`: CONTRIBUTING.md
// tells what each holds. On a page, `mountAll()` brings to life each <figure data-figure="NAME">; in
// a notebook, `widget(name, spec)` is what anywidget renders.

import { button, choice, maker, presetList, rich, sentenceBox, slider } from "./controls.js";
import { clamp } from "./numbers.js";
import { Kit } from "./parts.js";
import { SANS } from "./pencil.js";

const SVG = "http://www.w3.org/2000/svg";

// ---------------------------------------------------------------- the state

/** The state that a figure starts in: of each input its start, then the preset's own values. */
export function startOf(spec, preset) {
  const start = Object.fromEntries(spec.inputs.map(({ name, start }) => [name, start]));
  if (!preset) return start;
  const chosen = spec.presets?.[preset];
  if (!chosen) throw new Error(`there is no preset ${preset}`);
  return { ...start, ...chosen.state };
}

/** All values of a figure: its state, and what is computed from it. */
export function valuesOf(spec, state) {
  return { ...state, ...spec.compute(state) };
}

const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

// ---------------------------------------------------------------- the elements

/**
 * The elements of a figure, of the page's `document` or of still.js's. Returns `{ node, show }`
 * and what the live figure needs; nothing here waits for a page.
 */
export function elements(document, spec, { id, start, act }) {
  const make = maker(document);
  const controls = new Map();
  for (const input of spec.inputs) {
    const { name, kind = "slider" } = input;
    const change = (value) => act.change({ [name]: value }, name);
    if (kind === "slider") controls.set(name, slider(make, input, id, change));
    if (kind === "choice") controls.set(name, choice(make, input, id, change));
  }
  const titled = Object.entries(spec.presets ?? {}).filter(([, { title }]) => title);
  const told = titled.some(([key]) => same(startOf(spec, key), startOf(spec)));
  if (titled.length > 0 && !told) titled.unshift(["", { title: "the start" }]);
  const presets = titled.length > 0 ? presetList(make, titled, id, act.preset) : undefined;
  const again = button(make, "Start again", act.again);
  const play = spec.play && button(make, "Play", act.play, { class: "lstm-play" });
  const step = spec.play && button(make, "One step", act.step);
  const choices = spec.inputs.filter(({ kind }) => kind === "choice");
  const bar = make(
    "div",
    { class: "lstm-bar lstm-live" },
    ...[presets?.node, ...choices.map(({ name }) => controls.get(name).row), play, step, again].filter(Boolean),
  );
  const over = make("div", { class: "lstm-over lstm-live" });
  const tip = make("div", { class: "lstm-tip", "aria-hidden": "true", hidden: true });
  const drawing = make("div", { class: "lstm-drawing" });
  const stage = make("div", { class: "lstm-stage" }, drawing, over, tip);
  const said = sentenceBox(make);
  const panel = make("div", { class: "lstm-controls lstm-live" });
  const tasks = (spec.tasks ?? []).map(({ ask, answer, state }) => {
    const words = typeof answer === "function" ? answer(valuesOf(spec, { ...start, ...state })) : answer;
    const show = state && button(make, "Show it", () => act.task(state), { class: "lstm-live" });
    const told = make("p", {}, rich(make, `${words} `), ...(show ? [show] : []));
    return make("details", {}, make("summary", {}, rich(make, ask)), told);
  });
  const tries = make("div", { class: "lstm-tries" }, make("p", {}, "Predict, then try"), ...tasks);
  const parts = [bar, stage, said.node, panel, ...(tasks.length > 0 ? [tries] : [])];
  const node = make("div", { class: "lstm-figure" }, ...parts);
  return { node, drawing, over, panel, tip, said, controls, presets, again, play, make };
}

/** An empty <svg> with its name, its description and its kit. */
export function canvas(document, spec, { id, width, change }) {
  const make = (name, attributes) => {
    const node = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
    return node;
  };
  const svg = make("svg", {
    xmlns: SVG,
    class: "lstm-picture",
    "aria-label": spec.title,
    "aria-describedby": `${id}-words`,
    "font-family": SANS,
  });
  const words = make("desc", { id: `${id}-words` });
  const body = make("g", {});
  svg.append(words, body);
  const kit = new Kit(document, svg, body, { width, inputs: spec.inputs, change });
  const show = (values) => {
    kit.show(spec.draw, values);
    words.textContent = describe(spec, values);
    svg.setAttribute("role", kit.named ? "group" : "img");
  };
  return { svg, kit, show };
}

/** The text alternative: what the figure shows, then what it says at these values. */
export function describe(spec, values) {
  return [spec.description, spec.sentence(values)].filter(Boolean).join(" ");
}

/** Put sliders that the drawing places over it, and all others below. */
export function place({ controls, over, panel }, spec, kit) {
  for (const { name } of spec.inputs) {
    const control = controls.get(name);
    if (!control?.node) continue;
    const at = kit.placed.get(name);
    const home = at ? over : control.row;
    if (control.node.parentNode !== home) {
      if (at) control.row.remove();
      else panel.append(control.row);
      if (at) over.append(control.node);
      else control.row.insertBefore(control.node, control.row.lastChild);
    }
    if (at) {
      for (const [key, value] of [["left", at.x], ["top", at.y], ["width", at.width]]) {
        control.node.style.setProperty(key, `${value}px`);
      }
    }
  }
}

// ---------------------------------------------------------------- alive

/** A model without a notebook: the part of anywidget's that the shell uses. */
function localModel(state) {
  const listeners = new Set();
  return {
    get: () => state,
    set: (_, value) => ((state = value), [...listeners].forEach((listener) => listener())),
    save_changes() {},
    on: (_, listener) => listeners.add(listener),
    off: (_, listener) => listeners.delete(listener),
  };
}

/**
 * Make the figure alive in `el`, in place of what is there. `model` holds `state`; without one the
 * figure has its own. Returns `{ set(changes), get(), start, stop }`.
 */
export function live(el, spec, { id, preset, state, model, name = "" }) {
  const start = startOf(spec, preset);
  model ??= localModel({ ...start, ...state });
  const quiet = globalThis.matchMedia("(prefers-reduced-motion: reduce)");
  const now = () => ({ ...start, ...model.get("state") });
  let base = start;
  const put = (next) => {
    model.set("state", next);
    model.save_changes();
  };
  const set = (changes) => put({ ...now(), ...changes });
  let jumping = true;
  const jump = (next) => {
    pause();
    jumping = true;
    put(next);
  };
  const act = {
    change: (changes) => (pause(), (jumping = false), set(changes)),
    preset: (chosen) => jump((base = startOf(spec, chosen))),
    again: () => jump(base),
    task: (changes) => jump({ ...start, ...changes }),
    play: () => (timer ? pause() : playOn()),
    step: () => (pause(), advance()),
  };
  const parts = elements(document, spec, { id, start, act });
  const { node, drawing, tip, said, controls, presets, again, play } = parts;
  node.classList.add(`lstm-figure-${name}`);

  // ---- time
  let timer;
  const advance = () => {
    const { min, max, step } = spec.inputs.find((input) => input.name === spec.play.input);
    const last = spec.play.last?.(now()) ?? max;
    const next = now()[spec.play.input] + step;
    jumping = false;
    set({ [spec.play.input]: next > last ? min : next });
    if (next >= last) pause();
  };
  const playOn = () => {
    timer = setInterval(advance, spec.play.every ?? 700);
    play.textContent = "Pause";
    advance();
  };
  function pause() {
    clearInterval(timer);
    timer = undefined;
    if (play) play.textContent = "Play";
  }
  // Nothing moves by itself where less motion is asked for: "One step" stays.
  const respect = () => play && (pause(), (play.hidden = quiet.matches));
  quiet.addEventListener("change", respect);
  respect();

  // ---- what is in use lights up
  let lit;
  const light = (chosen) => {
    lit = chosen;
    for (const part of drawing.querySelectorAll("[data-lit], [data-for]")) {
      const names = (part.dataset.lit ?? part.dataset.for).split(" ");
      part.classList.toggle("lstm-lit", names.includes(lit));
    }
  };
  for (const [key, { node: input, row }] of controls) {
    const [enter, leave] = [() => light(key), () => light(controlOf(document.activeElement))];
    for (const target of [input, row].filter(Boolean)) {
      target.addEventListener("pointerenter", enter);
      target.addEventListener("pointerleave", leave);
      target.addEventListener("focusin", enter);
      target.addEventListener("focusout", () => light(undefined));
    }
    input?.addEventListener("focus", () => ring(key, input.matches(":focus-visible")));
    input?.addEventListener("blur", () => ring(key, false));
  }
  const controlOf = (focused) => [...controls].find(([, control]) => control.node === focused)?.[0];
  const ring = (key, on) =>
    drawing.querySelector(`[data-for="${key}"]`)?.classList.toggle("lstm-focus", on);
  const tell = (event) => {
    const part = event.target.closest?.(".lstm-part");
    tip.hidden = !part || event.type === "focusout" || event.type === "pointerout";
    if (tip.hidden) return;
    tip.textContent = part.getAttribute("aria-label");
    const [inner, outer] = [part.getBoundingClientRect(), drawing.getBoundingClientRect()];
    tip.style.left = `${clamp(inner.left - outer.left, 0, Math.max(0, outer.width - 190))}px`;
    tip.style.top = `${inner.bottom - outer.top + 6}px`;
  };
  for (const event of ["focusin", "focusout", "pointerover", "pointerout"]) drawing.addEventListener(event, tell);

  // ---- paint
  let board;
  let shown = now();
  let stopGlide = () => {};
  const paint = (state) => {
    shown = state;
    if (!board) return;
    board.show(valuesOf(spec, state));
    place(parts, spec, board.kit);
    light(lit);
  };
  const follow = () => {
    stopGlide();
    const state = now();
    for (const [key, control] of controls) control.set(state[key]);
    const preset = Object.keys(spec.presets ?? {}).find((key) => same(startOf(spec, key), state));
    presets?.set(preset ?? (same(state, startOf(spec)) ? "" : undefined));
    again.classList.toggle("lstm-wanted", !same(state, base));
    said.set(spec.sentence(valuesOf(spec, state)));
    // A hand on a slider is followed at once; a jump to other numbers is shown as a motion.
    if (jumping && !quiet.matches && board) stopGlide = glide(spec.inputs, shown, state, paint);
    else paint(state);
    jumping = true;
  };
  model.on("change:state", follow);
  el.replaceChildren(node);
  const resize = (width) => {
    if (width === board?.kit.width) return;
    board = canvas(document, spec, { id, width, change: act.change });
    drawing.replaceChildren(board.svg);
    paint(shown);
  };
  const observer = new ResizeObserver(([{ contentRect }]) => {
    const width = Math.round(contentRect.width);
    if (width > 0) resize(width);
  });
  const width = Math.round(drawing.getBoundingClientRect().width);
  if (width > 0) resize(width);
  jumping = false;
  follow();
  observer.observe(drawing);
  const stop = () => {
    pause();
    stopGlide();
    observer.disconnect();
    quiet.removeEventListener("change", respect);
    model.off("change:state", follow);
  };
  return { set: (changes) => jump({ ...now(), ...changes }), preset: act.preset, get: () => valuesOf(spec, now()), stop };
}

/** Move from one state to another in a third of a second. Returns a function to stop. */
function glide(inputs, from, to, paint, milliseconds = 320) {
  const begun = performance.now();
  const between = (t) => (input) => {
    const { name, step, kind = "slider" } = input;
    if (kind !== "slider") return [name, to[name]];
    const value = from[name] + (to[name] - from[name]) * t;
    return [name, Number.isInteger(step) ? Math.round(value) : value];
  };
  let request = requestAnimationFrame(function frame(time) {
    const t = clamp((time - begun) / milliseconds, 0, 1);
    const eased = t * t * (3 - 2 * t);
    paint(t < 1 ? Object.fromEntries(inputs.map(between(eased))) : to);
    if (t < 1) request = requestAnimationFrame(frame);
  });
  return () => cancelAnimationFrame(request);
}

// ---------------------------------------------------------------- on a page, in a notebook

/** The live figures of this page, by the id of their <figure>. */
export const alive = new Map();

/** The specs of all figures that were loaded, by name: each figure's file adds its own. */
export const specs = {};

/** Bring each <figure data-figure="name"> to life; if anything fails, the picture stays. */
export function mountAll() {
  followLinks();
  for (const box of document.querySelectorAll("figure[data-figure]")) {
    const name = box.dataset.figure;
    const spec = specs[name];
    const place = box.querySelector(".lstm-place");
    const { id, preset } = { id: box.id, preset: box.dataset.preset };
    try {
      alive.set(box.id, live(place, spec, { id: `${id}-live`, preset, name }));
      box.classList.add("is-live");
    } catch (error) {
      place.firstElementChild?.classList.add("lstm-still");
      console.error("The live figure stays a picture:", error);
    }
  }
}

/** A link of the prose sets its figure's state; without script it leads to the figure. */
function followLinks() {
  document.addEventListener("click", (event) => {
    const link = event.target.closest?.("a.figure-link");
    const figure = link && alive.get(link.hash.slice(1));
    if (!figure || event.ctrlKey || event.metaKey || event.shiftKey) return;
    event.preventDefault();
    const { preset, ...changes } = JSON.parse(link.dataset.state);
    if (preset) figure.preset(preset);
    if (Object.keys(changes).length > 0) figure.set(changes);
    const box = document.getElementById(link.hash.slice(1));
    const quiet = globalThis.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const { top, bottom } = box.querySelector(".lstm-drawing").getBoundingClientRect();
    const seen = Math.min(bottom, innerHeight) - Math.max(top, 0);
    if (seen < Math.min(bottom - top, innerHeight) * 0.6) {
      box.scrollIntoView({ block: "start", behavior: quiet ? "auto" : "smooth" });
    }
  });
}

/** What anywidget renders: the model holds `state`. */
export function widget(name, spec) {
  return {
    render({ model, el }) {
      const id = `lstm-${name}-${Math.random().toString(36).slice(2, 8)}`;
      return live(el, spec, { id, model, name }).stop;
    },
  };
}
