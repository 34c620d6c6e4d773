// All weights of the cell as one matrix, (4H, I + H): it comes apart into its four layers.

import { colour, dot, range, share, short, sig3, sigmoid, worked } from "./kit.js";

const { params, steps } = worked;
const H = worked.h0.length;
const I = worked.xs[0].length;
const ORDERS = { torch: ["i", "f", "g", "o"], onnx: ["i", "o", "f", "g"] };
const NAMES = { i: "the input gate", f: "the forget gate", g: "the candidate", o: "the output gate" };
const squash = (gate) => (gate === "g" ? Math.tanh : sigmoid);

const inputs = [
  { name: "apart", label: "how far it is taken apart", min: 0, max: 1, step: 0.05, start: 0.5, says: (apart) => `${Math.round(apart * 100)} %` },
  { name: "t", symbol: "t", label: "time step", min: 1, max: steps.length, step: 1, start: 1, origin: 1, says: (t) => `step ${t}` },
  { name: "order", label: "order", kind: "choice", start: "torch", options: [["torch", "torch: i f g o"], ["onnx", "ONNX: i o f c"]] },
];

/** The rows of the one matrix in their order, the sums, and what each layer makes of its own. */
function compute({ t, order }) {
  const { x, h_prev } = steps[t - 1];
  const read = [...x, ...h_prev];
  const owners = ORDERS[order].flatMap((gate) => range(H, (k) => [gate, k]));
  const rows = owners.map(([gate, k]) => [...params[`W_${gate}`][k], ...params[`U_${gate}`][k]]);
  const bias = owners.map(([gate, k]) => params[`b_${gate}`][k]);
  const z = rows.map((row, r) => dot(row, read) + bias[r]);
  const made = z.map((sum, r) => squash(owners[r][0])(sum));
  return { read, rows, bias, z, made };
}

function sentence({ t, order, z, made }) {
  const place = ORDERS[order].indexOf("f");
  const own = range(H, (k) => place * H + k);
  return (
    `One product of a matrix of ${4 * H} rows and ${I + H} columns with ${I + H} numbers gives all ${4 * H} sums of step ${t}. ` +
    `Rows ${own.map((r) => r + 1).join(" and ")} are the forget gate's: z = ${own.map((r) => sig3(z[r])).join(", ")}, so f = ${own.map((r) => share(made[r])).join(", ")}.`
  );
}

// ---------------------------------------------------------------- the drawing

function draw(kit, { t, apart, order, read, rows, bias, z, made }) {
  const { wide } = kit;
  const cell = wide ? [54, 28] : [(kit.width - 140) / 5, 28];
  const gap = apart * (wide ? 20 : 6);
  const left = wide ? 40 : 22;
  const part = { W: left, U: left + I * cell[0] + gap, b: left + (I + H) * cell[0] + 2 * gap };
  const right = part.b + cell[0];
  const sums = wide ? 404 : kit.width - 72;
  const [box, result, letters] = [kit.width - 166, kit.width - 76, kit.width - 30];
  const top = 92;

  kit.heading(0, 16, wide ? `Step ${t}: each row times the numbers above it, added up, and the bias` : `Step ${t}`);
  // What is read, over the columns.
  if (wide) kit.text(4, 48, "reads", { size: 12, fill: colour.muted });
  const heads = [...range(I, (k) => [`x_${k + 1}`, part.W + (k + 0.5) * cell[0], colour.text]), ...range(H, (k) => [`h_${k + 1}`, part.U + (k + 0.5) * cell[0], colour.h])];
  heads.forEach(([symbol, x, fill], k) => {
    kit.maths(x, 48, symbol, { anchor: "middle", size: 15, fill });
    kit.text(x, 68, k < I ? short(read[k]) : Number.isInteger(read[k] * 10) ? short(read[k]) : sig3(read[k]), { anchor: "middle", size: wide ? 14 : 12, weight: 600, fill });
  });
  kit.maths(part.b + cell[0] / 2, 48, "b", { anchor: "middle", size: 15, fill: colour.muted });
  kit.maths(sums, 48, "z", { anchor: "middle", size: 16 });
  if (wide) kit.text(sums, 68, "the sum", { anchor: "middle", size: 12, fill: colour.muted });

  ORDERS[order].forEach((gate, block) => {
    const paint = colour[gate];
    const y = top + block * (H * cell[1] + apart * 26);
    const own = range(H, (k) => block * H + k);
    const letter = order === "onnx" && gate === "g" ? "c" : gate;
    const name = `rows ${own.map((r) => r + 1).join(" and ")}: ${NAMES[gate]}, W ${gate}, U ${gate} and b ${gate}`;
    kit.group({ name, key: `block-${gate}` }, () => {
      kit.rect(left - 2, y, right - left + 4, H * cell[1], { rx: 6, fill: "none", stroke: paint, "stroke-width": 2, class: "lstm-box" });
      kit.maths(left - 8, y + H * 14 + 6, letter, { anchor: "end", size: wide ? 22 : 18, weight: 600, fill: paint });
      const look = { cell, fill: paint, limit: 4 };
      kit.matrix(part.W, y, own.map((r) => rows[r].slice(0, I)), look);
      kit.matrix(part.U, y, own.map((r) => rows[r].slice(I)), look);
      kit.matrix(part.b, y, own.map((r) => [bias[r]]), { ...look, fill: colour.muted });
    });
    own.forEach((r, k) => {
      const line = y + (k + 0.5) * cell[1] + 5;
      kit.text(sums, line, sig3(z[r]), { anchor: "middle", size: wide ? 14 : 12, weight: 600, fill: paint });
      if (wide) kit.number(result, line - 5, made[r], { limit: 1, width: 64, fill: paint, write: gate === "g" ? sig3 : share });
      else kit.text(kit.width - 2, line, gate === "g" ? sig3(made[r]) : share(made[r]), { anchor: "end", size: 12, weight: 600, fill: paint });
    });
    const middle = y + (H * cell[1]) / 2;
    if (!wide) return;
    kit.wire([[sums + 32, middle], [box - 27, middle]], { stroke: paint });
    kit.layer(box, middle, gate === "g" ? "tanh" : "σ", { stroke: paint, width: 52, height: 34 });
    kit.wire([[box + 27, middle], [result - 36, middle]], { stroke: paint });
    kit.maths(letters, middle + 7, gate, { size: 22, weight: 600, fill: paint });
  });
  const made_of = wide ? [result, "the layer's numbers", "middle"] : [kit.width - 2, "σ, tanh", "end"];
  kit.text(made_of[0], wide ? 68 : 48, made_of[1], { anchor: made_of[2], size: 12, fill: colour.muted });

  const end = top + 4 * H * cell[1] + 3 * 26;
  const feet = [["W", part.W + (I * cell[0]) / 2, `weight_ih`], ["U", part.U + (H * cell[0]) / 2, `weight_hh`], ["b", part.b + cell[0] / 2, "bias"]];
  const under = top + 4 * H * cell[1] + apart * 3 * 26 + 18;
  for (const [, x, words] of feet) kit.text(x, under, words, { anchor: "middle", size: wide ? 13 : 11, fill: colour.muted });
  kit.height(end + 28);
}

// ---------------------------------------------------------------- the spec

export default {
  title: "The packed weights: one matrix comes apart into four layers",
  description:
    "A grid of numbers: eight rows, two for each layer in its colour and with its letter, and four columns, two for the " +
    "input x and two for the hidden state h, with the biases beside them. Above each column stands the number that it is " +
    "multiplied by. Each row gives one sum z; three blocks go through sigma and the candidate's through tanh. " +
    "The four blocks move apart and together.",
  inputs,
  presets: {
    torch: { title: "half apart, torch's order", state: {} },
    joined: { title: "one matrix", state: { apart: 0 } },
    four: { title: "four layers", state: { apart: 1 } },
    onnx: { title: "ONNX's order", state: { order: "onnx" } },
  },
  play: { input: "apart", every: 90 },
  compute,
  draw,
  sentence,
  tasks: [
    {
      ask: "Put it together and take it apart. Which sums $z$ change?",
      state: { apart: 1 },
      answer: "None. Each row is multiplied by itself; where the rows lie makes no difference to it.",
    },
    {
      ask: "Choose ONNX’s order. Which block stays in its place?",
      state: { order: "onnx", apart: 0.5 },
      answer: "Only the first, the input gate’s. The output gate moves up, and the forget gate and the candidate move down. ONNX writes c for the candidate.",
    },
    {
      ask: "Who reads the third row of the ONNX matrix as if it were torch’s?",
      state: { order: "onnx", apart: 0 },
      answer: "A loader that does not reorder. It takes an output gate’s row for a forget gate’s: the shapes fit, and all numbers are wrong.",
    },
    {
      ask: "Which numbers change from step to step, and which never do?",
      state: { t: 2 },
      answer: "The numbers above the columns change, and with them the sums. The matrix is the same at every step.",
    },
  ],
};
