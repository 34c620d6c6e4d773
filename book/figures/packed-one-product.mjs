import { colour } from "../../lstm_ref/figures/kit.js";

const LAYERS = [
  ["i", "σ", "input gate"],
  ["f", "σ", "forget gate"],
  ["g", "tanh", "candidate"],
  ["o", "σ", "output gate"],
];

export default {
  title: "One product for all four layers",
  description:
    "From the left the input x t and the hidden state h t minus 1 come in and are joined to one column of " +
    "numbers. They go into one tall box, the packed matrix, in which four blocks of rows lie one below the " +
    "other: i, f, g and o. Out of it comes one column z of four times H numbers. It is split into four: " +
    "the first block goes through sigma and becomes the input gate, the second through sigma and becomes the " +
    "forget gate, the third through tanh and becomes the candidate, the fourth through sigma and becomes the " +
    "output gate.",
  width: 560,
  draw(kit) {
    kit.height(330);
    const [top, block] = [52, 62];
    const middle = top + 2 * block;
    kit.maths(4, 96, "x_t", { size: 20 });
    kit.wire([[4, 110], [86, 110], [86, middle], [128, middle]], {});
    kit.maths(4, 258, "h_{t−1}", { size: 20, fill: colour.h });
    kit.wire([[4, 232], [86, 232], [86, middle], [100, middle]], { stroke: colour.h, arrow: false });
    kit.text(84, 32, "joined", { anchor: "middle", size: 14, fill: colour.muted });
    kit.text(182, 32, "one product", { anchor: "middle", size: 14, fill: colour.muted });
    kit.text(286, 32, "4H sums", { anchor: "middle", size: 14, fill: colour.muted });
    kit.text(384, 32, "each its own", { anchor: "middle", size: 14, fill: colour.muted });
    LAYERS.forEach(([letter, activation, words], k) => {
      const paint = colour[letter];
      const y = top + (k + 0.5) * block;
      kit.rect(134, y - block / 2, 96, block, { fill: paint, "fill-opacity": 0.14, stroke: paint, "stroke-width": 2 });
      kit.maths(182, y + 7, `W_${letter}  U_${letter}`, { anchor: "middle", size: 18, fill: paint });
      kit.wire([[232, y], [264, y]], { stroke: paint });
      kit.rect(266, y - block / 2 + 4, 40, block - 8, { rx: 4, fill: "none", stroke: paint });
      kit.maths(286, y + 6, `z_${letter}`, { anchor: "middle", size: 18, fill: paint });
      kit.wire([[308, y], [350, y]], { stroke: paint });
      kit.layer(384, y, activation, { stroke: paint });
      kit.wire([[418, y], [452, y]], { stroke: paint });
      kit.maths(462, y - 2, `${letter}_t`, { size: 20, fill: paint });
      kit.text(462, y + 18, words, { size: 13, fill: paint });
    });
    kit.text(182, top + 4 * block + 22, "4H rows, I + H columns", { anchor: "middle", size: 14, fill: colour.muted });
  },
};
