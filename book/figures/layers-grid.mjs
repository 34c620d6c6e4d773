import { colour } from "../../lstm_ref/figures/kit.js";

export default {
  title: "Two layers over three steps",
  description:
    "A grid of six boxes, each marked LSTM. Time runs from left to right, three steps; depth runs upward, two layers. " +
    "Along each layer two lines go from box to box: the cell state c, thick, and the hidden state h, thin. From below an " +
    "input x comes into each box of layer 1. From each box an arrow with h goes up: from layer 1 into layer 2, and from " +
    "layer 2 out. No c goes up. At the right end of each layer stand its last states, h n and c n.",
  width: 560,
  draw(kit) {
    kit.height(330);
    const columns = [150, 280, 410];
    const rows = [222, 112];
    const [half, high] = [38, 52];
    rows.forEach((y, k) => {
      const [line, floor] = [y - 11, y + 11];
      kit.text(0, y + 5, `layer ${k + 1}`, { size: 15, weight: 600 });
      kit.wire([[66, line], [496, line]], { stroke: colour.c, width: 5 });
      kit.wire([[66, floor], [496, floor]], { stroke: colour.h, width: 2.5 });
      kit.maths(502, line + 2, "c_n", { size: 18, fill: colour.c });
      kit.maths(502, floor + 12, "h_n", { size: 18, fill: colour.h });
      columns.forEach((x, t) => {
        kit.wire([[x, y + 82], [x, y + high / 2]], { stroke: k ? colour.h : colour.text, width: 2.5 });
        kit.maths(x + 10, y + 66, k ? `h_${t + 1}` : `x_${t + 1}`, { size: 17, fill: k ? colour.h : colour.text });
        kit.rect(x - half, y - high / 2, 2 * half, high, { rx: 9, fill: colour.ground, stroke: colour.text, "stroke-width": 2.5 });
        kit.text(x, y + 6, "LSTM", { anchor: "middle", size: 15, weight: 600 });
      });
    });
    columns.forEach((x, t) => {
      kit.wire([[x, 86], [x, 40]], { stroke: colour.h, width: 2.5 });
      kit.maths(x + 10, 54, `h_${t + 1}`, { size: 17, fill: colour.h });
    });
    kit.text(280, 20, "out: the top layer's h, at each step", { anchor: "middle", size: 14, fill: colour.muted });
    kit.text(280, 324, "in: the sequence", { anchor: "middle", size: 14, fill: colour.muted });
  },
};
