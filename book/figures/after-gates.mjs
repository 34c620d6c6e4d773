import { colour, range } from "../../lstm_ref/figures/kit.js";

const at = (t) => 96 + 140 * t;

export default {
  title: "Gates that read h, and gates that don't",
  description:
    "Two drawings of three time steps. Above, the memory runs along the top through three valves. Below each valve " +
    "stands a box with sigma; it reads its input from below, and the hidden state that the step before made, from the left. " +
    "Below, the same without the wires of h: each box reads its input alone, so that all three can be worked out at the same time.",
  width: 480,
  draw(kit) {
    kit.height(392);
    kit.heading(0, 18, "LSTM: each gate waits for the step before");
    steps(kit, 58, true);
    kit.heading(0, 226, "gates that read x alone: nobody waits");
    steps(kit, 266, false);
  },
};

function steps(kit, y, waits) {
  const gate = y + 66;
  kit.wire([[0, y], [476, y]], { stroke: waits ? colour.c : colour.h, width: 5 });
  kit.maths(2, y - 12, waits ? "c_0" : "h_0", { size: 17, fill: waits ? colour.c : colour.h });
  range(3, (t) => {
    if (waits && t < 2) {
      kit.wire([[at(t) + 40, y], [at(t) + 40, gate], [at(t + 1) - 34, gate]], { stroke: colour.h, width: 2.5 });
      kit.fork(at(t) + 40, y, colour.h);
      kit.maths(at(t) + 50, gate - 10, `h_${t + 1}`, { size: 17, fill: colour.h });
    }
    kit.wire([[at(t), gate - 20], [at(t), y + 16]], { stroke: colour.f, width: 2.5 });
    kit.valve(at(t), y, undefined, { stroke: colour.f });
    kit.layer(at(t), gate, "σ", { stroke: colour.f, width: 64 });
    kit.wire([[at(t), gate + 62], [at(t), gate + 22]], {});
    kit.maths(at(t) + 10, gate + 56, `x_${t + 1}`, { size: 17 });
  });
}
