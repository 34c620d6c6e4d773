import { colour } from "../../lstm_ref/figures/kit.js";

const ROWS = [
  [1991, "why gradients vanish", "U again at every step", vanishing],
  [1997, "the LSTM", "a memory, only added to", (kit, y) => memory(kit, y, {})],
  [2000, "the forget gate", "peepholes: gates see c", (kit, y) => memory(kit, y, { forget: true })],
  [2005, "the full gradient", "and both directions", bothWays],
  [2014, "the GRU", "one gate keeps and writes", gru],
  [2024, "gates that read x alone", "and gates of exp: xLSTM", (kit, y) => memory(kit, y, { forget: true, alone: true })],
];
const [FROM, TO] = [64, 232];

export default {
  title: "The LSTM's history, from 1991 to 2024",
  description:
    "Six rows, one below the other, each with a year and a small drawing of one step. 1991: a dashed gradient " +
    "is multiplied by U again and again and gets thinner. 1997: the memory is a thick line; a plus " +
    "adds what the input gate's valve lets in from below. 2000: a second valve on the line, the forget gate. 2005: a " +
    "dashed gradient runs back along the whole line, and h runs both ways. 2014, the GRU: one line h, with a valve z on it, and a valve " +
    "1 minus z on the way in. 2024: both valves again, fed by x alone.",
  width: 480,
  draw(kit) {
    kit.height(66 * ROWS.length + 8);
    kit.line(48, 12, 48, 66 * ROWS.length - 8, { stroke: colour.line, "stroke-width": 2 });
    ROWS.forEach(([year, what, more, sketch], k) => {
      const y = 32 + 66 * k;
      kit.text(0, y + 5, `${year}`, { size: 15, weight: 650 });
      kit.circle(48, y, 5, { fill: colour.text });
      sketch(kit, y);
      kit.text(250, y - 3, what, { size: 15, weight: 600 });
      kit.text(250, y + 17, more, { size: 14, fill: colour.muted });
    });
  },
};

function vanishing(kit, y) {
  [0, 1, 2].forEach((k) => {
    const right = TO - 56 * k;
    kit.wire([[right, y + 6], [right - 50, y + 6]], { width: 3.4 - 1.1 * k, dashed: true });
    kit.text(right - 24, y - 8, "× U", { anchor: "middle", size: 13, fill: colour.h });
  });
}

function memory(kit, y, { forget, alone }) {
  const [valve, plus] = [112, 178];
  kit.wire([[FROM, y], [TO, y]], { stroke: colour.c, width: 5 });
  if (forget) kit.valve(valve, y, undefined, { r: 11, stroke: colour.f });
  if (alone && forget) feed(kit, valve, y, colour.f);
  kit.operation(plus, y, "+", { r: 11, stroke: colour.c });
  kit.wire([[plus, y + 30], [plus, y + 12]], { stroke: colour.i, width: 2 });
  kit.maths(plus + 10, y + 28, alone ? "i(x) g(x)" : "i g", { size: 14, fill: colour.i });
  if (forget && !alone) kit.maths(valve, y - 15, "f", { anchor: "middle", size: 15, fill: colour.f });
}

function feed(kit, x, y, stroke) {
  kit.wire([[x, y + 30], [x, y + 12]], { stroke, width: 2 });
  kit.maths(x + 8, y + 28, "f(x)", { size: 14, fill: stroke });
}

function bothWays(kit, y) {
  kit.wire([[FROM, y - 10], [TO, y - 10]], { stroke: colour.h, width: 2.5 });
  kit.wire([[TO, y + 4], [FROM, y + 4]], { stroke: colour.h, width: 2.5 });
  kit.wire([[TO, y + 20], [FROM, y + 20]], { width: 2, dashed: true });
}

function gru(kit, y) {
  const [valve, plus] = [112, 178];
  kit.wire([[FROM, y], [TO, y]], { stroke: colour.h, width: 3 });
  kit.valve(valve, y, undefined, { r: 11, stroke: colour.f });
  kit.maths(valve, y - 15, "z", { anchor: "middle", size: 15, fill: colour.f });
  kit.operation(plus, y, "+", { r: 11, stroke: colour.h });
  kit.wire([[plus, y + 30], [plus, y + 12]], { stroke: colour.g, width: 2 });
  kit.maths(plus + 10, y + 28, "(1−z) n", { size: 14, fill: colour.g });
}
