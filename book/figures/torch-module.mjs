import { colour } from "../../lstm_ref/figures/kit.js";

const ROWS = ["weight_ih", "weight_hh", "bias_ih", "bias_hh"];
const MONO = "ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace";

export default {
  title: "A module of torch, what goes through it, and who reads and writes its weights",
  description:
    "A large box is the module. In it stand the four arrays weight i h, weight h h, bias i h and bias h h, " +
    "and beside each of them its gradient, grad. The sequence xs comes in from the left; to the right go the " +
    "hidden states hs, and from them comes the loss. From the loss a dashed arrow goes back, leftward, and fills " +
    "the gradients: this is backward. Below the module stands the optimiser: it reads the gradients and changes " +
    "the weights. Above it a file: state dict goes to it and comes from it, and holds the four arrays by name.",
  width: 600,
  draw(kit) {
    kit.height(392);
    kit.rect(108, 86, 318, 206, { rx: 16, fill: colour.panel, stroke: colour.line });
    kit.text(124, 112, "module", { size: 15, weight: 650 });
    kit.text(384, 112, ".grad", { size: 14, anchor: "middle", "font-family": MONO });
    ROWS.forEach((name, k) => {
      const y = 124 + k * 38;
      kit.rect(124, y, 190, 30, { rx: 8, fill: colour.ground, stroke: colour.text, "stroke-width": 2 });
      kit.text(219, y + 20, name, { size: 14, anchor: "middle", "font-family": MONO });
      kit.rect(352, y, 64, 30, { rx: 8, fill: colour.ground, stroke: colour.text, "stroke-dasharray": "5 4" });
      kit.wire([[314, y + 15], [352, y + 15]], { dashed: true, arrow: false });
    });
    // Forward: xs in, hs out, and the loss.
    kit.wire([[4, 190], [108, 190]], {});
    kit.maths(8, 180, "x_1, …, x_T", { size: 17 });
    kit.wire([[426, 170], [520, 170]], { stroke: colour.h });
    kit.maths(438, 158, "h_1, …, h_T", { size: 17, fill: colour.h });
    kit.rect(520, 146, 72, 48, { rx: 10, fill: colour.ground, stroke: colour.text, "stroke-width": 2 });
    kit.text(556, 175, "loss", { size: 15, anchor: "middle" });
    // Backward: leftward and dashed.
    kit.wire([[556, 194], [556, 240], [418, 240]], { dashed: true });
    kit.text(444, 260, "backward()", { size: 14, "font-family": MONO });
    // Who reads and who writes.
    kit.rect(190, 340, 160, 44, { rx: 10, fill: colour.ground, stroke: colour.text, "stroke-width": 2 });
    kit.text(270, 367, "optimiser", { size: 15, anchor: "middle" });
    kit.wire([[384, 276], [384, 362], [350, 362]], { dashed: true });
    kit.text(394, 326, "reads", { size: 14 });
    kit.wire([[190, 362], [150, 362], [150, 270]], {});
    kit.text(140, 326, "step()", { size: 14, anchor: "end", "font-family": MONO });
    kit.rect(190, 6, 160, 40, { rx: 10, fill: colour.ground, stroke: colour.text, "stroke-width": 2 });
    kit.text(270, 31, "a file", { size: 15, anchor: "middle" });
    kit.wire([[250, 86], [250, 46]], {});
    kit.wire([[290, 46], [290, 86]], {});
    kit.text(304, 70, "state_dict", { size: 14, "font-family": MONO });
  },
};
