// A trained LSTM and a trained GRU read aⁿbⁿ, far past what they were trained on. Both really run here,
// with the weights of counted.json, in thousandths, which an experiment has trained.

import counted from "./counted.json" with { type: "json" };
import { colour, dot, range, sigmoid } from "./kit.js";

const TRAINED = 20; // they have seen strings up to this n
const END = 2;
const ASKED = 200;

const inputs = [{ name: "n", symbol: "n", label: "letters a, and then as many b", min: 1, max: 100, step: 1, start: 30, origin: 1 }];

/** W x + b for a one-hot x: a column, and the bias. */
const column = (W, b, k) => W.map((row, j) => (row[k] + b[j]) / 1000);
const times = (U, c, h) => U.map((row, j) => (dot(row, h) + c[j]) / 1000);

function lstmStep({ U, b, W, c: bias }, letter, h, c) {
  const H = h.length;
  const one = column(W, b, letter);
  const z = times(U, bias, h).map((value, j) => value + one[j]);
  const kept = range(H, (k) => sigmoid(z[H + k]) * c[k] + sigmoid(z[k]) * Math.tanh(z[2 * H + k]));
  return [kept.map((value, k) => sigmoid(z[3 * H + k]) * Math.tanh(value)), kept];
}

function gruStep({ U, b, W, c: bias }, letter, h) {
  const H = h.length;
  const [x, y] = [column(W, b, letter), times(U, bias, h)];
  const next = range(H, (k) => {
    const [r, z] = [sigmoid(x[k] + y[k]), sigmoid(x[H + k] + y[H + k])];
    return z * h[k] + (1 - z) * Math.tanh(x[2 * H + k] + r * y[2 * H + k]);
  });
  return [next, next];
}

/** What a network holds at each step, and what it says once the first b has come. */
function read(net, step, n) {
  const none = range(net.U[0].length, () => 0);
  let [h, c] = [none, none];
  const held = [];
  let [ends, wrong] = [0, 0];
  for (const t of range(2 * n + 1)) {
    [h, c] = step(net, t === 0 ? END : t <= n ? 0 : 1, h, c);
    held.push(c);
    if (t <= n) continue;
    const said = net.V.map((row, k) => dot(row, h) + net.a[k]);
    const told = said.indexOf(Math.max(...said));
    if (told === END) ends ||= t - n;
    if (told !== (t === 2 * n ? END : 1)) wrong += 1;
  }
  return { held, ends, wrong };
}

function compute({ n }) {
  const [one, other] = [read(counted.lstm, lstmStep, n), read(counted.gru, gruStep, n)];
  return {
    lstm: one.held,
    gru: other.held,
    lstm_ends: one.ends,
    gru_ends: other.ends,
    lstm_wrong: one.wrong,
    gru_wrong: other.wrong,
  };
}

function says(ends, wrong, n) {
  if (!wrong) return "says “the end” after the last b: right";
  if (!ends) return `never says “the end” in ${n} b: wrong`;
  return ends < n ? `says “the end” after ${ends} b: ${n - ends} too early` : "is wrong on the way, and right at the end";
}

const far = ({ reach }) => (reach >= ASKED ? `for every n up to ${ASKED}, as far as we asked` : `for every n up to ${reach}`);

function sentence({ n, lstm_ends, lstm_wrong, gru_ends, gru_wrong }) {
  return `Trained on n up to ${TRAINED}, they read ${n} a and ${n} b. The LSTM ${says(lstm_ends, lstm_wrong, n)}; the GRU ${says(gru_ends, gru_wrong, n)}. The LSTM is right ${far(counted.lstm)}, the GRU ${far(counted.gru)}.`;
}

/** The least of 1, 2, 5, 10, 20, … that is no smaller. */
function rounded(value) {
  const power = 10 ** Math.floor(Math.log10(value));
  return [1, 2, 5, 10].find((k) => k * power >= value) * power;
}

function draw(kit, values) {
  const { wide, width } = kit;
  const { n } = values;
  kit.heading(0, 16, wide ? "What two trained networks hold, while they read all a and then all b" : "They read all a, then all b");
  const [left, right, height] = [wide ? 46 : 42, width - 14, 150];
  const panel = (name, words, held, ends, wrong, paint, y) => {
    const most = rounded(Math.max(1, ...held.flat().map(Math.abs)));
    kit.text(0, y, words, { size: 14, weight: 650, fill: paint });
    const verdict = wrong ? (ends && ends < n ? `“the end” ${n - ends} too early` : "wrong") : "right";
    kit.text(width, y, verdict, { anchor: "end", size: 14, weight: 650 });
    const axes = kit.axes(left, y + 14, right - left, height, { across: [0, 2 * n], up: [-most, most], ticks: [[], [-most, most]] });
    kit.line(axes.x(n), y + 14, axes.x(n), y + 14 + height, { stroke: colour.muted, "stroke-dasharray": "2 4" });
    // The unit that goes one way at a and comes back at b, the most.
    const turn = (k) => (held[n][k] - held[0][k]) * (held[n][k] - held[2 * n][k]);
    const counter = range(held[0].length).reduce((a, b) => (turn(b) > turn(a) ? b : a));
    for (const k of range(held[0].length)) {
      const points = held.map((h, t) => [t, h[k]]);
      kit.group({}, () => kit.curve(axes, points, { stroke: paint, width: k === counter ? 3 : 1 }));
    }
    if (ends) {
      kit.line(axes.x(n + ends), y + 14, axes.x(n + ends), y + 14 + height, { stroke: colour.text, "stroke-width": 2 });
      kit.circle(axes.x(n + ends), axes.y(0), 5, { fill: colour.text });
    }
    return y + 14 + height;
  };
  const one = panel("lstm", wide ? "LSTM: the cell state of its 10 units" : "LSTM: c of 10 units", values.lstm, values.lstm_ends, values.lstm_wrong, colour.c, 46);
  const two = panel("gru", wide ? "GRU: the hidden state of its 10 units" : "GRU: h of 10 units", values.gru, values.gru_ends, values.gru_wrong, colour.h, one + 34);
  const middle = (share) => left + (right - left) * share;
  kit.text(middle(0.25), two + 20, `${n} a`, { anchor: "middle", size: 13, fill: colour.muted });
  kit.text(middle(0.75), two + 20, `${n} b`, { anchor: "middle", size: 13, fill: colour.muted });
  kit.height(two + 30);
}

export default {
  title: "Two trained networks that count",
  description:
    "Two plots over the letters of a string, all a and then all b. Above, the cell state of an LSTM's ten units; " +
    "below, the hidden state of a GRU's ten units. The unit that goes one way at a, and comes back the most at b, is drawn thick. An upright line and a " +
    "dot mark where each network says that the string is over.",
  inputs,
  presets: {},
  compute,
  draw,
  sentence,
  tasks: [
    {
      ask: `Set $n$ to ${TRAINED}: the longest string that they have seen.`,
      state: { n: TRAINED },
      answer: ({ lstm_wrong, gru_wrong }) => (lstm_wrong || gru_wrong ? "One of them is wrong even here." : "Both are right: within its training neither shows that it counts."),
    },
    {
      ask: "Set $n$ to 100. What does the scale of the upper plot say, and that of the lower?",
      state: { n: 100 },
      answer: "The LSTM’s memory goes far past 1, and on. The GRU’s state is a mean of numbers between −1 and 1, and never leaves that range.",
    },
  ],
};
