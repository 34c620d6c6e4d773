// A sentence in an order of your own: the words as numbers, and the counts, which do not change.

import { colour, range } from "./kit.js";
import said from "./sentence.json" with { type: "json" };

const T = said.words.length;
const KINDS = [...new Set(said.words)]; // the vocabulary, in the order of first use
const NUMBERS = said.words.map((word) => KINDS.indexOf(word) + 1);
const AS_WRITTEN = range(T);
const NOT = said.words.indexOf("not");
const GOOD = said.words.indexOf("good");
const GREAT = said.words.indexOf("great");

/** The order in which "not" stands before "great" and no longer before "good". */
const TURNED = AS_WRITTEN.filter((k) => k !== NOT).flatMap((k) => (k === GREAT ? [NOT, k] : [k]));

const inputs = [
  { name: "at", symbol: "t", label: "the word to move", min: 1, max: T, step: 1, start: NOT + 1, origin: 1, says: (t) => `place ${t}` },
  { name: "order", kind: "hidden", start: AS_WRITTEN },
];

/** The words' numbers in this order, how often each occurs, and the words after "not". */
function compute({ order }) {
  const numbers = order.map((k) => NUMBERS[k]);
  const counts = KINDS.map((_, kind) => numbers.filter((number) => number === kind + 1).length);
  const after = order[order.indexOf(NOT) + 1];
  return { numbers, counts, after: after === undefined ? 0 : NUMBERS[after] };
}

function sentence({ order, numbers, after, at }) {
  const text = order.map((k) => said.words[k]).join(" ");
  const next = after === 0 ? "Nothing comes after “not”" : `After “not” comes “${KINDS[after - 1]}”`;
  return `Taken: “${said.words[order[at - 1]]}”, at place ${at}. ${text} As numbers: ${numbers.join(" ")}. ${next}. The counts are the same in every order.`;
}

/** The order with the word at place t (from 1) exchanged with the one `by` places on. */
function moved(order, t, by) {
  const [from, to] = [t - 1, t - 1 + by];
  if (to < 0 || to >= T) return order;
  return order.map((k, place) => (place === from ? order[to] : place === to ? order[from] : k));
}

function draw(kit, { order, at, counts, numbers }) {
  const { wide, width } = kit;
  const columns = wide ? T : 4;
  const step = width / columns;
  const lines = Math.ceil(T / columns);
  kit.heading(0, 16, wide ? "The sequence: words, and the numbers they become" : "Words, and their numbers");
  order.forEach((k, place) => {
    const [x, y] = [(place % columns) * step, 30 + Math.floor(place / columns) * 70];
    const taken = place + 1 === at;
    const label = `${said.words[k]}: take the word at place ${place + 1}`;
    kit.button({ key: `place-${place}`, label, pressed: taken, act: () => kit.change({ at: place + 1 }) }, () => {
      const stroke = taken ? colour.f : colour.line;
      kit.rect(x + 3, y, step - 6, 36, { fill: colour.ground, stroke, "stroke-width": taken ? 3 : 1 });
      kit.text(x + step / 2, y + 23, said.words[k], { anchor: "middle", size: 14, weight: k === NOT ? 700 : 400 });
    });
    kit.text(x + step / 2, y + 53, `${numbers[place]}`, { anchor: "middle", size: 14, fill: colour.muted });
  });
  const under = 30 + lines * 70 + 20;
  const move = (by) => () => kit.change({ order: moved(order, at, by), at: Math.min(T, Math.max(1, at + by)) });
  const button = Math.min(96, (width - 16) / 3);
  const place = (n) => n * (button + 8);
  press(kit, place(0), under, button, { key: "left", label: "← earlier", act: move(-1) });
  press(kit, place(1), under, button, { key: "right", label: "later →", act: move(1) });
  press(kit, place(2), under, button, { key: "back", label: "as it was", act: () => kit.change({ order: AS_WRITTEN, at: NOT + 1 }) });
  drawBag(kit, counts, under + 70);
}

function press(kit, x, y, width, { key, label, act }) {
  kit.button({ key, label, act }, () => {
    kit.rect(x, y, width, 32, { fill: colour.ground, stroke: colour.muted });
    kit.text(x + width / 2, y + 21, label, { anchor: "middle", size: 14 });
  });
}

// Below: the bag of words, a bar for each word of the vocabulary.
function drawBag(kit, counts, y) {
  const { wide, width } = kit;
  const columns = wide ? KINDS.length : 4;
  const step = width / columns;
  kit.heading(0, y, wide ? "The bag: how often each word occurs" : "The bag: a count for each word");
  counts.forEach((count, kind) => {
    const [x, base] = [(kind % columns) * step, y + 76 + Math.floor(kind / columns) * 92];
    kit.rect(x + step / 2 - 14, base - 24 * count, 28, 24 * count, { fill: colour.c });
    kit.text(x + step / 2, base + 18, `${KINDS[kind]}: ${count}`, { anchor: "middle", size: 13 });
  });
  kit.height(y + 76 + (Math.ceil(KINDS.length / columns) - 1) * 92 + 30);
}

export default {
  title: "One bag of words, many sentences",
  description:
    "Above, the words of a sentence in a row, each with its number in the vocabulary; the word that is taken " +
    "can be moved earlier or later. Below, a bar for each word says how often it occurs.",
  inputs,
  presets: { written: { title: "as written", state: {} }, turned: { title: "the “not” before “great”", state: { order: TURNED, at: TURNED.indexOf(NOT) + 1 } } },
  compute,
  draw,
  sentence,
  tasks: [
    {
      ask: "Move “not” until it stands before “great”. Which bar changes?",
      state: { order: TURNED, at: TURNED.indexOf(NOT) + 1 },
      answer: "None. The film is good now and the music is not, and the bag does not see it.",
    },
    {
      ask: "Exchange “good” and “not”. Is it still a sentence?",
      state: { order: moved(AS_WRITTEN, NOT + 1, 1), at: GOOD + 1 },
      answer: "Hardly. The bag is the same for it, too.",
    },
  ],
};
