// A loop against a tree: how soon all of h_t = f h_{t-1} + (1 − f) is known, beat by beat.

import { colour, range, sig3 } from "./kit.js";

const MOST = 32;
const DEEP = 230;

const inputs = [
  { name: "T", symbol: "T", label: "steps in the sequence", min: 2, max: MOST, step: 1, start: 16, origin: 2, says: (T) => `${T} steps` },
  { name: "beat", symbol: "", label: "beats that have passed", min: 0, max: MOST, step: 1, start: 4, says: (k) => (k === 1 ? "1 beat" : `${k} beats`) },
  { name: "f", symbol: "f", label: "the share that each step keeps", min: 0, max: 1, step: 0.05, start: 0.9, colour: "f" },
];

const roundsOf = (T) => Math.ceil(Math.log2(T));

function compute({ T, beat, f }) {
  const loop = range(T, () => 0);
  let h = 0;
  for (let t = 0; t < Math.min(beat, T); t++) loop[t] = h = f * h + (1 - f);
  let [a, b] = [range(T, () => f), range(T, () => 1 - f)];
  const rounds = roundsOf(T);
  for (let k = 0; k < Math.min(beat, rounds); k++) {
    const reach = 2 ** k;
    [a, b] = [a.map((kept, t) => (t < reach ? kept : kept * a[t - reach])), b.map((has, t) => (t < reach ? has : has + a[t] * b[t - reach]))];
  }
  return {
    loop,
    tree: b,
    loop_done: Math.min(beat, T),
    tree_done: Math.min(2 ** beat, T),
    rounds,
    loop_work: T - 1,
    tree_work: range(rounds, (k) => T - 2 ** k).reduce((sum, joins) => sum + joins, 0),
  };
}

const count = (n, word) => `${n} ${word}${n === 1 ? "" : "s"}`;

function sentence({ T, beat, loop_done, tree_done, rounds, loop_work, tree_work, tree }) {
  const soFar = `After ${count(beat, "beat")} the loop knows h at ${loop_done} of ${T} steps, and the tree at ${tree_done}.`;
  return `${soFar} In all the loop needs ${T} beats and ${count(loop_work, "join")}, the tree ${count(rounds, "beat")} and ${tree_work}. At step ${T} the tree holds ${sig3(tree[T - 1])}.`;
}

function draw(kit, values) {
  const { wide, width } = kit;
  const { T, beat, loop, tree, loop_done, tree_done, rounds } = values;
  const [left, right] = [6, width - 6];
  const step = (right - left) / T;
  const at = (t) => left + (t + 0.5) * step;
  const r = Math.min(wide ? 9 : 7, step * 0.36);
  const dot = (x, y, known, share) => {
    kit.circle(x, y, r, { fill: known ? colour.c : colour.ground, stroke: known ? colour.c : colour.line, "stroke-width": 1.5, "fill-opacity": known ? 0.25 + 0.75 * share : 1 });
  };
  // The loop: one chain, which gets one step further with each beat.
  kit.heading(0, 16, `Loop: ${loop_done} of ${T} steps known`);
  const chain = 46;
  kit.group({ lit: "beat" }, () => {
    range(T - 1, (t) => {
      const passed = t + 1 < loop_done;
      kit.line(at(t), chain, at(t + 1), chain, { stroke: passed ? colour.c : colour.line, "stroke-width": passed ? 3 : 1.5 });
    });
    range(T, (t) => dot(at(t), chain, t < loop_done, loop[t]));
  });
  // The tree: row k is what each step has gathered after k rounds.
  const top = 112;
  kit.heading(0, top - 22, `Tree: ${tree_done} of ${T} steps known`);
  const row = (k) => top + 10 + (k * DEEP) / rounds;
  range(rounds, (k) => {
    const done = k < beat;
    range(T, (t) => {
      const look = { stroke: done ? colour.c : colour.line, "stroke-width": done ? 2 : 1 };
      kit.line(at(t), row(k), at(t), row(k + 1), look);
      if (t >= 2 ** k) kit.line(at(t - 2 ** k), row(k), at(t), row(k + 1), { ...look, "stroke-opacity": done ? 0.6 : 1 });
    });
  });
  range(rounds + 1, (k) => {
    range(T, (t) => dot(at(t), row(k), k <= beat && t < 2 ** k, tree[t]));
  });
  const foot = row(rounds) + 32;
  for (const t of [1, T]) kit.text(at(t - 1), foot - 6, `${t}`, { anchor: t === 1 ? "start" : "end", size: 12, fill: colour.muted });
  kit.text((left + right) / 2, foot - 6, "step", { anchor: "middle", size: 12, fill: colour.muted });
  kit.text(0, foot + 20, `beats in all: loop ${T}, tree ${rounds}`, { size: 14, weight: 600 });
  kit.text(wide ? width : 0, foot + (wide ? 20 : 42), `joins in all: loop ${values.loop_work}, tree ${values.tree_work}`, { anchor: wide ? "end" : "start", size: 14, weight: 600 });
  kit.height(foot + (wide ? 30 : 52));
}

export default {
  title: "A loop against a tree",
  description:
    "Above, a chain of points, one for each time step: a loop fills one more with each beat. Below, the " +
    "same steps in rows: from row to row each point is joined with the one that stands 1, 2, 4, 8 and " +
    "16 steps before it. With each beat a whole row is done, and twice as many steps are known.",
  inputs,
  presets: {},
  play: { input: "beat", every: 700, last: ({ T }) => T },
  compute,
  draw,
  sentence,
  tasks: [
    {
      ask: "Set $T$ to 32. How many beats does each need?",
      state: { T: 32, beat: 5, f: 0.9 },
      answer: ({ T, rounds, loop_work, tree_work }) =>
        `The loop ${T}, the tree ${rounds}. But the tree makes ${tree_work} joins, and the loop ${loop_work}: it is quick only where many can be made at the same time.`,
    },
    {
      ask: "Set $T$ to 17. Why one beat more than for 16?",
      state: { T: 17, beat: 4, f: 0.9 },
      answer: ({ tree_done }) => `After 4 beats a step has gathered 16 steps, itself among them: ${tree_done} are known, and step 17 still lacks the first.`,
    },
    {
      ask: "Set the beats to 0, then press One step.",
      state: { T: 16, beat: 1, f: 0.9 },
      answer: "In the first beat each step joins with its neighbour on the left, all at the same time. In the second, with the one two steps before.",
    },
  ],
};
