import { colour } from "../../lstm_ref/figures/kit.js";

export default {
  title: "The output gate, between the memory and what is shown",
  description:
    "Time runs from left to right. The thick line of the memory c runs along the top, past the forget " +
    "valve and the plus sign of the last chapters, and leaves as c t. Behind the plus sign it forks: a " +
    "copy goes down through a small circle marked tanh, which has no weights, and then through the " +
    "output valve, a circle with a multiplication sign. The output gate, a rounded box marked sigma " +
    "with weights of its own, sets this valve; it is fed by the hidden state h t minus 1 from the left " +
    "along the bottom and the input x t from below. Below the valve the result, h t, leaves in two ways: " +
    "to the right, to the next step, and up, to the next layer. The memory leaves to the right alone.",
  width: 560,
  draw(kit) {
    kit.height(440);
    kit.rect(70, 62, 410, 330, { rx: 16, fill: colour.panel, stroke: colour.line });
    const [memory, forget, plus] = [108, 120, 200];
    const [gate, out, up] = [250, 370, 440];
    const [squash, valve, boxes, floor] = [172, 240, 300, 360];
    kit.text(4, 50, "long-term memory", { size: 14, fill: colour.c });
    kit.memory(4, forget, memory, 0.9, { scale: 20 });
    kit.memory(forget, plus, memory, 0.5, { scale: 20 });
    kit.memory(plus, 556, memory, 0.9, { scale: 20, arrow: true });
    kit.wire([[plus, 176], [plus, memory + 17]], { stroke: colour.c, width: 2 });
    kit.text(plus, 194, "what is new", { anchor: "middle", size: 13, fill: colour.muted });
    kit.valve(forget, memory, 0.55, { r: 14 });
    kit.operation(plus, memory, "+", { stroke: colour.c, r: 14 });
    kit.wire([[4, floor], [gate, floor], [gate, boxes + 21]], { stroke: colour.h, width: 2.5 });
    kit.wire([[110, 436], [110, floor], [128, floor]], { arrow: false });
    kit.wire([[gate, boxes - 20], [gate, valve], [out - 19, valve]], { stroke: colour.o, width: 2.5 });
    kit.wire([[out, memory], [out, squash - 20]], { stroke: colour.c, width: 4, arrow: false });
    kit.wire([[out, squash + 20], [out, valve - 18]], { stroke: colour.c, width: 3 });
    kit.wire([[out, valve + 17], [out, floor], [556, floor]], { stroke: colour.h, width: 2.5 });
    // Up to the next layer, over the memory line without touching it.
    kit.line(up, memory - 14, up, memory + 14, { stroke: colour.panel, "stroke-width": 12 });
    kit.wire([[out + 20, floor], [up, floor], [up, 10]], { stroke: colour.h, width: 2.5 });
    kit.fork(up, floor, colour.h);
    kit.fork(out, memory, colour.c);
    kit.operation(out, squash, "tanh", { r: 20, stroke: colour.c });
    kit.valve(out, valve, 0.6, { r: 17, stroke: colour.o });
    kit.layer(gate, boxes, "σ", { stroke: colour.o, width: 76 });
    kit.text(out - 28, squash + 5, "no weights", { anchor: "end", size: 13, fill: colour.c });
    kit.text(out + 26, valve + 5, "valve", { size: 14, weight: 600, fill: colour.o });
    kit.maths(gate + 14, valve - 10, "o_t", { size: 20, fill: colour.o });
    kit.text(gate - 50, boxes - 3, "output gate:", { anchor: "end", size: 14, fill: colour.o });
    kit.maths(gate - 50, boxes + 20, "W_o, U_o, b_o", { anchor: "end", size: 16, fill: colour.o });
    kit.maths(4, 86, "c_{t−1}", { size: 20, fill: colour.c });
    kit.maths(516, 86, "c_t", { size: 20, fill: colour.c });
    kit.maths(4, floor - 12, "h_{t−1}", { size: 20, fill: colour.h });
    kit.maths(516, floor - 14, "h_t", { size: 20, fill: colour.h });
    kit.maths(up - 12, 28, "h_t", { size: 20, anchor: "end", fill: colour.h });
    kit.text(up + 12, 26, "up, to what", { size: 13, fill: colour.muted });
    kit.text(up + 12, 42, "reads it now", { size: 13, fill: colour.muted });
    kit.text(556, floor + 26, "on, to the", { anchor: "end", size: 13, fill: colour.muted });
    kit.text(556, floor + 42, "next step", { anchor: "end", size: 13, fill: colour.muted });
    kit.maths(124, 430, "x_t", { size: 20 });
    kit.text(152, 429, "input", { size: 14, fill: colour.muted });
  },
};
