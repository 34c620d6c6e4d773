// Draws by asking: each paint says all that the drawing holds, and what is there already is kept.
//
// A node is the same as in the last paint when it stands in the same place of the same group (or
// carries the same `key`). So a figure is written as if it were drawn anew each time, while its
// nodes last: they can be hovered, dragged and focused. `document` is the page's, or the small one
// in still.js where there is no page.

import tokens from "./tokens.json" with { type: "json" };

const SVG = "http://www.w3.org/2000/svg";

/** Each colour by its letter: `{ light, dark }`. */
export const PALETTE = { ...tokens.quantities, ...tokens.ink };

/** colour.f is `var(--lstm-f, #B8460B)`: the page's token, or the light value without one. */
export const colour = Object.fromEntries(
  Object.entries(PALETTE).map(([key, value]) => [key, `var(--lstm-${key}, ${value.light})`]),
);

export const SANS =
  "var(--lstm-font, var(--pst-font-family-base, system-ui, -apple-system, 'Segoe UI', " +
  "Roboto, 'Helvetica Neue', Arial, sans-serif))";
const MATHS =
  "KaTeX_Math, 'Latin Modern Math', 'STIX Two Text', Cambria, Georgia, 'Times New Roman', serif";

/** "w_1 · x_1", "c_{t−1}": a letter by itself is a variable, `_` starts a subscript. */
export function notation(text) {
  const found = text.matchAll(/_\{([^}]*)\}|_(.)|([A-Za-zσ]+)|([^A-Za-zσ_]+)/g);
  return [...found].flatMap(([whole, group, one]) => {
    const sub = group ?? one;
    const runs = (sub ?? whole).match(/[A-Za-zσ]+|[^A-Za-zσ]+/g) ?? [];
    const variable = (run) => /^[A-Za-zσ]$/.test(run);
    return runs.map((run) => ({ text: run, sub: sub !== undefined, variable: variable(run) }));
  });
}

/** A letter with its index in plain words, for screen readers: "w_1" is "w 1". */
export function spoken(text) {
  return text.replace(/_\{([^}]*)\}|_(.)/g, " $1$2").trim();
}

/** Draws into `body`, a <g>. Colours are `colour.f` and so on; lengths are pixels. */
export class Pencil {
  #open = [];
  #last = new WeakMap();

  constructor(document, body) {
    this.document = document;
    this.body = body;
  }

  /** Call `draw`, and take away what it did not draw again. */
  paint(draw) {
    this.#inside(this.body, draw);
  }

  /**
   * One element. `inside` is its text, or a function that draws its children. Of `attributes`,
   * `key` names the node within its group, `lit` the inputs (a list in one text) whose use lights
   * it up, `on` its listeners by event; the others are SVG's, and undefined ones are left out.
   */
  node(name, { key, lit, on, ...attributes } = {}, inside) {
    const group = this.#open.at(-1);
    const node = this.#find(group, name, key);
    group.next = node.nextSibling;
    this.#set(node, { ...attributes, "data-lit": lit });
    const last = this.#last.get(node);
    for (const [event, listener] of Object.entries(on ?? {})) {
      if (!last.on[event]) node.addEventListener(event, (given) => last.on[event](given));
      last.on[event] = listener;
    }
    if (typeof inside === "function") {
      last.text = undefined;
      this.#inside(node, inside);
    } else if (last.text !== inside) node.textContent = last.text = inside ?? "";
    return node;
  }

  #find(group, name, key) {
    const kept = key === undefined ? group.next : group.keyed.get(key);
    if (kept && this.#last.get(kept)?.name === name && this.#last.get(kept).key === key) {
      if (kept !== group.next) group.node.insertBefore(kept, group.next);
      return kept;
    }
    const made = this.document.createElementNS(SVG, name);
    this.#last.set(made, { name, key, attributes: {}, on: {}, text: undefined });
    group.node.insertBefore(made, group.next);
    if (key !== undefined) group.keyed.set(key, made);
    return made;
  }

  #set(node, attributes) {
    const last = this.#last.get(node).attributes;
    for (const [key, value] of Object.entries({ ...blank(last), ...attributes })) {
      const plain = typeof value === "number" ? String(round(value)) : value;
      if (plain === last[key]) continue;
      last[key] = plain;
      if (plain === undefined || plain === false) node.removeAttribute(key);
      else node.setAttribute(key, plain);
    }
  }

  #inside(node, draw) {
    const keyed = this.#last.get(node)?.keyed ?? new Map();
    if (!this.#last.has(node)) this.#last.set(node, { attributes: {}, on: {} });
    this.#last.get(node).keyed = keyed;
    const group = { node, next: node.firstChild, keyed };
    this.#open.push(group);
    draw(this);
    this.#open.pop();
    for (let rest = group.next; rest; rest = group.next) {
      group.next = rest.nextSibling;
      node.removeChild(rest);
      for (const [key, made] of keyed) if (made === rest) keyed.delete(key);
    }
  }

  // ------------------------------------------------------------ shapes

  /** A group. With `name`, it can be focused and hovered, and the name is shown and spoken. */
  group({ name, ...attributes }, draw) {
    this.named ||= Boolean(name);
    const named = name && { tabindex: "0", role: "img", "aria-label": name, class: "lstm-part" };
    return this.node("g", { ...named, ...attributes }, draw);
  }

  rect(x, y, width, height, attributes = {}) {
    const positive = { width: Math.max(0, width), height: Math.max(0, height) };
    return this.node("rect", { x, y, ...positive, ...attributes });
  }

  circle(x, y, r, attributes = {}) {
    return this.node("circle", { cx: x, cy: y, r, ...attributes });
  }

  line(x1, y1, x2, y2, attributes = {}) {
    return this.node("line", { x1, y1, x2, y2, stroke: colour.line, ...attributes });
  }

  /** A path: `d` is text, or a list of points [x, y] that are joined by straight lines. */
  path(d, attributes = {}) {
    const points = (list) => `M${list.map(([x, y]) => `${round(x)} ${round(y)}`).join("L")}`;
    return this.node("path", { d: Array.isArray(d) ? points(d) : d, fill: "none", ...attributes });
  }

  /**
   * Words. `anchor` is start, middle or end; `size` the font's, in pixels; with `halo` they stay
   * readable over a line.
   */
  text(x, y, words, { anchor, size = 13, weight, halo, fill = colour.text, ...others } = {}) {
    return this.node("text", { x, y, fill, ...type(anchor, size, weight, halo), ...others }, words);
  }

  /** Mathematics: variables slanted, subscripts lowered ("f_t = σ(z_t)"). Options as `text`. */
  maths(x, y, formula, { anchor, size = 14, weight, halo, fill = colour.text, ...others } = {}) {
    return this.node("text", { x, y, fill, ...type(anchor, size, weight, halo), ...others }, () => {
      let lowered = 0;
      for (const { text, sub, variable } of notation(formula)) {
        const drop = sub ? size * 0.24 : 0;
        const dy = drop === lowered ? undefined : drop - lowered;
        const letters = sub ? size * 0.78 : variable ? size * 1.12 : size;
        const slanted = variable ? { "font-family": MATHS, "font-style": "italic" } : {};
        this.node("tspan", { dy, "font-size": letters, ...slanted }, text);
        lowered = drop;
      }
    });
  }
}

function type(anchor, size, weight, halo) {
  const behind = halo && { stroke: colour.ground, "stroke-width": 5, "paint-order": "stroke", "stroke-linejoin": "round" };
  return { "text-anchor": anchor, "font-size": size, "font-weight": weight, ...behind };
}

function blank(attributes) {
  return Object.fromEntries(Object.keys(attributes).map((key) => [key, undefined]));
}

/** To a hundredth of a pixel. */
export function round(value) {
  return Math.round(value * 100) / 100;
}
