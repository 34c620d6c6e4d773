// σ and tanh under the hand: a point, its slope and its share; above, a sentence's sums squashed.

import { colour, range, sig3, share, short, sigmoid } from "./kit.js";
import said from "./sentence.json" with { type: "json" };

const T = said.words.length;
const FAR = 10;

// How much of the "not" is left after each word, 0 to 1: the sum stands at ±1 where it is all or none.
const notes = said.f.reduce((before, f, t) => [...before, f * (before.at(-1) ?? 0) + said.written[t]], []);

const inputs = [
  { name: "k", symbol: "k", label: "stretch the sums", min: 0, max: FAR, step: 0.5, start: 3, colour: "f" },
  { name: "x", symbol: "x", label: "the sum", min: -FAR, max: FAR, step: 0.01, start: 2.95 },
];

/** Both curves and their slopes at x, and the sentence's sums with what σ makes of them. */
function compute({ k, x }) {
  const [y, tanh] = [sigmoid(x), Math.tanh(x)];
  const sums = notes.map((note) => k * (2 * note - 1));
  return { y, tanh, slope: y * (1 - y), tanh_slope: 1 - tanh ** 2, sums, shares: sums.map(sigmoid) };
}

function sentence({ x, k, y, tanh, slope, tanh_slope, shares }) {
  const at = said.words.indexOf("not");
  return (
    `At ${short(x)}, σ is ${share(y)} with slope ${sig3(slope)}; tanh is ${share(tanh)} with slope ${sig3(tanh_slope)}. ` +
    `Stretched ${short(k)} times, the sum at “not” becomes the share ${share(shares[at])}.`
  );
}

function draw(kit, values) {
  const { wide, width } = kit;
  const strip = drawStrip(kit, values);
  const size = { width: (wide ? width / 2 : width) - 84, height: wide ? 170 : 130 };
  const sigma = { name: "σ", of: sigmoid, y: values.y, slope: values.slope, fill: colour.f, low: 0 };
  const tanh = { name: "tanh", of: Math.tanh, y: values.tanh, slope: values.tanh_slope, fill: colour.g, low: -1 };
  const y = strip + 44;
  kit.heading(0, strip + 8, wide ? "One sum x, on both curves" : "One sum, two curves");
  kit.slider("x", 34, y, size.width + 20, { fill: colour.text });
  const label = wide ? { at: [size.width + 60, y + 5] } : { at: [width, strip + 8], anchor: "end" };
  kit.maths(...label.at, `x = ${kit.value("x")}`, { size: 14, weight: 600, anchor: label.anchor });
  const [first, second] = wide ? [[44, y + 58], [width / 2 + 44, y + 58]] : [[44, y + 58], [44, y + 290]];
  drawCurve(kit, values.x, sigma, first, size);
  drawCurve(kit, values.x, tanh, second, size);
  kit.height(second[1] + size.height + 62);
}

// Above: a bar for each word, from empty to full.
function drawStrip(kit, { shares }) {
  const { wide, width } = kit;
  kit.heading(0, 16, wide ? "How strongly the “not” is in force, word by word" : "How strongly “not” is in force");
  kit.maths(0, 45, `k = ${kit.value("k")}`, { size: 14, weight: 600 });
  kit.slider("k", 66, 40, wide ? 220 : 190, { fill: colour.f });
  const [left, top, height] = [24, 66, 70];
  const step = (width - left - 6) / T;
  kit.line(left, top + height / 2, width, top + height / 2, { stroke: colour.line, "stroke-dasharray": "3 3" });
  kit.text(left - 4, top + 8, "1", { anchor: "end", size: 12, fill: colour.muted });
  kit.text(left - 4, top + height, "0", { anchor: "end", size: 12, fill: colour.muted });
  shares.forEach((part, t) => {
    const x = left + (t + 0.5) * step;
    kit.rect(x - step * 0.32, top, step * 0.64, height, { fill: "none", stroke: colour.line });
    kit.rect(x - step * 0.32, top + height * (1 - part), step * 0.64, height * part, { fill: colour.f });
    const down = wide || t % 2 === 0 ? 17 : 33; // on a phone the words stand on two lines
    kit.text(x, top + height + down, said.words[t], { anchor: "middle", size: 12 });
  });
  return top + height + 66;
}

function drawCurve(kit, x, { name, of, y, slope, fill, low }, [left, top], size) {
  const axes = kit.axes(left, top, size.width, size.height, { across: [-FAR, FAR], up: [low, 1], ticks: [[-FAR, 0, FAR], [low, (low + 1) / 2, 1]] });
  kit.curve(axes, of, { stroke: fill });
  const reach = 2.5; // the tangent, cut where it would leave the box
  const line = range(81, (n) => x - reach + (n * 2 * reach) / 80).map((at) => [at, y + slope * (at - x)]);
  const inside = line.filter(([at, up]) => Math.abs(at) <= FAR && up >= low && up <= 1);
  if (inside.length > 1) kit.curve(axes, inside, { stroke: colour.text, width: 2, dashed: true });
  kit.marker(axes, x, y, { fill });
  const bar = left + size.width + 14;
  const [zero, end] = [axes.y(0), axes.y(y)];
  kit.rect(bar, top, 14, size.height, { fill: "none", stroke: colour.line });
  kit.rect(bar, Math.min(zero, end), 14, Math.abs(zero - end), { fill });
  kit.maths(left, top - 12, `${name}(x) = ${share(y)}`, { size: 15, weight: 600, fill });
  kit.maths(left, top + size.height + 40, `slope ${sig3(slope)}`, { size: 14 });
}

export default {
  title: "Two curves that squash, and their slopes",
  description:
    "Above, the words of a sentence: for each a sum is squashed by σ into a bar between 0 and 1. " +
    "Below, σ and tanh with a point on each at the same x, the tangent there as a dashed line, and a bar for the result.",
  inputs,
  presets: { "unit-1": { title: "unit 1: 2.95", state: {} }, "unit-2": { title: "unit 2: −2.17", state: { x: -2.17 } } },
  compute,
  draw,
  sentence,
  tasks: [
    {
      ask: "Set $x$ to 0. How steep are the two curves?",
      state: { x: 0 },
      answer: ({ slope, tanh_slope }) => `σ has the slope ${short(slope)}, tanh ${short(tanh_slope)}. Nowhere are they steeper.`,
    },
    {
      ask: "Go to $x = 10$. What is left of the slopes?",
      state: { x: 10 },
      answer: ({ slope, tanh_slope }) => `${sig3(slope)} and ${sig3(tanh_slope)}: both curves are saturated.`,
    },
    {
      ask: "Set $k$ to 0. What becomes of the sentence?",
      state: { k: 0 },
      answer: "All shares are one half: with a sum of 0, σ neither opens nor shuts.",
    },
  ],
};
