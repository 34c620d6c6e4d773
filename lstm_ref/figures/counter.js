// An LSTM of one unit whose weights the reader sets, so that it counts: aⁿbⁿ, and when is it over?

import { clamp, colour, range, share, short, sig3, sigmoid } from "./kit.js";

const MOST = 200;
const MORE = 0.4; // while h is above this, another b is to come

const inputs = [
  { name: "n", symbol: "n", label: "letters a, and then as many b", min: 1, max: 100, step: 1, start: 12, origin: 1 },
  { name: "w_a", symbol: "w_a", label: "the candidate's weight on a", min: -4, max: 4, step: 0.5, start: 3, colour: "g" },
  { name: "w_b", symbol: "w_b", label: "the candidate's weight on b", min: -4, max: 4, step: 0.5, start: -3, colour: "g" },
  { name: "b_i", symbol: "b_i", label: "bias of the input gate", min: -4, max: 16, step: 1, start: 6, colour: "i" },
  { name: "b_f", symbol: "b_f", label: "bias of the forget gate", min: -4, max: 16, step: 1, start: 4, colour: "f" },
  { name: "b_o", symbol: "b_o", label: "bias of the output gate", min: -4, max: 16, step: 1, start: 6, colour: "o" },
];

/** Does the read-out say that another b is to come? */
const more = (c, o) => o * Math.tanh(c) > MORE;

/** The largest n up to which all strings are told rightly. */
function reachOf({ f, o, up, down }) {
  let top = 0;
  for (let n = 1; n <= MOST; n += 1) {
    top = f * top + up;
    let c = top;
    for (let k = 1; k <= n; k += 1) {
      c = f * c + down;
      if (more(c, o) !== k < n) return n - 1;
    }
  }
  return MOST;
}

function compute({ n, w_a, w_b, b_i, b_f, b_o }) {
  const [i, f, o] = [b_i, b_f, b_o].map(sigmoid);
  const [up, down] = [i * Math.tanh(w_a), i * Math.tanh(w_b)];
  const c = [];
  for (const t of range(2 * n)) c.push(f * (c.at(-1) ?? 0) + (t < n ? up : down));
  const h = c.map((value) => o * Math.tanh(value));
  return { c, h, ends: h.slice(n).findIndex((value) => value <= MORE) + 1, reach: reachOf({ f, o, up, down }), f, i, o, up, down };
}

const times = (k, word) => `${k} ${word}`;

function verdict({ n, ends }) {
  if (ends === n) return "rightly";
  return ends ? `${n - ends} too early` : "never";
}

function sentence(values) {
  const { n, c, f, up, down, ends, reach } = values;
  const says = ends ? `it says “the end” after ${times(ends, "b")}, ${verdict(values)}` : "it never says “the end”";
  const far = reach === MOST ? `for every n up to ${MOST}, as far as we asked` : reach ? `for every n up to ${reach}` : "for no n at all";
  return `Each step keeps ${share(f)} of the count; an a adds ${sig3(up)}, a b ${sig3(down)}. After ${times(n, "a")} the memory is ${sig3(c[n - 1])}, and ${says}. It counts rightly ${far}.`;
}

function draw(kit, values) {
  const { wide, width } = kit;
  const { n, c, h, ends, reach } = values;
  kit.heading(0, 16, wide ? "The memory of one unit, while it reads all a and then all b" : "One unit reads all a, then all b");
  const far = reach === MOST ? `${MOST} and more` : `${reach}`;
  kit.text(0, 42, `counts up to n = ${far}`, { size: 15, weight: 650, fill: colour.c });
  kit.text(width, 42, ends ? `“the end”: ${verdict(values)}` : "“the end”: never", { anchor: "end", size: 14, weight: 600 });
  const [left, right, top, height] = [wide ? 46 : 40, width - 14, 62, 190];
  const scale = Math.max(2, 1.1 * n);
  const memory = kit.axes(left, top, right - left, height, { across: [0, 2 * n], up: [-0.3 * scale, scale] });
  for (const tick of [0, n]) kit.text(left - 8, memory.y(tick) + 4, short(tick), { anchor: "end", size: 12, fill: colour.muted });
  kit.maths(4, top + 14, "c", { size: 16, fill: colour.c });
  // What a counter without loss would hold.
  kit.curve(memory, [[0, 0], [n, n], [2 * n, 0]], { stroke: colour.muted, width: 1.25, dashed: true });
  kit.curve(memory, [[0, 0], ...c.map((value, t) => [t + 1, value])], { stroke: colour.c, width: 3 });
  const low = top + height + 34;
  const shown = kit.axes(left, low, right - left, 70, { across: [0, 2 * n], up: [-1, 1] });
  kit.maths(4, low + 14, "h", { size: 16, fill: colour.h });
  for (const [tick, words] of [[1, "1"], [-1, "−1"]]) kit.text(left - 8, shown.y(tick) + 4, words, { anchor: "end", size: 12, fill: colour.muted });
  kit.line(left, shown.y(MORE), right, shown.y(MORE), { stroke: colour.text, "stroke-dasharray": "3 3" });
  kit.curve(shown, [[0, 0], ...h.map((value, t) => [t + 1, value])], { stroke: colour.h, width: 2.5 });
  kit.text(left + 4, shown.y(MORE) - 5, wide ? "above this line it says: another b" : "above: another b", { size: 12, fill: colour.muted, halo: true });
  kit.line(memory.x(n), top, memory.x(n), low + 70, { stroke: colour.muted, "stroke-dasharray": "2 4" });
  kit.text(clamp(memory.x(n / 2), left, right), low + 90, `${n} a`, { anchor: "middle", size: 13, fill: colour.muted });
  kit.text(memory.x(1.5 * n), low + 90, `${n} b`, { anchor: "middle", size: 13, fill: colour.muted });
  if (ends) {
    const x = memory.x(n + ends);
    kit.line(x, top, x, low + 70, { stroke: colour.text, "stroke-width": 1.5 });
    kit.circle(x, shown.y(h[n + ends - 1]), 5, { fill: colour.text });
    kit.text(x - 5, top + 12, `says “the end”`, { anchor: "end", size: 13, weight: 600, halo: true });
  }
  kit.height(low + 98);
}

export default {
  title: "A counter that is set by hand",
  description:
    "Two plots over the letters of a string, all a and then all b. Above, the memory of one unit climbs with " +
    "each a and falls with each b; a thin dashed line is a counter that loses nothing. Below, what the unit " +
    "shows, and the line under which it says that the string is over. An upright line marks where it says so.",
  inputs,
  presets: {
    wrong: { title: "a gate that keeps 0.982", state: {} },
    shut: { title: "gates at one half", state: { b_i: 0, b_f: 0, b_o: 0, w_a: 1, w_b: -1 } },
  },
  compute,
  draw,
  sentence,
  tasks: [
    {
      ask: "Move one slider alone, until it counts to 100.",
      state: { b_f: 11, n: 100 },
      answer: ({ b_f, f, reach }) => `The forget bias: at ${short(b_f)} each step keeps ${share(f)}, and it counts to ${reach}.`,
    },
    {
      ask: "Leave it so, and set $w_b$ to −2. Why is it wrong so soon?",
      state: { b_f: 11, n: 30, w_b: -2 },
      answer: ({ up, down, reach }) => `A b must take what an a has given. Here an a adds ${sig3(up)} and a b ${sig3(down)}: too much is left, and it is right up to n = ${reach} alone.`,
    },
    {
      ask: "Look at $h$ while it reads a. Could $h$ alone hold the count?",
      state: { b_f: 11, n: 30 },
      answer: ({ h }) => `No. After 5 a it is ${sig3(h[4])}, after 10 it is ${share(h[9])}: tanh presses all large counts to 1. The count is in c.`,
    },
    {
      ask: "Shut the output gate: set $b_o$ to −4.",
      state: { b_f: 11, n: 30, b_o: -4 },
      answer: ({ c, n }) => `The memory still climbs to ${sig3(c[n - 1])}, and nobody sees it: at the first b it says “the end”.`,
    },
  ],
};
