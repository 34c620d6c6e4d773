import { colour } from "../../lstm_ref/figures/kit.js";

export default {
  title: "A cell that counts",
  description:
    "Time runs from left to right. A thick line along the top carries the cell state. It enters as c t minus 1, " +
    "runs through the forget valve, which is quite open, meets a plus sign, and leaves as c t. Below the plus " +
    "stands the input valve, quite open too, and below it the candidate, a box marked tanh, which reads the letter: " +
    "plus 1 at an a, minus 1 at a b. From c t a line branches off to the right, down through tanh and the output " +
    "valve to the hidden state, which a read-out asks whether another b is to come.",
  width: 560,
  draw(kit) {
    kit.height(318);
    kit.rect(70, 34, 426, 240, { rx: 16, fill: colour.panel, stroke: colour.line });
    const [memory, forget, plus, out] = [84, 150, 270, 400];
    kit.memory(4, forget, memory, 0.8, { scale: 20 });
    kit.memory(forget, plus, memory, 0.8, { scale: 20 });
    kit.memory(plus, 556, memory, 1.1, { scale: 20, arrow: true });
    kit.valve(forget, memory, 1, { r: 17, stroke: colour.f });
    kit.text(forget, memory - 26, "keeps all", { anchor: "middle", size: 14, fill: colour.f });
    kit.wire([[plus, 206], [plus, 166]], { stroke: colour.g, width: 2.5, arrow: false });
    kit.wire([[plus, 138], [plus, memory + 17]], { stroke: colour.i, width: 2.5 });
    kit.valve(plus, 152, 1, { r: 15, stroke: colour.i });
    kit.text(plus - 24, 157, "writes all", { anchor: "end", size: 14, fill: colour.i });
    kit.operation(plus, memory, "+", { r: 16 });
    kit.wire([[plus, 312], [plus, 248]], {});
    kit.layer(plus, 227, "tanh", { stroke: colour.g, width: 76 });
    kit.text(plus - 50, 222, "a: +1", { anchor: "end", size: 15, weight: 600, fill: colour.g });
    kit.text(plus - 50, 244, "b: −1", { anchor: "end", size: 15, weight: 600, fill: colour.g });
    kit.fork(out, memory, colour.c);
    kit.wire([[out, memory], [out, 120]], { stroke: colour.c, width: 2.5, arrow: false });
    kit.operation(out, 136, "tanh", { r: 18, stroke: colour.c });
    kit.wire([[out, 154], [out, 182]], { stroke: colour.c, width: 2.5, arrow: false });
    kit.valve(out, 197, 1, { r: 15, stroke: colour.o });
    kit.text(out + 22, 202, "shows all", { size: 14, fill: colour.o });
    kit.wire([[out, 212], [out, 246], [556, 246]], { stroke: colour.h, width: 2.5 });
    kit.maths(4, 62, "c_{t−1}", { size: 20, fill: colour.c });
    kit.maths(512, 58, "c_t", { size: 20, fill: colour.c });
    kit.maths(512, 236, "h_t", { size: 20, fill: colour.h });
    kit.maths(plus + 12, 308, "x_t", { size: 20 });
    kit.text(plus + 40, 307, "the letter", { size: 14, fill: colour.muted });
  },
};
