import { colour, range } from "../../lstm_ref/figures/kit.js";

export default {
  title: "The memory with and without a forget gate",
  description:
    "Two graphs of one unit's memory c over sixteen time steps, in which each step adds one " +
    "half. Upper graph, without a forget gate: the memory climbs in a straight line, passes " +
    "3, above which tanh is flat, and ends at 8. Lower graph, with a forget gate: the memory " +
    "falls back to zero whenever a new sequence begins, before steps 6 and 11, and never goes" +
    " above 3.",
  width: 480,
  draw(kit) {
    kit.height(344);
    const grown = (since) => range(17, (t) => [t, 0.5 * (t - since.findLast((first) => first <= t))]);
    const emptied = [...range(6, (t) => [t, t / 2]), [5, 0], ...range(6, (t) => [5 + t, t / 2]), [10, 0], ...range(7, (t) => [10 + t, t / 2])];
    graph(kit, 28, "without a forget gate", grown([0]));
    graph(kit, 188, "with a forget gate", emptied);
    ["sequence 1", "sequence 2", "sequence 3"].forEach((words, k) => {
      kit.text(60 + ([2.5, 7.5, 13][k] * 400) / 16, 338, words, { anchor: "middle", size: 14, fill: colour.muted });
    });
  },
};

function graph(kit, y, words, points) {
  kit.heading(60, y - 10, words);
  const flat = { fill: colour.c, "fill-opacity": 0.1 };
  kit.rect(60, y, 400, (120 * 6) / 9, flat);
  const axes = kit.axes(60, y, 400, 120, { across: [0, 16], up: [0, 9], ticks: [[], [0, 3, 8]] });
  kit.text(68, y + 18, "tanh is flat", { size: 14, fill: colour.muted });
  for (const end of [5, 10]) {
    kit.line(axes.x(end), y, axes.x(end), y + 120, { stroke: colour.muted, "stroke-dasharray": "3 4" });
  }
  kit.curve(axes, points, { stroke: colour.c, width: 4 });
  kit.maths(22, y + 66, "c", { size: 19, fill: colour.c });
}
