import { colour } from "../../lstm_ref/figures/kit.js";

export default {
  title: "The forget gate on the memory line",
  description:
    "Time runs from left to right. A thick line along the top carries the long-term memory, " +
    "c. It enters as c t minus 1 and meets the forget valve, drawn as a circle with a " +
    "multiplication sign. After the valve, what is kept, f times c t minus 1, runs on to a " +
    "dashed plus sign, where the input gate will add to it in the next chapter, and leaves as" +
    " c t. Below the valve stands the forget gate, a rounded box marked sigma with weights of" +
    " its own. It is fed by two lines that join: the hidden state h t minus 1 from the left " +
    "along the bottom, and the input x t from below. Its output, f t, a share between 0 and " +
    "1, sets the valve. No line runs from the memory to the box.",
  width: 560,
  draw(kit) {
    kit.height(362);
    kit.rect(90, 52, 380, 262, { rx: 16, fill: colour.panel, stroke: colour.line });
    const [memory, valve, plus] = [100, 210, 380];
    kit.text(4, 34, "long-term memory", { size: 14, fill: colour.c });
    kit.memory(4, valve, memory, 0.9, { scale: 20 });
    kit.memory(valve, plus, memory, 0.5, { scale: 20 });
    kit.memory(plus, 556, memory, 0.9, { scale: 20, arrow: true });
    kit.text((valve + plus) / 2, memory - 18, "kept", { anchor: "middle", size: 14, fill: colour.c });
    // The place of the input gate, not yet built.
    const later = { stroke: colour.muted, width: 1.5, dashed: true };
    kit.wire([[plus, 172], [plus, memory + 18]], later);
    kit.operation(plus, memory, "+", { stroke: colour.muted, r: 16 });
    kit.text(plus, 192, "what is new", { anchor: "middle", size: 14, fill: colour.muted });
    kit.text(plus, 210, "(next chapter)", { anchor: "middle", size: 14, fill: colour.muted });
    // The gate reads the hidden state and the input, never the memory.
    kit.wire([[4, 284], [valve, 284], [valve, 246]], { stroke: colour.h, width: 2.5 });
    kit.wire([[valve, 358], [valve, 246]], {});
    kit.wire([[valve, 204], [valve, memory + 20]], { stroke: colour.f, width: 2.5 });
    kit.layer(valve, 225, "σ", { stroke: colour.f, width: 76 });
    kit.valve(valve, memory, 0.55, { r: 18 });
    kit.text(valve, memory - 28, "valve", { anchor: "middle", size: 14, weight: 600, fill: colour.f });
    kit.text(valve - 14, 162, "a share, 0…1", { anchor: "end", size: 14, fill: colour.f });
    kit.maths(valve + 14, 164, "f_t", { size: 20, fill: colour.f });
    kit.text(valve + 50, 246, "forget gate:", { size: 14, fill: colour.f });
    kit.maths(valve + 50, 270, "W_f, U_f, b_f", { size: 17, fill: colour.f });
    kit.maths(4, 76, "c_{t−1}", { size: 20, fill: colour.c });
    kit.maths(516, 76, "c_t", { size: 20, fill: colour.c });
    kit.maths(4, 272, "h_{t−1}", { size: 20, fill: colour.h });
    kit.maths(valve + 14, 350, "x_t", { size: 20 });
    kit.text(valve + 42, 349, "input", { size: 14, fill: colour.muted });
  },
};
