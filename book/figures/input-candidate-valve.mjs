import { colour } from "../../lstm_ref/figures/kit.js";

export default {
  title: "Candidate and input gate below the memory line",
  description:
    "Time runs from left to right. The thick line of the long-term memory c runs along the top: it " +
    "enters as c t minus 1, passes the forget valve of the last chapter, then a plus sign, and leaves " +
    "as c t. Below the plus sign stand two rounded boxes with weights of their own: on the left the " +
    "input gate, marked sigma, on the right, under the plus sign, the candidate, marked tanh. The " +
    "candidate g t goes straight up to the input valve, a circle with a multiplication sign. The " +
    "input gate i t comes in from the left and sets this valve. What comes through, i times g, goes " +
    "up to the plus sign. Both boxes are fed by the same two lines, which join: the hidden state h t " +
    "minus 1 along the bottom, and the input x t from below.",
  width: 560,
  draw(kit) {
    kit.height(420);
    kit.rect(70, 52, 420, 320, { rx: 16, fill: colour.panel, stroke: colour.line });
    const [memory, forget, plus, gate] = [100, 140, 350, 230];
    const [valve, boxes, floor] = [190, 270, 340];
    kit.text(4, 34, "long-term memory", { size: 14, fill: colour.c });
    kit.memory(4, forget, memory, 0.9, { scale: 20 });
    kit.memory(forget, plus, memory, 0.5, { scale: 20 });
    kit.memory(plus, 556, memory, 0.9, { scale: 20, arrow: true });
    kit.text((forget + plus) / 2, memory - 18, "kept", { anchor: "middle", size: 14, fill: colour.c });
    kit.text(plus + 16, memory + 46, "what is new,", { size: 14, fill: colour.c });
    kit.maths(plus + 104, memory + 47, "i_t g_t", { size: 17, fill: colour.c });
    // Both layers read the same two lines.
    for (const x of [gate, plus]) kit.wire([[4, floor], [x, floor], [x, boxes + 21]], { stroke: colour.h, width: 2.5 });
    kit.wire([[110, 416], [110, floor], [128, floor]], { arrow: false });
    kit.fork(gate, floor, colour.h);
    kit.wire([[gate, boxes - 20], [gate, valve], [plus - 20, valve]], { stroke: colour.i, width: 2.5 });
    kit.wire([[plus, boxes - 20], [plus, valve + 20]], { stroke: colour.g, width: 2.5 });
    kit.wire([[plus, valve - 18], [plus, memory + 19]], { stroke: colour.c, width: 2.5 });
    kit.valve(forget, memory, 0.55, { r: 16 });
    kit.text(forget, memory + 36, "last chapter", { anchor: "middle", size: 13, fill: colour.muted });
    kit.operation(plus, memory, "+", { stroke: colour.c, r: 17 });
    kit.valve(plus, valve, 0.7, { r: 18, stroke: colour.i });
    kit.layer(gate, boxes, "σ", { stroke: colour.i, width: 76 });
    kit.layer(plus, boxes, "tanh", { stroke: colour.g, width: 76 });
    kit.text(gate - 14, valve + 4, "how much", { anchor: "end", size: 14, fill: colour.i });
    kit.maths(gate + 14, valve - 10, "i_t", { size: 20, fill: colour.i });
    kit.text(plus + 26, valve + 5, "valve", { size: 14, weight: 600, fill: colour.i });
    kit.text(plus + 40, valve + 46, "what", { size: 14, fill: colour.g });
    kit.maths(plus + 14, valve + 47, "g_t", { size: 20, fill: colour.g });
    kit.text(gate - 50, boxes - 3, "input gate:", { anchor: "end", size: 14, fill: colour.i });
    kit.maths(gate - 50, boxes + 20, "W_i, U_i, b_i", { anchor: "end", size: 16, fill: colour.i });
    kit.text(plus + 50, boxes - 3, "candidate:", { size: 14, fill: colour.g });
    kit.maths(plus + 50, boxes + 20, "W_g, U_g, b_g", { size: 16, fill: colour.g });
    kit.maths(4, 76, "c_{t−1}", { size: 20, fill: colour.c });
    kit.maths(516, 76, "c_t", { size: 20, fill: colour.c });
    kit.maths(4, floor - 12, "h_{t−1}", { size: 20, fill: colour.h });
    kit.maths(124, 410, "x_t", { size: 20 });
    kit.text(152, 409, "input", { size: 14, fill: colour.muted });
  },
};
