// A grid of layers and steps: which steps can be taken at the same moment, and where sentences end.

import { colour, dot, range, short, sig3, sigmoid, worked } from "./kit.js";

const BATCH = [
  ["The", "film", "was", "not", "good", "."],
  ["The", "music", "was", "great", "."],
];
const T = Math.max(...BATCH.map((words) => words.length));
const DEEPEST = 3;
const H = worked.h0.length;
const NAMES = ["first", "second"];
const NUMBERS = { not: [1, 0], ".": [0, 1], good: [0, -1], great: [0, -1] };
const { params } = worked;

const inputs = [
  { name: "moment", label: "moment", min: 0, max: 2 * DEEPEST * 3, step: 1, start: 4, origin: 0, says: (moment) => `moment ${moment}` },
  { name: "depth", symbol: "L", label: "layers", min: 1, max: DEEPEST, step: 1, start: 3, origin: 1 },
  { name: "ways", label: "read", kind: "choice", start: "one", options: [["one", "from the beginning"], ["both", "from both ends"]] },
  ...BATCH.map((words, b) => ({ name: `length${b + 1}`, label: `the ${NAMES[b]} sentence: length`, min: 1, max: words.length, step: 1, start: words.length, origin: 1 })),
  { name: "asked", kind: "hidden", start: [] }, // the [row, step] that the reader has pressed
];

const directions = (ways) => (ways === "both" ? 2 : 1);
const lengthsOf = (state) => BATCH.map((_, b) => state[`length${b + 1}`]);

// ---------------------------------------------------------------- who waits for whom

/** The moment at which a step can be taken, from 1; 0 where the sentence has ended. Rows: layer by layer, forward first. */
function readyAt(row, t, length, ways) {
  if (t >= length) return 0;
  if (ways === "one") return row + t + 1;
  const [layer, back] = [Math.floor(row / 2), row % 2];
  return layer * length + (back ? length - t : t + 1);
}

/** Whether the step (row, t) of a sentence must be there before `asked` can be taken. */
function before(row, t, length, ways, [askedRow, askedStep]) {
  if (t >= length || askedStep >= length || (row === askedRow && t === askedStep)) return 0;
  if (ways === "one") return Number(row <= askedRow && t <= askedStep);
  if (Math.floor(row / 2) < Math.floor(askedRow / 2)) return 1;
  return Number(row === askedRow && (row % 2 ? t > askedStep : t < askedStep));
}

// ---------------------------------------------------------------- the numbers

/** One layer over one sentence: `hs` of all T steps, 0 past its end, and `h_n`. `turned`: the units exchanged. */
function layer(xs, length, { turned, back }) {
  const unit = (k) => (turned ? H - 1 - k : k);
  let [h, c] = [[0, 0], [0, 0]];
  const hs = range(T, () => range(H, () => 0));
  for (const place of range(length)) {
    const t = back ? length - 1 - place : place;
    const z = (gate, k) => {
      const row = params[`W_${gate}`][unit(k)];
      // Above both directions there are twice as many inputs: the same weights serve each half.
      const from = range(xs[t].length / row.length).reduce((sum, half) => sum + dot(row, xs[t].slice(half * row.length, (half + 1) * row.length)), 0);
      return from + dot(params[`U_${gate}`][unit(k)], h) + params[`b_${gate}`][unit(k)];
    };
    const next = range(H, (k) => sigmoid(z("f", k)) * c[k] + sigmoid(z("i", k)) * Math.tanh(z("g", k)));
    h = range(H, (k) => sigmoid(z("o", k)) * Math.tanh(next[k]));
    c = next;
    hs[t] = h;
  }
  return { hs, h_n: h };
}

/** All rows over one sentence. */
function rowsOf(b, length, depth, ways) {
  let xs = range(T, (t) => NUMBERS[BATCH[b][t]] ?? [0, 0]);
  const rows = [];
  for (const k of range(depth)) {
    const made = range(directions(ways), (back) => layer(xs, length, { turned: (k + back) % 2 === 1, back }));
    rows.push(...made);
    xs = range(T, (t) => made.flatMap(({ hs }) => hs[t]));
  }
  return rows;
}

function compute(state) {
  const { depth, ways, moment } = state;
  const lengths = lengthsOf(state);
  const count = depth * directions(ways);
  const each = (of) => range(count, (row) => range(T, (t) => lengths.map((length, b) => of(row, t, length, b))));
  const made = lengths.map((length, b) => rowsOf(b, length, depth, ways));
  const ready = each((row, t, length) => readyAt(row, t, length, ways));
  const asked = state.asked[0] < count ? state.asked : undefined;
  const all = ready.flat(2).filter((at) => at > 0);
  return {
    ready,
    needs: each((row, t, length) => (asked ? before(row, t, length, ways, asked) : 0)),
    hs: each((row, t, _, b) => made[b][row].hs[t][0]),
    h_n: range(count, (row) => made.map((rows) => rows[row].h_n[0])),
    moments: Math.max(...all),
    steps: all.length,
    taken: all.filter((at) => at < moment).length,
    now: all.filter((at) => at === moment).length,
  };
}

// ---------------------------------------------------------------- in words

const plural = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;
const layerName = (row, ways) => (ways === "one" ? `layer ${row + 1}` : `layer ${Math.floor(row / 2) + 1}, ${row % 2 ? "from the end" : "from the beginning"}`);

function sentence(values) {
  const { moment, moments, steps, taken, now, hs, h_n, asked, needs, ways, depth } = values;
  const lengths = lengthsOf(values);
  const said = [];
  if (moment === 0) said.push(`Nothing is there yet: ${plural(steps, "step")} wait.`);
  else if (moment > moments) said.push(`All ${steps} steps are taken, in ${plural(moments, "moment")}.`);
  else said.push(`Moment ${moment} of ${moments}: ${plural(now, "step")} of ${steps} can be taken at once; ${taken || "none"} ${taken === 1 ? "is" : "are"} done, ${steps - taken - now || "none"} must wait.`);
  if (asked[0] < depth * directions(ways)) {
    const found = lengths.map((_, b) => needs.flat().reduce((sum, lanes) => sum + lanes[b], 0));
    const each = NAMES.map((name, b) => (asked[1] < lengths[b] ? `${plural(found[b], "step")} in the ${name} sentence` : `none in the ${name} sentence, which has ended`));
    said.push(`The pressed cell, ${layerName(asked[0], ways)}, step ${asked[1] + 1}, waits for ${each.join(", and for ")}.`);
  } else if (ways === "one") {
    const ended = lengths.findIndex((length) => length < T);
    const top = depth - 1;
    if (ended >= 0) said.push(`The ${NAMES[ended]} sentence ends at step ${lengths[ended]}: at the top hs[-1] is ${sig3(hs[top][T - 1][ended])} for it, and its h_n is ${sig3(h_n[top][ended])}.`);
    else said.push("Both sentences are as long as the batch: here hs[-1] is h_n.");
  } else said.push("The direction that reads from the end has its h_n at step 1.");
  return said.join(" ");
}

// ---------------------------------------------------------------- the drawing

const TOP = 104; // where the grid begins
const GRID = 300;
const UP = 18; // the room of an arrow from one layer to the next

function draw(kit, values) {
  const { wide, width } = kit;
  const left = wide ? 92 : 32;
  const end = width - (wide ? 78 : 44); // where the column of h_n begins
  const column = (end - left) / T;
  const middle = (t) => left + (t + 0.5) * column;
  const box = column - (wide ? 20 : 9);
  const place = { left, end, column, middle, box, last: (end + width) / 2 };
  kit.heading(0, 16, wide ? "Layers upward, steps to the right" : "Layers and steps");
  kit.text(width, 16, wide ? "in each cell: first sentence above, second below" : "1. above, 2. below", { anchor: "end", size: 12.5, fill: colour.muted });
  kit.text(0, 49, `moment ${values.moment}`, { size: 14 });
  kit.slider("moment", wide ? left - 10 : 76, 44, width - (wide ? left - 10 : 76));
  drawGrid(kit, values, place);
  kit.height(drawBatch(kit, values, place));
}

function drawGrid(kit, values, place) {
  const { depth, ways } = values;
  const { left, end, middle, last } = place;
  const many = directions(ways);
  const block = Math.min(many === 2 ? 148 : 100, GRID / depth);
  const high = (block - UP - 3 * (many - 1)) / many;
  const floor = TOP + GRID;
  range(depth, (k) => {
    const under = floor - k * block; // an arrow comes up from here
    range(T, (t) => kit.wire([[middle(t), under], [middle(t), under - UP + 2]], { stroke: k ? colour.h : colour.text, width: 2 }));
    const name = kit.wide ? `layer ${k + 1}` : `${k + 1}`;
    kit.text(0, under - UP - (block - UP) / 2 + 5, name, { size: 14, weight: 600 });
    range(many, (back) => {
      const y = under - UP - (back + 1) * high - back * 3;
      // What is handed on: c, thick, and h, thin, through all steps of the row, for both sentences.
      const [from, to] = back ? [end - 2, left - 12] : [left - 8, end + 6];
      const line = y + high / 2;
      kit.wire([[from, line - 4], [to, line - 4]], { stroke: colour.c, width: 4 });
      kit.wire([[from, line + 6], [to, line + 6]], { stroke: colour.h, width: 2 });
      drawRow(kit, values, place, { row: k * many + back, y, high });
    });
  });
  const top = floor - depth * block;
  range(T, (t) => kit.wire([[middle(t), top], [middle(t), top - UP + 2]], { stroke: colour.h, width: 2 }));
  for (const [at, words] of [[middle(T - 1), "hs[-1]"], [last + 4, "h_n"]]) {
    kit.text(at, top - UP - 6, words, { anchor: "middle", size: 13, weight: 600, "font-family": "monospace", fill: colour.h });
  }
}

/** A number in little room: so many digits after the point. */
function decimals(value, count) {
  const size = Math.abs(value).toFixed(count);
  return value < 0 && Number(size) > 0 ? `−${size}` : size;
}

// One row: a layer in one direction, its cells, and its last states at the right.
function drawRow(kit, values, { middle, box, last }, { row, y, high }) {
  const { ready, needs, hs, h_n, moment, asked, ways } = values;
  const lengths = lengthsOf(values);
  const lane = high / BATCH.length;
  const write = (value) => decimals(value, kit.wide ? 3 : 2);
  const type = { anchor: "middle", size: Math.min(kit.wide ? 13 : 10.5, lane - 4) };
  const back = ways === "both" && row % 2 === 1;
  const there = asked[0] < ready.length;
  range(T, (t) => {
    const pressed = there && asked[0] === row && asked[1] === t;
    const lanes = BATCH.map((words, b) => {
      const at = ready[row][t][b];
      return { b, at, over: at === 0, now: at > 0 && at === moment, shown: at > 0 && at <= moment, word: words[t], ly: y + b * lane + 1 };
    });
    const told = lanes.map(({ b, over, shown, word }) => (over ? "padding" : `${word} ${shown ? write(hs[row][t][b]) : "waits"}`));
    const label = `${layerName(row, ways)}, step ${t + 1}: ${told.join(", ")}. Show what it waits for`;
    const act = () => kit.change({ asked: pressed ? [] : [row, t] });
    kit.button({ key: `cell-${row}-${t}`, label, pressed, act }, () => {
      const x = middle(t) - box / 2;
      kit.rect(x, y, box, high, { rx: 6, fill: colour.ground, class: "lstm-box" });
      for (const { b, over, now, shown, ly } of lanes) {
        const ends = t === (back ? 0 : lengths[b] - 1);
        const strong = there ? needs[row][t][b] : ends && shown;
        const edge = now || strong ? colour.text : colour.h;
        const look = over
          ? { fill: "none", stroke: colour.line, "stroke-dasharray": "3 3" }
          : { fill: shown ? colour.h : colour.ground, "fill-opacity": now ? 1 : shown ? 0.18 : 1, stroke: edge, "stroke-width": strong ? 2 : 1, "stroke-opacity": shown || strong ? 1 : 0.5 };
        kit.rect(x + 1, ly, box - 2, lane - 2, { rx: 4, opacity: there && !pressed && !needs[row][t][b] ? 0.3 : 1, ...look });
      }
      if (pressed) kit.rect(x - 2, y - 1, box + 4, high + 2, { rx: 7, fill: "none", stroke: colour.text, "stroke-width": 3 });
    });
    // The numbers stand in the button's name, too: here they are for the eye.
    for (const { b, over, now, shown, ly } of lanes) {
      const said = over ? "0" : shown ? write(hs[row][t][b]) : "";
      const fill = now ? colour.ground : over ? colour.muted : colour.text;
      kit.text(middle(t), ly + lane / 2 + 3.5, said, { ...type, weight: now ? 600 : 400, fill, "pointer-events": "none" });
    }
  });
  BATCH.forEach((_, b) => {
    const at = ready[row][back ? 0 : lengths[b] - 1][b];
    const text = at <= moment ? write(h_n[row][b]) : "…";
    kit.text(last + 4, y + (b + 0.5) * lane + 4.5, text, { ...type, weight: 600, fill: colour.h, halo: true });
  });
}

// Below: the batch, a sentence in each row, and where it ends under the hand.
function drawBatch(kit, values, { middle }) {
  const lengths = lengthsOf(values);
  const top = TOP + GRID + 22;
  BATCH.forEach((words, b) => {
    const y = top + b * 56;
    kit.text(0, y, kit.wide ? `${NAMES[b]}` : `${b + 1}.`, { size: 13, fill: colour.muted });
    range(T, (t) => {
      const over = t >= lengths[b];
      const style = over ? { fill: colour.muted, size: 11 } : { size: kit.wide ? 14 : 12, weight: words[t] === "not" ? 700 : 400 };
      kit.text(middle(t), y, over ? (kit.wide ? "padding" : "pad") : words[t], { anchor: "middle", ...style });
    });
    kit.slider(`length${b + 1}`, middle(0) - 10, y + 20, middle(words.length - 1) - middle(0) + 20);
  });
  return top + 56 + 20 + 18;
}

// ---------------------------------------------------------------- the spec

export default {
  title: "A grid of layers and steps",
  description:
    "A grid of cells. Each row is a layer, the lowest at the bottom; each column is a step of the sequence. Along a row run " +
    "two lines, the cell state c and the hidden state h; from each cell an arrow with h goes up to the layer above. Each cell " +
    "has two halves, one for each of two sentences, which stand as words below the grid. A filled half is a step that is taken, " +
    "and shows unit 1's h; a dark one is taken at this moment; an empty one waits; a dashed one is padding. At the right stands " +
    "h_n, the last hidden state of each row.",
  inputs,
  presets: {
    wave: { title: "three layers, a wave", state: {} },
    both: { title: "two layers, both directions", state: { depth: 2, ways: "both", moment: 8 } },
    padding: { title: "one layer, a sentence that ends early", state: { depth: 1, moment: T, length2: 2 } },
  },
  // It stops where nothing is left to be taken.
  play: { input: "moment", every: 900, last: (state) => compute(state).moments },
  compute,
  draw,
  sentence,
  tasks: [
    {
      ask: "At which moment does the third layer take its first step?",
      state: { moment: 3 },
      answer: "At moment 3. It needs the first step of the layer below, which needs that of the lowest. After that it never waits longer: a wave runs through the grid.",
    },
    {
      ask: "Read from both ends. When can layer 2 begin?",
      state: { ways: "both", depth: 2, moment: T + 1 },
      answer: `In the first sentence at moment ${T + 1}: it reads both directions of the layer below, and one of them comes to the first word last.`,
    },
    {
      ask: "Cut the first sentence after “film”. What is its $h_n$, and what is hs[-1]?",
      state: { depth: 1, length1: 2, moment: T },
      answer: ({ hs, h_n }) => `h_n is ${sig3(h_n[0][0])}, the state after “film”; hs[-1] is ${short(hs[0][T - 1][0])}, for the batch goes on and the sentence does not.`,
    },
    {
      ask: "Press the cell of layer 2 at “not”. For how many steps does it wait?",
      state: { depth: 2, asked: [1, 3], moment: 0 },
      answer: ({ needs }) => `Read from the beginning, for ${needs.flat().reduce((sum, lanes) => sum + lanes[0], 0)}: the steps before it in its own layer, and those of the layer below as far as “not”. Read from both ends, the layer below must be there as a whole.`,
    },
  ],
};
