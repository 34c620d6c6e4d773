// The forget gate of one unit: its mathematics, and the drawing of it.

import {
  bar,
  colour,
  equals,
  frame,
  gauge,
  label,
  maths,
  memoryLine,
  percent,
  segment,
  share,
  short,
  sig3,
  signed,
  tag,
  valve,
} from "./kit.js";

// ---------------------------------------------------------------- the mathematics

/** σ, with the exponential only ever taken of −|z|, so that nothing overflows. */
export function sigmoid(z) {
  const small = Math.exp(-Math.abs(z));
  return (z >= 0 ? 1 : small) / (1 + small);
}

/** The five contributions to z, and what follows from it. */
export function compute({ x, h_prev, w, u, b, c_prev }) {
  const terms = [
    { name: "w_1 · x_1", factors: [w[0], x[0]], fill: colour.text },
    { name: "w_2 · x_2", factors: [w[1], x[1]], fill: colour.text },
    { name: "u_1 · h_1", factors: [u[0], h_prev[0]], fill: colour.h },
    { name: "u_2 · h_2", factors: [u[1], h_prev[1]], fill: colour.h },
    { name: "b", factors: [b], fill: colour.muted },
  ];
  for (const term of terms) term.value = term.factors.reduce((product, factor) => product * factor);
  const z = terms.reduce((sum, term) => sum + term.value, 0);
  const f = sigmoid(z);
  return { terms, z, f, kept: f * c_prev };
}

// ---------------------------------------------------------------- the drawing

// All lengths are pixels on the screen: the drawing is laid out anew for each width, so that
// its letters never shrink.
function layout(width) {
  const wide = width >= 560;
  const left = wide ? 242 : 112;
  const gutter = wide ? 164 : 96;
  const plotRight = width - gutter;
  return {
    wide,
    width,
    left,
    right: plotRight,
    wire: plotRight + (wide ? 28 : 14),
    line: { y: 46, thickness: 30 },
    rows: { top: 154, height: wide ? 25 : 24 },
    curve: { height: wide ? 138 : 124 },
    size: wide ? 14 : 13,
  };
}

// Where a number would be too long for its place, it is set smaller, or said to be about 0.
function amountText(value, wide) {
  const text = value !== 0 && Math.abs(value) < 1e-6 ? "≈ 0" : sig3(value);
  const size = wide ? (text.length > 7 ? 15 : 18) : text.length > 8 ? 11 : text.length > 7 ? 12 : text.length > 6 ? 13.5 : 15;
  return [text, { size, "font-weight": 700, fill: colour.c }];
}

/** The whole figure for a column of `width` pixels, as the text of one <svg>. */
export function draw(state, width, { id, title, description }) {
  const place = layout(width);
  const { terms, z, f, kept } = compute(state);
  const sums = terms.reduce((all, term) => [...all, all.at(-1) + term.value], [0]);
  const furthest = Math.max(...sums.map(Math.abs));
  const limit = [6, 12, 24, 36].find((end) => furthest <= end * 0.98) ?? Math.ceil(furthest * 1.05);
  const half = (place.right - place.left) / 2;
  const at = (value) => place.left + half + (value / limit) * half;
  const rowY = (k) => place.rows.top + (k + 0.5) * place.rows.height;
  const top = rowY(5) + place.rows.height / 2 + 44;
  const bottom = top + place.curve.height;
  const level = (value) => bottom - value * place.curve.height;
  const shared = { ...place, at, rowY, top, bottom, level, limit };
  const height = Math.ceil(bottom + 26);
  const body = [
    drawAxes(shared),
    drawSum(terms, sums, z, shared),
    drawCurve(z, f, shared),
    drawMemory(state.c_prev, f, kept, shared),
  ];
  return frame({ width, height, title, description, id }, body);
}

// One scale for z, shared by the sum above and the curve below.
function drawAxes({ wide, left, right, at, rowY, rows, top, bottom, level, limit }) {
  const ticks = [-1, -0.5, 0, 0.5, 1].map((part) => part * limit);
  const up = rowY(0) - rows.height / 2;
  return [
    ticks.map((tick) =>
      segment(at(tick), up, at(tick), bottom, {
        stroke: tick === 0 ? colour.muted : colour.line,
        "stroke-width": tick === 0 ? 1.5 : 1,
      }),
    ),
    [0, 0.5, 1].map((share) => segment(left, level(share), right, level(share))),
    segment(left, bottom, right, bottom, { stroke: colour.muted }),
    ticks.map((tick) =>
      label(at(tick), bottom + 17, short(tick), { "text-anchor": "middle", size: 12, fill: colour.muted }),
    ),
    label(right + 18, bottom + 17, "", { raw: maths("z") }),
    step(0, up - 12, 1, wide ? "Weigh each input, and add up" : "Weigh and add up"),
    step(0, top - 20, 2, maths(wide ? "Squash the sum: f = σ(z)" : "f = σ(z)")),
  ];
}

function step(x, y, number, words) {
  return [
    tag("circle", { cx: x + 9, cy: y - 4.5, r: 9, fill: colour.text }),
    label(x + 9, y, number, { "text-anchor": "middle", size: 12, "font-weight": 700, fill: colour.ground }),
    label(x + 25, y, "", { raw: words, size: 14, "font-weight": 600 }),
  ];
}

// A waterfall: each contribution starts where the one before it ended.
function drawSum(terms, sums, z, { wide, size, left, right, at, rowY, rows }) {
  const thick = rows.height * 0.56;
  const numbers = left - 14;
  const drawn = terms.map((term, k) => {
    const y = rowY(k);
    return [
      label(0, y + 4.5, "", { raw: maths(wide ? term.name : term.name.replaceAll(" ", ""), size), size }),
      wide && term.factors.length === 2
        ? label(numbers - 70, y + 4.5, term.factors.map(bracketed).join(" × "), {
            "text-anchor": "end",
            size: 13,
            fill: colour.muted,
          })
        : "",
      label(numbers, y + 4.5, signed(term.value), { "text-anchor": "end", size }),
      bar(at(sums[k]), at(sums[k + 1]), y, thick, term.fill),
      segment(at(sums[k + 1]), y, at(sums[k + 1]), rowY(k + 1), { stroke: colour.muted, "stroke-width": 1.5 }),
    ];
  });
  const y = rowY(5);
  const rule = y - rows.height / 2;
  return [
    drawn,
    segment(0, rule, right, rule, { stroke: colour.muted }),
    label(0, y + 5, "", { raw: [maths("z", size), tag("tspan", { "font-weight": 700 }, " =")], size }),
    label(numbers, y + 5, sig3(z), { "text-anchor": "end", size: size + 1, "font-weight": 700 }),
    bar(at(0), at(z), y, thick + 2, colour.f),
  ];
}

function bracketed(value, k) {
  return k > 0 && value < 0 ? `(${short(value)})` : short(value);
}

// σ with the point (z, f) on it: z comes down from the sum, f leaves to the right.
function drawCurve(z, f, { wide, size, left, right, wire, line, at, rowY, level, limit }) {
  const points = Array.from({ length: 121 }, (_, k) => (k / 60 - 1) * limit);
  const d = points.map((v, k) => `${k ? "L" : "M"}${at(v).toFixed(2)} ${level(sigmoid(v)).toFixed(2)}`).join("");
  const y = level(f);
  const dashed = { stroke: colour.f, "stroke-width": 1.5, "stroke-dasharray": "4 4" };
  const solid = { stroke: colour.f, "stroke-width": 2.5 };
  const ticks = [0, 0.5, 1].filter((tick) => Math.abs(level(tick) - y) > 15);
  const arrive = line.y + 20;
  return [
    tag("path", { d, fill: "none", stroke: colour.f, "stroke-width": 2.5, "stroke-linejoin": "round" }),
    ticks.map((tick) =>
      label(left - 14, level(tick) + 4.5, tick, { "text-anchor": "end", size: 12, fill: colour.muted }),
    ),
    segment(at(z), rowY(5), at(z), y, dashed),
    segment(left, y, at(z), y, dashed),
    label(left - 14, y + 5, share(f), {
      "text-anchor": "end",
      size: size + 1,
      "font-weight": 700,
      fill: colour.f,
    }),
    tag("path", {
      d: `M${at(z).toFixed(2)} ${y.toFixed(2)}H${wire - 8}Q${wire} ${y.toFixed(2)} ${wire} ${(y - 8).toFixed(2)}V${arrive + 8}`,
      fill: "none",
      ...solid,
    }),
    tag("path", { d: `M${wire - 6} ${arrive + 9}L${wire} ${arrive - 2}L${wire + 6} ${arrive + 9}Z`, fill: colour.f }),
    tag("circle", { cx: at(z), cy: y, r: 6.5, fill: colour.f, stroke: colour.ground, "stroke-width": 2 }),
    drawShare(f, wire + (wide ? 13 : 10), rowY(1), wide),
  ];
}

function drawShare(f, x, y, wide) {
  const big = { size: wide ? 18 : 16, "font-weight": 700, fill: colour.f };
  const small = { size: wide ? 13 : 12, fill: colour.f };
  if (!wide) {
    return [
      label(x, y + 4, "", { ...big, raw: [maths("f", 16), share(f).length > 5 ? "" : " ="] }),
      label(x, y + 23, share(f), { ...big, size: share(f).length > 6 ? 12 : 14 }),
      label(x, y + 44, "keeps", small),
      label(x, y + 60, percent(f), small),
    ];
  }
  return [
    label(x, y + 4, "", { ...big, raw: [maths("f", 18), ` ${equals(share(f)).replace("<", "&lt;")}`] }),
    label(x, y + 26, `keeps ${percent(f)}`, small),
    label(x, y + 43, "of the memory", small),
  ];
}

// The long-term memory along the top, through the valve that f opens.
function drawMemory(c_prev, f, kept, { wide, width, left, wire, line }) {
  const limit = Math.max(2, Math.abs(c_prev));
  const after = wire + (wide ? 26 : 18);
  const scale = wide ? 104 : width - after;
  const amount = (x, value) => [
    label(x, line.y + 40, ...amountText(value, wide)),
    gauge(x + 0.5, line.y + 57, scale - 1, value, limit, colour.c),
  ];
  const name = (x, words, notation) =>
    label(x, 17, "", { raw: [words, maths(notation, 14)], size: 14, fill: colour.c });
  return [
    memoryLine({ from: 0, at: wire, to: width, y: line.y, thickness: line.thickness, kept: f }),
    valve(wire, line.y, 18, colour.f),
    name(0, wide ? "memory before: " : "memory ", "c_{t−1}"),
    name(after, wide ? "kept: " : "", "f · c_{t−1}"),
    amount(0, c_prev),
    amount(after, kept),
    step(left, line.y + 40, 3, wide ? "Multiply the memory by its share" : "Multiply"),
  ];
}

