// The drawing kit that the live figures share. No dependency.
//
// All of it makes text, so that it works in node with no DOM (the still pictures) as well as on a
// page. Controls are in page.js. The bundler (bundle.py) puts this file, with the tokens, before
// the figure's own text.

import tokens from "./tokens.json" with { type: "json" };

// ---------------------------------------------------------------- colours and type

/** Each colour by its letter: `{ light, dark }`. */
export const PALETTE = { ...tokens.quantities, ...tokens.ink };

/** colour.f is `var(--lstm-f, #B8460B)`: the page's token, or the light value without one. */
export const colour = Object.fromEntries(
  Object.entries(PALETTE).map(([key, value]) => [key, `var(--lstm-${key}, ${value.light})`]),
);

const SANS =
  "var(--lstm-font, var(--pst-font-family-base, system-ui, -apple-system, 'Segoe UI', " +
  "Roboto, 'Helvetica Neue', Arial, sans-serif))";
const MATHS =
  "KaTeX_Math, 'Latin Modern Math', 'STIX Two Text', Cambria, Georgia, 'Times New Roman', serif";

// ---------------------------------------------------------------- numbers

const MINUS = "\u2212";
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** Three significant digits and a real minus sign: 2.95, −0.154, 0, 1.38; tiny ones × 10⁻⁷. */
export function sig3(value) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "not a number" : `${value}`;
  if (value === 0) return "0";
  const sign = value < 0 ? MINUS : "";
  const size = Math.abs(value);
  if (size >= 1e-6 && size < 1e6) {
    const digits = Math.max(0, 2 - Math.floor(Math.log10(Number(size.toPrecision(3)))));
    return sign + Number(size.toPrecision(3)).toFixed(digits);
  }
  const [mantissa, exponent] = size.toExponential(2).split("e");
  const power = exponent.replace("+", "").replace("-", "⁻").replace(/\d/g, (d) => SUPERSCRIPTS[d]);
  return `${sign}${mantissa} × 10${power}`;
}

/** As `sig3`, with its sign always shown: +1.20, −0.600, 0. */
export function signed(value) {
  return value > 0 ? `+${sig3(value)}` : sig3(value);
}

/** A given number as one would write it by hand: 0.8 and −1.5, but 1.38 for 1.378657. */
export function short(value) {
  const plain = String(Math.abs(value));
  const exact = Math.abs(value) < 1e6 && plain.replace(/^0\.0*|\./g, "").length <= 3;
  return exact && !plain.includes("e") ? (value < 0 ? MINUS : "") + plain : sig3(value);
}

/**
 * A share between 0 and 1, never rounded to an end that it does not reach: 0.950, 0.9996,
 * "> 0.9999", "< 0.0001". With `whole` = 100, the same in per cent.
 */
export function share(value, whole = 1) {
  const rest = 1 - value;
  if (value <= 0 || rest <= 0) return sig3(value * whole);
  if (value < 1e-4) return `< ${short(1e-4 * whole)}`;
  if (rest < 1e-4) return `> ${whole === 1 ? "0.9999" : "99.99"}`;
  if (Number((value * whole).toPrecision(3)) < whole) return sig3(value * whole);
  const digits = Math.ceil(-Math.log10(rest)) - Math.round(Math.log10(whole));
  return (whole - rest * whole).toFixed(Math.max(1, digits));
}

/** "= 0.950", or "> 0.9999" where a share is nearer to an end than its digits can say. */
export function equals(text) {
  return /^[<>]/.test(text) ? text : `= ${text}`;
}

/** 0.950263 becomes "95.0 %". */
export function percent(value) {
  return `${share(value, 100)}\u00a0%`;
}

/** Keep a number between two others. */
export function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}

// ---------------------------------------------------------------- text, elements, mathematics

/** Text made safe for HTML and SVG, attributes included. */
export function escape(text) {
  const entity = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
  return String(text).replace(/[&<>"]/g, (character) => entity[character]);
}

/** An element as text. Numbers are rounded to 0.01; undefined attributes are left out. */
export function tag(name, attributes = {}, ...children) {
  const written = Object.entries(attributes)
    .filter(([, value]) => value !== undefined && value !== false)
    .map(([key, value]) => {
      const plain = typeof value === "number" ? String(Math.round(value * 100) / 100) : value;
      return ` ${key}="${escape(plain)}"`;
    })
    .join("");
  const inside = children.flat(Infinity).join("");
  return inside === "" ? `<${name}${written}/>` : `<${name}${written}>${inside}</${name}>`;
}

// "w_1 · x_1" and "c_{t−1}": a letter by itself is a variable, `_` starts a subscript.
function pieces(notation) {
  const found = notation.matchAll(/_\{([^}]*)\}|_(.)|([A-Za-zσ]+)|([^A-Za-zσ_]+)/g);
  return [...found].flatMap(([whole, group, one]) => {
    const sub = group ?? one;
    const runs = (sub ?? whole).match(/[A-Za-zσ]+|[^A-Za-zσ]+/g) ?? [];
    const variable = (text) => /^[A-Za-zσ]$/.test(text);
    return runs.map((text) => ({ text, sub: sub !== undefined, variable: variable(text) }));
  });
}

/** Mathematics for an SVG <text>: variables slanted, subscripts lowered. */
export function maths(notation, size = 14) {
  let lowered = 0;
  return pieces(notation).map((piece) => {
    const drop = piece.sub ? size * 0.24 : 0;
    const dy = drop - lowered;
    lowered = drop;
    return tag(
      "tspan",
      {
        dy: dy === 0 ? undefined : dy,
        "font-size": piece.sub ? size * 0.78 : piece.variable ? size * 1.12 : undefined,
        "font-family": piece.variable ? MATHS : undefined,
        "font-style": piece.variable ? "italic" : undefined,
      },
      escape(piece.text),
    );
  });
}

/** The same mathematics for HTML. */
export function mathsHtml(notation) {
  return pieces(notation)
    .map((piece) => {
      const text = piece.variable ? `<i>${escape(piece.text)}</i>` : escape(piece.text);
      return piece.sub ? `<sub>${text}</sub>` : text;
    })
    .join("");
}

/** An SVG <text>. Content is escaped; pass `maths(…)` through `raw` for mathematics. */
export function label(x, y, content, attributes = {}) {
  const { raw, size = 13, fill = colour.text, ...others } = attributes;
  return tag("text", { x, y, fill, "font-size": size, ...others }, raw ?? escape(content));
}

/** A straight line between two points. */
export function segment(x1, y1, x2, y2, attributes = {}) {
  return tag("line", { x1, y1, x2, y2, stroke: colour.line, ...attributes });
}

/** The <svg> around a picture: title and description for those who do not see it. */
export function frame({ width, height, title, description, id, className = "lstm-picture" }, body) {
  return tag(
    "svg",
    {
      xmlns: "http://www.w3.org/2000/svg",
      class: className,
      role: "img",
      width,
      height,
      viewBox: `0 0 ${width} ${height}`,
      "aria-labelledby": `${id}-title ${id}-description`,
      "font-family": SANS,
      style: "max-width:100%;height:auto;font-variant-numeric:tabular-nums",
    },
    tag("title", { id: `${id}-title` }, escape(title)),
    tag("desc", { id: `${id}-description` }, escape(description)),
    body,
  );
}

// ---------------------------------------------------------------- the parts that pictures share

/**
 * A bar for size and sign: from `from` to `to` on a horizontal scale, with a pointed end in
 * the direction that it goes, so that its sign is told by shape as well as by place.
 */
export function bar(from, to, y, height, fill, attributes = {}) {
  const length = Math.abs(to - from);
  const top = y - height / 2;
  const bottom = y + height / 2;
  if (length < 0.75) return tag("rect", { x: from - 1, y: top, width: 2, height, fill, ...attributes });
  const neck = to - Math.sign(to - from) * Math.min(length, height * 0.42);
  const d = `M${r(from)} ${r(top)}H${r(neck)}L${r(to)} ${r(y)}L${r(neck)} ${r(bottom)}H${r(from)}Z`;
  return tag("path", { d, fill, ...attributes });
}

/** A signed bar on its own small scale: zero in the middle, `limit` at both ends. */
export function gauge(x, y, width, value, limit, fill) {
  const middle = x + width / 2;
  const reach = clamp(value / limit, -1, 1) * (width / 2);
  return [
    segment(x, y, x + width, y, { stroke: colour.muted, "stroke-width": 1 }),
    segment(x, y - 4, x, y + 4, { stroke: colour.muted }),
    segment(x + width, y - 4, x + width, y + 4, { stroke: colour.muted }),
    bar(middle, middle + reach, y, 9, fill),
    segment(middle, y - 7, middle, y + 7, { stroke: colour.text, "stroke-width": 1.5 }),
  ].join("");
}

/** An element-wise operation: a small circle with its sign. A gate's × is its valve. */
export function valve(x, y, radius, stroke) {
  const arm = radius * 0.42;
  const cross = { stroke, "stroke-width": 2.5, "stroke-linecap": "round" };
  return [
    tag("circle", { cx: x, cy: y, r: radius, fill: colour.ground, stroke, "stroke-width": 2.5 }),
    segment(x - arm, y - arm, x + arm, y + arm, cross),
    segment(x - arm, y + arm, x + arm, y - arm, cross),
  ].join("");
}

/**
 * The memory line through a valve: full before it; after it a core whose thickness is the
 * share that is kept, within the pale outline of what there was.
 */
export function memoryLine({ from, at, to, y, thickness, kept }) {
  const core = clamp(kept, 0, 1) * thickness;
  const half = thickness / 2;
  const tip = Math.min(9, thickness / 2);
  const coreShape =
    `M${r(at)} ${r(y - core / 2)}H${r(to - tip)}L${r(to)} ${r(y)}` +
    `L${r(to - tip)} ${r(y + core / 2)}H${r(at)}Z`;
  const outline = { stroke: colour.c, "stroke-width": 1, "stroke-dasharray": "3 3" };
  return [
    tag("rect", { x: from, y: y - half, width: at - from, height: thickness, fill: colour.c }),
    tag("rect", {
      x: at,
      y: y - half,
      width: to - tip - at,
      height: thickness,
      fill: colour.c,
      "fill-opacity": 0.14,
    }),
    segment(at, y - half, to - tip, y - half, outline),
    segment(at, y + half, to - tip, y + half, outline),
    tag("path", { d: coreShape, fill: colour.c }),
  ].join("");
}

function r(value) {
  return Math.round(value * 100) / 100;
}
