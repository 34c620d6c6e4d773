// The whole cell with a number for each unit on every wire; each wire and box is named on focus.

import { clamp, colour, share, short, sig3 } from "./kit.js";

const ROW = 18; // the height of one number
const HIGH = 420;

// Where the four layers and the way out stand, and how wide a number's box is.
const COLUMNS = {
  wide: { f: 150, i: 252, g: 360, box: 60, in: 33, x: 84 },
  // In parts of the width; a number's box is as wide as there is room for.
  narrow: { f: 0.222, i: 0.397, g: 0.574, o: 0.74, out: 0.916, in: 0.079, x: 0.117, box: 0.154 },
};

function columns({ wide, width }) {
  if (wide) return { ...COLUMNS.wide, out: width - 104, o: width - 214 };
  return Object.fromEntries(Object.entries(COLUMNS.narrow).map(([key, part]) => [key, part * width]));
}

/** One number for each unit, one below the other, each with a bar for size and sign. */
export function pair(kit, x, y, values, { width, fill = colour.text, symbol, name, lit, limit = 1 }) {
  const top = y - (ROW * values.length) / 2;
  kit.group({ name, lit }, () => {
    const box = { rx: 4, fill: colour.ground, stroke: fill, "stroke-width": 1.5, class: "lstm-box" };
    kit.rect(x - width / 2, top, width, ROW * values.length, box);
    values.forEach((value, k) => {
      const reach = clamp(value / limit, -1, 1) * (width / 2 - 2);
      const middle = top + (k + 0.5) * ROW;
      kit.rect(Math.min(x, x + reach), middle - 7, Math.abs(reach), 14, { rx: 2, fill, "fill-opacity": 0.2 });
      kit.text(x, middle + 4.5, Number.isInteger(value * 10) ? short(value) : sig3(value), { anchor: "middle", size: kit.wide ? 12.5 : clamp(width / 4.6, 10, 11.5), weight: 600, fill });
    });
    if (symbol) kit.maths(x - width / 2, top - 8, symbol, { size: 15, fill, halo: true });
  });
}

const both = (values, write = sig3) => values.map((value, k) => `unit ${k + 1} ${write(value)}`).join(", ");

/** What each wire and box is called, with its numbers. */
export function wireNames({ x, h_prev, c_prev, f, i, g, o, kept, written, c, tanh_c, h }) {
  const shares = (values) => both(values, share);
  return {
    x: `the input x: ${x.map(short).join(" and ")}; all four layers read it`,
    h_prev: `the previous hidden state h: ${both(h_prev)}; all four layers read it`,
    c_prev: `the previous cell state c: ${both(c_prev)}; no layer reads it`,
    f: `the forget gate f, the share that is kept: ${shares(f)}`,
    i: `the input gate i, the share that is written: ${shares(i)}`,
    g: `the candidate g, what could be written: ${both(g)}`,
    o: `the output gate o, the share that is shown: ${shares(o)}`,
    kept: `what is kept, f times c: ${both(kept)}`,
    written: `what is written, i times g: ${both(written)}`,
    c: `the new cell state c, kept plus written: ${both(c)}; it goes on to the next step`,
    tanh_c: `the squashed cell state, tanh of c: ${both(tanh_c)}`,
    h: `the hidden state h, o times tanh of c: ${both(h)}; it goes on to the next step, and up`,
    layer_f: "the forget gate: a layer with weights and σ",
    layer_i: "the input gate: a layer with weights and σ",
    layer_g: "the candidate: a layer with weights and tanh",
    layer_o: "the output gate: a layer with weights and σ",
    plus: "plus: what is kept and what is written make the new cell state",
    tanh: "tanh without weights: it squashes the cell state on its way out",
  };
}

/**
 * Draw the cell with its upper edge at `y`; returns its lower edge. `lit` are x's inputs. `box` draws
 * what stands on a wire, and is told its `key`; `under(places)` draws between the wires and the boxes.
 */
export function drawCell(kit, values, y, { lit, names = wireNames(values), box = pair, under } = {}) {
  const at = columns(kit);
  const { f, i, g, o, out } = at;
  const [memory, valve, layers, floor] = [y + 64, y + 168, y + 288, y + 348];
  const number = (x, yy, key, fill, symbol, more) => box(kit, x, yy, values[key], { width: at.box, fill, symbol, name: names[key], key, ...more });
  const wire = (points, paint, more) => kit.wire(points, { stroke: colour[paint], ...more });

  kit.rect(at.in + at.box / 2 + 3, y + 20, kit.width - (at.in + at.box / 2 + 3) - (kit.wide ? 66 : 4), 356, { rx: 14, fill: colour.panel, stroke: colour.line });

  // Along the bottom: what the four layers read.
  for (const x of [f, i, g, o]) wire([[0, floor], [x, floor], [x, layers + 20]], "h");
  kit.wire([[at.x, y + HIGH - 34], [at.x, floor]], { arrow: false });
  for (const x of [f, i, g]) kit.fork(x, floor, colour.h);
  kit.fork(at.x, floor);

  // Along the top: the memory.
  wire([[0, memory], [kit.width, memory]], "c", { width: 6 });
  wire([[f, layers - 20], [f, memory + 15]], "f", { width: 2.5 });
  wire([[i, layers - 20], [i, valve], [g - 15, valve]], "i", { width: 2.5 });
  wire([[g, layers - 20], [g, valve + 15]], "g", { width: 2.5 });
  wire([[g, valve - 15], [g, memory + 15]], "c", { width: 2.5 });

  // A copy of it goes down and out.
  wire([[out, memory], [out, valve - 75]], "c", { width: 3, arrow: false });
  wire([[out, valve - 42], [out, valve + 17]], "c", { width: 2.5 });
  wire([[o, layers - 20], [o, valve + 32], [out - 15, valve + 32]], "o", { width: 2.5 });
  wire([[out, valve + 47], [out, floor], [kit.width, floor]], "h");
  if (kit.wide) {
    const up = out + 52;
    kit.line(up, memory - 8, up, memory + 8, { stroke: colour.ground, "stroke-width": 9 });
    wire([[out, floor], [up, floor], [up, y]], "h");
    kit.maths(up + 8, y + 12, "h_t", { size: 15, fill: colour.h });
  }
  kit.fork(out, memory, colour.c);
  under?.({ ...at, y, memory, valve, layers, floor });

  // What works unit by unit, and the layers.
  kit.valve(f, memory, undefined, { stroke: colour.f });
  kit.operation(g, memory, "+", { stroke: colour.c, name: names.plus });
  kit.valve(g, valve, undefined, { stroke: colour.i });
  kit.operation(out, valve - 58, "tanh", { stroke: colour.c, r: 18, name: names.tanh });
  kit.valve(out, valve + 32, undefined, { stroke: colour.o });
  for (const [key, x] of Object.entries({ f, i, g, o })) {
    kit.layer(x, layers, key === "g" ? "tanh" : "σ", { stroke: colour[key], width: kit.wide ? 64 : 46, name: names[`layer_${key}`] });
  }

  // The numbers, in the order in which they come about.
  number(at.x, y + HIGH - 22, "x", colour.text, undefined, { lit, limit: 2 });
  kit.maths(at.x + at.box / 2 + 6, y + HIGH - 18, "x_t", { size: 15 });
  number(at.in, floor, "h_prev", colour.h, "h_{t−1}");
  number(at.in, memory, "c_prev", colour.c, "c_{t−1}", { limit: 2 });
  number(f, valve + 52, "f", colour.f, "f_t");
  number(i, valve + 52, "i", colour.i, "i_t");
  number(g, valve + 52, "g", colour.g, "g_t");
  number(o, valve + 76, "o", colour.o, "o_t");
  number((f + g) / 2, memory, "kept", colour.c, kit.wide ? "f_t ∘ c_{t−1}" : "kept", { limit: 2 });
  number(g, valve - 48, "written", colour.c, undefined);
  kit.maths(g - at.box / 2 - 5, valve - 44, kit.wide ? "i_t ∘ g_t" : "i ∘ g", { size: kit.wide ? 15 : 13, anchor: "end", fill: colour.c, halo: true });
  number((g + out) / 2, memory, "c", colour.c, "c_t", { limit: 2 });
  number(out, valve - 8, "tanh_c", colour.c, undefined);
  kit.maths(out - at.box / 2 - 4, valve - 4, kit.wide ? "tanh(c_t)" : "tanh c", { size: kit.wide ? 15 : 12, anchor: "end", fill: colour.c, halo: true });
  number(out, valve + 124, "h", colour.h, "h_t");
  return y + HIGH;
}
