// The adding problem while four models learn it: the error of the middle seed, and from where to
// where the seeds go. All numbers were measured: lags.json, which long_lags.py makes.

import { colour, sig3 } from "./kit.js";
import kept from "./lags.json" with { type: "json" };

const { lengths, steps, every, models, constant, solved: GOAL } = kept;
const [BOTTOM, TOP] = [-3, 0];
const SEEDS = models.lstm[0].after.length;

const LOOK = {
  rnn: { words: "plain network", stroke: colour.h, width: 2.5, dash: "7 5" },
  irnn: { words: "IRNN", stroke: colour.muted, width: 2.5, dash: "2 4" },
  gru: { words: "GRU", stroke: colour.text, width: 2 },
  lstm: { words: "LSTM", stroke: colour.c, width: 3.5 },
};
const NAMES = Object.keys(LOOK);

const inputs = [
  { name: "k", symbol: "T", label: "steps in a sequence", min: 0, max: lengths.length - 1, step: 1, start: 3, origin: 0, colour: "c", says: (k) => `${lengths[k]}` },
  { name: "n", label: "mini-batches so far", min: every, max: steps, step: every, start: steps, origin: every, says: (n) => `${n}` },
];

/** The middle of the seeds, a seed that never solves it last; 0 where that is the middle one. */
function middle(after) {
  const sorted = after.map((a) => a || Infinity).sort((a, b) => a - b);
  const half = Math.floor(sorted.length / 2);
  const found = sorted.length % 2 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
  return found < Infinity ? found : 0;
}

/** Which of the kept errors is the last one at n mini-batches; n lies between two while it glides. */
const place = (n) => Math.max(0, Math.floor(n / every) - 1);

function compute({ k, n }) {
  const ours = NAMES.map((name) => models[name][k]);
  const at = (key) => ours.map((one) => 10 ** (one[key][place(n)] / 100));
  return {
    T: lengths[k],
    errors: at("median"),
    lows: at("low"),
    highs: at("high"),
    solved: ours.map(({ after }) => after.filter((a) => a > 0 && a <= n).length),
    medians: ours.map(({ after }) => middle(after)),
  };
}

function sentence({ T, n, solved, errors }) {
  const said = NAMES.map((name, m) => `${LOOK[name].words} ${solved[m]}`).join(", ");
  const lstm = NAMES.indexOf("lstm");
  return `T = ${T}, after ${n} mini-batches. Of ${SEEDS} seeds have solved it: ${said}. The LSTM's error is ${sig3(errors[lstm])}, the plain network's ${sig3(errors[0])}; who always says the same has ${sig3(constant)}.`;
}

function draw(kit, values) {
  const { wide, width } = kit;
  const { k, n, T } = values;
  kit.heading(0, 16, wide ? `The error while it is learned, with sequences of ${T} steps` : `The error, with ${T} steps`);
  const [left, right, top, height] = [wide ? 58 : 46, width - 14, 158, 230];
  const axes = kit.axes(left, top, right - left, height, { across: [0, steps], up: [BOTTOM, TOP] });
  for (const [power, words] of [[-3, "0.001"], [-2, "0.01"], [-1, "0.1"], [0, "1"]]) {
    kit.line(left, axes.y(power), right, axes.y(power), { stroke: colour.line });
    kit.text(left - 8, axes.y(power) + 4, words, { anchor: "end", size: 12, fill: colour.muted });
  }
  for (const tick of [0, 0.25, 0.5, 0.75, 1].map((part) => part * steps)) {
    kit.text(axes.x(tick), top + height + 18, `${tick}`, { anchor: tick === steps ? "end" : "middle", size: 12, fill: colour.muted });
  }
  kit.text(right, top + height + 38, "mini-batches", { anchor: "end", size: 13, fill: colour.muted });
  level(kit, axes, Math.log10(constant), "always the same");
  level(kit, axes, Math.log10(GOAL), "solved");
  names(kit, values);
  NAMES.forEach((name) => band(kit, axes, models[name][k], n, LOOK[name]));
  kit.line(axes.x(n), top, axes.x(n), top + height, { stroke: colour.text, "stroke-dasharray": "3 3" });
  kit.height(top + height + 46);
}

/** A level that an error can be held to, with its words. */
function level(kit, axes, power, words) {
  const { x, width } = axes.box;
  kit.line(x, axes.y(power), x + width, axes.y(power), { stroke: colour.muted, "stroke-width": 1.5 });
  kit.text(x + 6, axes.y(power) - 6, words, { size: 12, fill: colour.muted });
}

/** Who is who: the line, the name, the seeds that have solved it, and when the middle one does. */
function names(kit, { solved, medians, n }) {
  const { wide, width } = kit;
  kit.text(width, 40, wide ? "seeds that have solved it, and when the middle one had" : "seeds that have solved it", { anchor: "end", size: 13, fill: colour.muted });
  NAMES.forEach((name, m) => {
    const { words, stroke, width: thick, dash } = LOOK[name];
    const y = 62 + 24 * m;
    kit.line(0, y - 4, 34, y - 4, { stroke, "stroke-width": thick, "stroke-dasharray": dash });
    kit.text(42, y, words, { size: 14, weight: 600, fill: stroke });
    const after = medians[m] > 0 && medians[m] <= n ? `, after ${medians[m]}` : "";
    kit.text(width, y, `${solved[m]} of ${SEEDS}${after}`, { anchor: "end", size: 14, weight: 600, fill: stroke });
  });
}

/** The middle error up to now as a line, and the ends of the seeds as a tint around it. */
function band(kit, axes, one, n, { stroke, width, dash }) {
  const shown = place(n) + 1;
  const clip = (power) => Math.min(TOP, Math.max(BOTTOM, power / 100));
  const points = (key) => one[key].slice(0, shown).map((power, p) => [axes.x((p + 1) * every), axes.y(clip(power))]);
  const around = [...points("high"), ...points("low").toReversed()];
  kit.path(around, { fill: stroke, "fill-opacity": 0.12, stroke: "none" });
  kit.path(points("median"), { stroke, "stroke-width": width, "stroke-dasharray": dash, "stroke-linejoin": "round" });
  const [x, y] = points("median").at(-1);
  kit.circle(x, y, 4.5, { fill: stroke, stroke: colour.ground, "stroke-width": 1.5 });
}

const at = (T) => lengths.indexOf(T);

/** How many mini-batches the middle seed of each model needed. */
const told = ({ medians }) => `${NAMES.map((name, m) => `${LOOK[name].words} ${medians[m] ? `after ${medians[m]}` : "not within these batches"}`).join(", ")}.`;

export default {
  title: "The adding problem, learned by four models",
  description:
    "A plot of the error against mini-batches, from left to right. The upright axis is logarithmic, from " +
    "0.001 to 1. Each of four models has a line, the middle of its seeds, with a tint from the least to the " +
    "largest error: a plain network, an IRNN, a GRU and an LSTM. Two level lines show the error of who always says the same, and " +
    "below which error the task counts as solved.",
  inputs,
  presets: {},
  play: { input: "n", every: 350 },
  compute,
  draw,
  sentence,
  tasks: [
    {
      ask: "Set $T$ to 10. Who needs the fewest mini-batches?",
      state: { k: at(10), n: steps },
      answer: (values) => `${told(values)}`,
    },
    {
      ask: "Now 25 steps, and then 50: who is left?",
      state: { k: at(50), n: steps },
      answer: (values) => `At 50 steps: ${told(values)}`,
    },
    {
      ask: "Set $T$ to 200, and go back to 100 mini-batches. Which error is the smallest?",
      state: { k: at(200), n: 100 },
      answer: ({ errors }) => `${NAMES.map((name, m) => `${LOOK[name].words} ${sig3(errors[m])}`).join(", ")}. Who always says the same has ${sig3(constant)}.`,
    },
  ],
};
