import { colour } from "../../lstm_ref/figures/kit.js";

const plain = (kit, x, y, words, width) => {
  kit.rect(x - width / 2, y - 19, width, 38, { fill: colour.ground, stroke: colour.text, "stroke-width": 1.75 });
  kit.text(x, y + 5, words, { anchor: "middle", size: 15 });
};

export default {
  title: "The loop of training",
  description:
    "Above, from left to right: the inputs x go into the LSTM, its last hidden state h T goes into the " +
    "read-out, and out of it comes the answer y. Answer and target, y star, meet in the loss L. Below, " +
    "from right to left and dashed, the gradient leaves the loss and passes a box called clip and a " +
    "box called step. From the step, new weights go up to the LSTM and to the read-out.",
  width: 560,
  draw(kit) {
    kit.height(268);
    const [top, low] = [100, 222];
    kit.maths(4, top - 10, "x_1 … x_T", { size: 17 });
    kit.wire([[4, top], [116, top]], {});
    kit.layer(156, top, "LSTM", { stroke: colour.c, width: 80, height: 46 });
    kit.wire([[196, top], [258, top]], { stroke: colour.h, width: 2.5 });
    kit.maths(216, top - 10, "h_T", { size: 18, fill: colour.h });
    kit.layer(300, top, "V h + a", { width: 84, height: 46 });
    kit.text(300, top - 34, "read-out", { anchor: "middle", size: 14, fill: colour.muted });
    kit.wire([[342, top], [424, top]], {});
    kit.maths(376, top - 10, "y", { size: 18 });
    kit.wire([[446, 22], [446, top - 24]], {});
    kit.maths(456, 36, "y*", { size: 18 });
    kit.text(478, 36, "target", { size: 14, fill: colour.muted });
    kit.circle(446, top, 22, { fill: colour.ground, stroke: colour.text, "stroke-width": 2 });
    kit.maths(446, top + 6, "L", { anchor: "middle", size: 19 });
    kit.text(478, top + 5, "loss", { size: 14, fill: colour.muted });
    kit.wire([[446, top + 24], [446, low], [372, low]], { dashed: true });
    kit.text(456, low - 46, "back through all", { size: 14, fill: colour.muted });
    kit.text(456, low - 28, "steps: gradient", { size: 14, fill: colour.muted });
    plain(kit, 338, low, "clip", 66);
    kit.wire([[304, low], [262, low]], { dashed: true });
    plain(kit, 228, low, "step", 66);
    kit.wire([[194, low], [156, low], [156, top + 26]], {});
    kit.wire([[228, low - 20], [228, 168], [300, 168], [300, top + 26]], {});
    kit.text(146, 168, "new weights", { anchor: "end", size: 14, fill: colour.muted });
  },
};
