// What a figure may import: numbers, colours, the worked example. The parts that it draws with are
// methods of the `kit` that its `draw` is given (parts.js, pencil.js).

import worked from "./worked.json" with { type: "json" };

export * from "./numbers.js";
export { colour } from "./pencil.js";

/**
 * The worked example, made by Python: `params.W_f` and so on, `xs`, `h0`, `c0`, and `steps`, for
 * each time step `{ x, h_prev, c_prev, i, f, g, o, c, tanh_c, h }`.
 */
export { worked };
