// Pictures without a page: a document small enough to be read here, and what is drawn with it.
//
// As a program, `node still.js` reads `{ figure, preset, state, id }` from its input and writes
// JSON: `{ html, svg, words, inputs, presets, values }`. The book and the tools run it.

import { Kit } from "./parts.js";
import { SANS } from "./pencil.js";
import { canvas, describe, elements, startOf, valuesOf } from "./page.js";

const WIDTHS = { wide: 688, narrow: 343 };
const VOID = new Set(["input"]);
const ENTITIES = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
const escape = (text) => String(text).replace(/[&<>"]/g, (character) => ENTITIES[character]);

/** An element, with as much of the DOM as the kit and the shell ask for. */
class Element {
  constructor(name) {
    Object.assign(this, { name, attributes: new Map(), childNodes: [], parentNode: null });
    this.style = { setProperty() {} };
    this.classList = { add: (more) => this.setAttribute("class", `${this.getAttribute("class") ?? ""} ${more}`.trim()) };
  }
  setAttribute(key, value) {
    this.attributes.set(key, String(value));
  }
  getAttribute(key) {
    return this.attributes.get(key) ?? null;
  }
  removeAttribute(key) {
    this.attributes.delete(key);
  }
  addEventListener() {}
  get firstChild() {
    return this.childNodes[0] ?? null;
  }
  get lastChild() {
    return this.childNodes.at(-1) ?? null;
  }
  get nextSibling() {
    const all = this.parentNode?.childNodes ?? [];
    return all[all.indexOf(this) + 1] ?? null;
  }
  insertBefore(node, next) {
    node.remove();
    const at = next ? this.childNodes.indexOf(next) : this.childNodes.length;
    this.childNodes.splice(at, 0, node);
    node.parentNode = this;
  }
  removeChild(node) {
    this.childNodes.splice(this.childNodes.indexOf(node), 1);
    node.parentNode = null;
  }
  remove() {
    this.parentNode?.removeChild(this);
  }
  append(...nodes) {
    for (const node of nodes) this.insertBefore(typeof node === "string" ? new Text(node) : node, null);
  }
  get textContent() {
    return this.childNodes.map((node) => node.textContent).join("");
  }
  set textContent(text) {
    this.childNodes = [];
    if (text !== "") this.append(text);
  }
  toString() {
    const written = [...this.attributes].map(([key, value]) => ` ${key}="${escape(value)}"`).join("");
    if (VOID.has(this.name)) return `<${this.name}${written}>`;
    return `<${this.name}${written}>${this.childNodes.join("")}</${this.name}>`;
  }
}

class Text extends Element {
  constructor(text) {
    super("#text");
    this.text = text;
  }
  get textContent() {
    return this.text;
  }
  toString() {
    return escape(this.text);
  }
}

const page = { createElement: (name) => new Element(name), createElementNS: (_, name) => new Element(name) };

/** The figure as the built page holds it, and its wide picture by itself. */
export function still(spec, { preset, state, id = "figure" } = {}) {
  const start = startOf(spec, preset);
  const values = valuesOf(spec, { ...start, ...state });
  const act = Object.fromEntries(["change", "preset", "again", "task", "play", "step"].map((key) => [key, () => {}]));
  const parts = elements(page, spec, { id: `${id}-still`, start, act });
  parts.node.classList.add("lstm-still");
  parts.said.set(spec.sentence(values));
  const svg = {};
  for (const [kind, width] of Object.entries(WIDTHS)) {
    const board = canvas(page, spec, { id: `${id}-${kind}`, width });
    board.show(values);
    svg[kind] = String(board.svg);
    board.svg.classList.add(`lstm-${kind}`);
    parts.drawing.append(board.svg);
    for (const input of spec.inputs) {
      const control = parts.controls.get(input.name);
      control?.set(values[input.name]);
      if (!control?.node || board.kit.placed.has(input.name)) continue;
      control.row.insertBefore(control.node, control.row.lastChild);
      parts.panel.append(control.row);
    }
  }
  // The same words are spoken by the picture's description: no live region in a still page.
  const said = parts.said.node.childNodes;
  said[1].remove();
  said[0].removeAttribute("aria-hidden");
  return { html: String(parts.node), svg, words: describe(spec, values), values };
}

/**
 * A drawing of a chapter, as the text of one SVG: `{ title, description, width, draw }`. Without a
 * page around it, it has the light colours.
 */
export function drawing({ title, description, width = 720, draw }, name) {
  const svg = new Element("svg");
  const body = new Element("g");
  const head = {
    xmlns: "http://www.w3.org/2000/svg",
    role: "img",
    "aria-labelledby": `${name}-title ${name}-desc`,
    "font-family": SANS,
    style: `display:block;width:100%;max-width:${width}px;height:auto;margin:0 auto;font-variant-numeric:tabular-nums`,
  };
  for (const [key, value] of Object.entries(head)) svg.setAttribute(key, value);
  for (const [kind, words] of [["title", title], ["desc", description]]) {
    const node = new Element(kind);
    node.setAttribute("id", `${name}-${kind}`);
    node.textContent = words;
    svg.append(node);
  }
  svg.append(body);
  new Kit(page, svg, body, { width }).show(draw, {});
  return String(svg);
}

async function main() {
  let asked = "";
  for await (const piece of process.stdin) asked += piece;
  const { figure, ...options } = JSON.parse(asked);
  const { default: spec } = await import(`./${figure}.js`);
  const { inputs, presets = {}, title } = spec;
  process.stdout.write(JSON.stringify({ ...still(spec, options), title, inputs, presets }));
}

if (import.meta.url === `file://${process.argv[1]}`) await main();
