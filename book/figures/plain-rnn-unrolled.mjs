import { colour } from "../../lstm_ref/figures/kit.js";

export default {
  title: "A plain network over three steps",
  description:
    "Time runs from left to right. Three rounded boxes, each marked tanh, stand side by side. Into " +
    "each an input x comes from below, and the hidden state from the box before comes from the " +
    "left. What each makes, h, goes up, and on to the next box.",
  width: 560,
  draw(kit) {
    kit.height(236);
    const boxes = [130, 290, 450];
    const line = 120;
    kit.maths(2, line - 12, "h_0", { size: 18, fill: colour.h });
    kit.wire([[2, line], [boxes[0] - 38, line]], { stroke: colour.h, width: 2.5 });
    boxes.forEach((x, k) => {
      const end = k < 2 ? boxes[k + 1] - 38 : 556;
      const fork = x + 62;
      kit.wire([[x, 212], [x, line + 22]], {});
      kit.maths(x + 10, 208, `x_${k + 1}`, { size: 18 });
      kit.wire([[x + 36, line], [end, line]], { stroke: colour.h, width: 2.5 });
      kit.wire([[fork, line], [fork, 34]], { stroke: colour.h, width: 2.5 });
      kit.fork(fork, line, colour.h);
      kit.maths(fork + 10, 46, `h_${k + 1}`, { size: 18, fill: colour.h });
      kit.layer(x, line, "tanh", { stroke: colour.h, width: 72 });
    });
  },
};
