import { colour, sigmoid } from "../../lstm_ref/figures/kit.js";

export default {
  title: "Four functions that might set the valve",
  description:
    "Four small graphs of a function of z from minus 4 to 4. A band marks the values between " +
    "0 and 1. The sigmoid rises smoothly and stays inside the band. The hyperbolic tangent " +
    "goes below 0. The ReLU leaves the band above 1. The step jumps from 0 to 1 and is flat " +
    "on both sides.",
  width: 480,
  draw(kit) {
    kit.height(404);
    const step = [[-4, 0], [0, 0], [0, 1], [4, 1]];
    graph(kit, 0, 0, "σ", "a share, with a slope", sigmoid, colour.f);
    graph(kit, 260, 0, "tanh", "can turn the sign", Math.tanh);
    graph(kit, 0, 206, "ReLU", "can pass more than all", [[-4, 0], [0, 0], [2, 2]]);
    graph(kit, 260, 206, "step", "no slope to learn from", step);
  },
};

function graph(kit, x, y, name, words, of, paint) {
  kit.heading(x + 24, y + 18, name, { size: 17, fill: paint });
  const box = { across: [-4, 4], up: [-1.05, 2], ticks: [[], [0, 1]] };
  kit.rect(x + 24, y + 30 + 44, 196, 44, { fill: colour.f, "fill-opacity": 0.12 });
  const axes = kit.axes(x + 24, y + 30, 196, 134, box);
  kit.curve(axes, of, { stroke: paint ?? colour.text, width: 3 });
  kit.text(x + 122, y + 186, words, { anchor: "middle", size: 14, fill: paint ?? colour.muted });
}
