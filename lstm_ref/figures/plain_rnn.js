// One unit of a plain network, unrolled: what becomes of one pulse of its input.

import { colour, equals, range, short, sig3 } from "./kit.js";

const T = 12;

const inputs = [
  { name: "u", symbol: "u", label: "weight on the state before", min: -2, max: 2, step: 0.1, start: 0.9, colour: "h" },
  { name: "x", symbol: "x", label: "size of the pulse", min: -2, max: 2, step: 0.1, start: 1 },
  { name: "at", symbol: "t", label: "the step of the pulse", min: 1, max: T, step: 1, start: 2, origin: 1, says: (t) => `step ${t}` },
];

/** The states h_1 to h_12 of h = tanh(x + u h), from h_0 = 0. */
function compute({ u, x, at }) {
  const hs = [];
  for (const t of range(T, (k) => k + 1)) hs.push(Math.tanh((t === at ? x : 0) + u * (hs.at(-1) ?? 0)));
  return { hs, first: hs[at - 1], last: hs[T - 1] };
}

function sentence({ u, x, at, first, last }) {
  return `A pulse of ${short(x)} at step ${at} makes h ${equals(sig3(first))}. With u = ${short(u)}, ${sig3(last)} is held at step ${T}.`;
}

function draw(kit, { hs, at, x }) {
  const { wide, width } = kit;
  const [left, right] = [34, width - 12];
  kit.heading(0, 16, "One unit, unrolled over 12 steps");
  const zero = 122;
  const under = 206;
  const scale = 72;
  for (const tick of [-1, 0, 1]) {
    kit.line(left, zero - tick * scale, right, zero - tick * scale, { stroke: tick ? colour.line : colour.muted });
    kit.text(left - 8, zero - tick * scale + 4, short(tick), { anchor: "end", size: 12, fill: colour.muted });
  }
  const time = kit.time(left, under, right - left, T, { every: 1, name: "" });
  const place = (t) => [time.at(t), zero - hs[t - 1] * scale];
  const r = wide ? 7 : 5;
  range(T - 1, (k) => kit.line(...place(k + 1), ...place(k + 2), { stroke: colour.h, "stroke-width": 2, lit: "u" }));
  range(T, (k) => {
    const [px, py] = place(k + 1);
    kit.line(px, zero, px, py, { stroke: colour.h, "stroke-width": 5, "stroke-opacity": 0.35 });
    kit.circle(px, py, r, { fill: colour.h, stroke: colour.ground, "stroke-width": 1.5 });
  });
  kit.maths(0, zero - scale - 14, "h_t", { size: 16, fill: colour.h });
  // Below the time: the pulse, at the step that the hand gives it.
  const foot = under + 66;
  kit.group({ lit: "x at" }, () => {
    kit.wire([[time.at(at), foot], [time.at(at), under + 24]], { stroke: colour.text, width: 2 });
  });
  const late = at > T / 2;
  kit.text(time.at(at) + (late ? -12 : 12), under + 48, `pulse ${short(x)}`, { anchor: late ? "end" : "start", weight: 600 });
  kit.slider("at", time.at(1) - 10, foot + 16, time.at(T) - time.at(1) + 20);
  kit.height(foot + 34);
}

export default {
  title: "A pulse through a plain network",
  description:
    "One unit over twelve steps, from left to right. An arrow from below marks the step of the " +
    "pulse. A point for each step shows the hidden state h, between minus 1 and 1; the points " +
    "are joined by a line.",
  inputs,
  presets: {},
  compute,
  draw,
  sentence,
  tasks: [
    {
      ask: "Set $u$ to 0. How long is the pulse remembered?",
      state: { u: 0 },
      answer: ({ first }) => `At its own step h = ${sig3(first)}, and one step later it is 0: without u there is no memory.`,
    },
    {
      ask: "Set $u$ to −0.9. What happens to the sign?",
      state: { u: -0.9 },
      answer: "It turns at each step: the trace rings while it fades.",
    },
    {
      ask: "Set $u$ to 1.5. Does the trace still fade?",
      state: { u: 1.5 },
      answer: ({ last }) => `No. It settles, and ${sig3(last)} is held at step ${T}. The tanh keeps it below 1.`,
    },
  ],
};
