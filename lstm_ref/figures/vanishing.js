// The size of the gradient on its way back through 50 steps, on a logarithmic axis.

import { clamp, colour, range, short, sig3 } from "./kit.js";

const T = 50;
const DECADES = 12;

const inputs = [
  { name: "u", symbol: "u", label: "size of the recurrent weight", min: 0.1, max: 3, step: 0.1, start: 0.9, colour: "h" },
  { name: "z", symbol: "z", label: "size of the sum before tanh", min: 0, max: 3, step: 0.1, start: 0.5 },
];

/**
 * The slope of tanh at z, the factor of one step, and the gradient's size 0 to 50 steps back, as
 * powers of ten.
 */
function compute({ u, z }) {
  const slope = 1 - Math.tanh(z) ** 2;
  const factor = u * slope;
  return { slope, factor, powers: range(T + 1, (k) => k * Math.log10(factor)) };
}

function sentence({ u, z, slope, factor, powers }) {
  const way = Math.abs(factor - 1) < 1e-9 ? "it stays as it is" : factor < 1 ? "it vanishes" : "it explodes";
  return `Each step back multiplies by ${short(u)} · ${sig3(slope)} = ${sig3(factor)}, at z = ${short(z)}. After ${T} steps ${sig3(10 ** powers[T])} is left: ${way}.`;
}

function draw(kit, { factor, powers }) {
  const { wide, width } = kit;
  kit.heading(0, 16, "The gradient on its way back");
  const [left, right, top, height] = [wide ? 58 : 50, width - 18, 62, 220];
  const axes = kit.axes(left, top, right - left, height, { across: [-T, 0], up: [-DECADES, DECADES] });
  for (const [power, words] of [[-12, "10⁻¹²"], [-6, "10⁻⁶"], [0, "1"], [6, "10⁶"], [12, "10¹²"]]) {
    kit.line(left, axes.y(power), right, axes.y(power), { stroke: power ? colour.line : colour.muted });
    kit.text(left - 8, axes.y(power) + 4, words, { anchor: "end", size: 12, fill: colour.muted });
  }
  for (const back of [50, 40, 30, 20, 10, 0]) {
    kit.text(axes.x(-back), top + height + 18, `${back}`, { anchor: "middle", size: 12, fill: colour.muted });
  }
  kit.text(right, top + height + 38, "steps back", { anchor: "end", size: 13, fill: colour.muted });
  kit.text(left + 8, axes.y(9) + 4, "explodes", { fill: colour.muted });
  kit.text(left + 8, axes.y(-9) + 4, "vanishes", { fill: colour.muted });
  // The line leaves the box where it leaves the axis, not bent along its edge.
  const reach = T * Math.min(1, DECADES / Math.max(1e-9, Math.abs(powers[T])));
  kit.curve(axes, [[0, 0], [-reach, clamp(powers[1] * reach, -DECADES, DECADES)]], { stroke: colour.h, dashed: true });
  kit.circle(axes.x(0), axes.y(0), 5, { fill: colour.h });
  kit.text(0, 42, `each step × ${sig3(factor)}`, { weight: 600, size: 14, fill: colour.h });
  kit.text(width, 42, `after ${T}: ${sig3(10 ** powers[T])}`, { anchor: "end", weight: 600, size: 14, fill: colour.h });
  kit.height(top + height + 46);
}

export default {
  title: "A gradient through 50 steps back",
  description:
    "A plot of the gradient's size. The last step stands at the right; 50 steps before it at the " +
    "left. The upright axis is logarithmic, from 10 to the minus 12 to 10 to the 12. A dashed " +
    "line falls to the left where the gradient vanishes, and rises where it explodes.",
  inputs,
  presets: {},
  compute,
  draw,
  sentence,
  tasks: [
    {
      ask: "Set $z$ to 0 and $u$ to 1: the border.",
      state: { u: 1, z: 0 },
      answer: "The factor is exactly 1, and the line is level: nothing is lost, and nothing grows.",
    },
    {
      ask: "Stay at $z = 0$, and set $u$ to 1.5.",
      state: { u: 1.5, z: 0 },
      answer: ({ powers }) => `It explodes: after ${T} steps the gradient is ${sig3(10 ** powers[T])} times as large.`,
    },
    {
      ask: "Leave $u$ at 1.5, and set $z$ to 1.",
      state: { u: 1.5, z: 1 },
      answer: ({ slope, powers }) => `The slope is only ${sig3(slope)}, and so it vanishes: ${sig3(10 ** powers[T])} is left.`,
    },
  ],
};
