// One step of the worked example's cell, forward. No DOM.

import { dot, range, sigmoid, worked } from "./kit.js";

const { params, h0 } = worked;
const UNITS = range(h0.length);

/** All that happens in one step: what came in, the four layers, and what is handed on. */
export function takeStep(x, h_prev, c_prev) {
  const z = (gate) => UNITS.map((k) => dot(params[`W_${gate}`][k], x) + dot(params[`U_${gate}`][k], h_prev) + params[`b_${gate}`][k]);
  const [i, f, o] = ["i", "f", "o"].map((gate) => z(gate).map(sigmoid));
  const g = z("g").map(Math.tanh);
  const kept = UNITS.map((k) => f[k] * c_prev[k]);
  const written = UNITS.map((k) => i[k] * g[k]);
  const c = UNITS.map((k) => kept[k] + written[k]);
  const tanh_c = c.map(Math.tanh);
  const h = UNITS.map((k) => o[k] * tanh_c[k]);
  return { x, h_prev, c_prev, i, f, g, o, kept, written, c, tanh_c, h };
}
