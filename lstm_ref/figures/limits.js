// What five layers cost for a sequence: counted exactly, and the time beside it, measured.

import limits from "./limits.json" with { type: "json" };
import { colour, range, sig3 } from "./kit.js";

const LAYERS = [
  ["rnn", "plain network", colour.h],
  ["gru", "GRU", colour.o],
  ["lstm", "LSTM", colour.c],
  ["conv", "convolution", colour.i],
  ["attention", "attention", colour.g],
];
const BY_STEPS = ["lstm by steps", "LSTM by steps", colour.c];
const [RNN, , LSTM, CONV, ATTENTION, STEPWISE] = range(6);
const [FIRST_T, FIRST_H] = [4, 4];
const WIDTH = 3;

const inputs = [
  { name: "t", symbol: "T", label: "steps", min: 4, max: 9, step: 1, start: 7, origin: 4, says: (t) => `${2 ** t}` },
  { name: "n", symbol: "H", label: "units", min: 4, max: 8, step: 1, start: 6, origin: 4, says: (n) => `${2 ** n}` },
];

function compute({ t, n }) {
  const [T, H] = [2 ** t, 2 ** n];
  const cell = 2 * H * H + 2 * H; // W, U and two biases
  return {
    T,
    H,
    parameters: [cell, 3 * cell, 4 * cell, WIDTH * H * H + H, 4 * (H * H + H)],
    multiplications: [2, 6, 8, WIDTH, 4 + (2 * T) / H].map((each) => each * T * H * H),
    kept: [2, 6, 8, 2, 5 + T / H].map((each) => each * T * H),
    waits: [T, T, T, 1, 4],
    ms: [...LAYERS, BY_STEPS].map(([name]) => limits[name][n - FIRST_H][t - FIRST_T]),
  };
}

/** 950, 33.3 thousand, 4.19 million. */
function count(value) {
  if (value < 1e4) return `${value}`;
  return value < 1e6 ? `${sig3(value / 1e3)} thousand` : `${sig3(value / 1e6)} million`;
}

const times = (a, b) => sig3(a / b);

function sentence({ T, H, parameters, multiplications, ms }) {
  return `With ${T} steps and ${H} units the LSTM has ${count(parameters[LSTM])} parameters, and makes ${count(multiplications[LSTM])} multiplications, four times as many as the plain network. It takes ${times(ms[LSTM], ms[RNN])} times as long; if torch runs it step by step as it runs the plain network, ${times(ms[STEPWISE], ms[RNN])} times.`;
}

const GROUPS = [
  ["parameters", "Parameters", count],
  ["multiplications", "Multiplications, forward", count],
  ["kept", "Numbers kept for the way back", count],
  ["ms", "Milliseconds, measured", sig3],
];

function draw(kit, values) {
  const { wide, width } = kit;
  const across = wide ? (width - 32) / 2 : width;
  const row = 23;
  const high = 38 + row * LAYERS.length;
  GROUPS.forEach(([key, words, write], k) => {
    const left = wide && k % 2 ? across + 32 : 0;
    const top = (wide ? Math.floor(k / 2) : k) * high;
    kit.heading(left, top + 16, words);
    const from = left + 110;
    const most = Math.max(...values[key]);
    const rows = key === "ms" ? [...LAYERS, BY_STEPS] : LAYERS;
    rows.forEach(([, name, ink], j) => {
      const y = top + 26 + row * j;
      const value = values[key][j];
      const lit = key === "parameters" ? "n" : "t n";
      kit.group({ lit }, () => {
        kit.text(left, y + 14, name, { size: 13, fill: ink, weight: 600 });
        kit.rect(from, y + 2, Math.max(1, (value / most) * (across - 110 - 108)), 15, { rx: 2, fill: ink });
        kit.text(left + across, y + 14, write(value), { anchor: "end", size: 13 });
      });
    });
  });
  kit.height(high * (wide ? 2 : 4) + row - 8);
}

export default {
  title: "What a layer costs",
  description:
    "Four groups of five bars: a plain network, a GRU, an LSTM, a convolution and attention. The " +
    "groups are parameters, multiplications on the way forward, numbers kept for the way back, and " +
    "the measured time. The last group has a sixth bar, for the LSTM run step by step.",
  inputs,
  presets: {},
  compute,
  draw,
  sentence,
  tasks: [
    {
      ask: "Double $H$ from 64 to 128. Which bar grows fourfold, and which only twofold?",
      state: { t: 7, n: 7 },
      answer: ({ parameters, kept }) =>
        `The LSTM has ${count(parameters[LSTM])} parameters, about four times as many: $U$ is a square. It keeps ${count(kept[LSTM])} numbers, twice as many.`,
    },
    {
      ask: "Set $H$ to 16 and $T$ to 512. What is special about attention?",
      state: { t: 9, n: 4 },
      answer: ({ kept }) =>
        `It keeps ${count(kept[ATTENTION])} numbers, ${times(kept[ATTENTION], kept[LSTM])} times as many as the LSTM: one for each pair of steps. Twice the steps make four times the pairs.`,
    },
    {
      ask: "Stay there. The LSTM makes four times the multiplications of the plain network. How much longer does it take?",
      state: { t: 9, n: 4 },
      answer: ({ ms }) =>
        `${times(ms[LSTM], ms[RNN])} times as long, in a library that was made for it; step by step, ${times(ms[STEPWISE], ms[RNN])} times. With so few units the time goes into small calls one after another, and not into multiplying.`,
    },
  ],
};
