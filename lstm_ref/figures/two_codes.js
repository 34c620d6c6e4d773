// One layer in two codes, NumPy's and torch's, line against line, and what each line is in the cell.

import { clamp, colour, dot, range, short, sig3, sigmoid, worked } from "./kit.js";
import codes from "./codes.json" with { type: "json" };

const { params, xs, h0, c0, steps } = worked;
const H = h0.length;
const GATES = ["i", "f", "g", "o"];
const WORDS = { i: "the input gate", f: "the forget gate", g: "the candidate", o: "the output gate" };
const MONO = "var(--lstm-mono, ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace)";
const SAME = codes.map(({ numpy, torch }) => numpy === torch);
/** What a line does: the name that it makes; the second line that makes z adds what h brings. */
const DOES = codes.map(({ makes }, k) => (codes.findIndex((line) => line.makes === makes) < k ? `${makes} again` : makes));
const lineOf = (does) => DOES.indexOf(does) + 1;

const inputs = [
  { name: "line", label: "line", min: 1, max: codes.length, step: 1, start: lineOf("f"), origin: 1, says: (line) => `${line} of ${codes.length}` },
  { name: "t", symbol: "t", label: "time step", min: 1, max: xs.length, step: 1, start: 1, origin: 1, says: (t) => `step ${t}` },
];

/** The numbers that the line makes at step t, one after the other, H for each name of `named`. */
function compute({ line, t }) {
  const step = steps[t - 1];
  const rows = (of) => GATES.flatMap((gate) => range(H, (k) => of(gate, k)));
  const fromX = rows((gate, k) => dot(params[`W_${gate}`][k], step.x) + params[`b_${gate}`][k]);
  const z = rows((gate, k) => dot(params[`U_${gate}`][k], step.h_prev)).map((sum, r) => sum + fromX[r]);
  const hs = steps.flatMap(({ h }) => h);
  const last = steps.at(-1);
  const made = {
    def: [...h0, ...c0],
    hs: [],
    x: step.x,
    z: fromX,
    "z again": z,
    "z_i, z_f, z_g, z_o": z,
    i: z.slice(0, H).map(sigmoid),
    f: z.slice(H, 2 * H).map(sigmoid),
    g: z.slice(2 * H, 3 * H).map(Math.tanh),
    o: z.slice(3 * H).map(sigmoid),
    c: step.c,
    h: step.h,
    append: hs.slice(0, t * H),
    return: [...hs, ...last.h, ...last.c],
  };
  return { gives: made[DOES[line - 1]] };
}

/** The names of the numbers that a line makes, each for H of them. */
function named(does, t) {
  if (does === "def") return ["h_0", "c_0"];
  if (does === "append") return range(t, (k) => `h_${k + 1}`);
  if (does === "return") return [...range(xs.length, (k) => `h_${k + 1}`), "h_n", "c_n"];
  if (does.startsWith("z")) return GATES.map((gate) => `z_${gate}`);
  return does === "hs" ? [] : [does === "x" ? `x_${t}` : `${does}_${t}`];
}

const list = (numbers) => numbers.map((value) => (Number.isInteger(value * 10) ? short(value) : sig3(value))).join(", ");

const SAYS = {
  def: "The sequence and the first state come in. In NumPy the weights come with them, in the dict p; a torch module has its own, so there is self.",
  hs: "An empty list, for the hidden states of all steps.",
  x: ({ t, gives }) => `The loop over the first axis, which is the time. At step ${t}, x = ${list(gives)}.`,
  z: "One product of the input with all four layers. In NumPy the weights are looked up in p; in torch they are the module’s own parameters.",
  "z again": ({ t, gives }) => `The hidden state is added. Of the eight sums of step ${t}, the forget gate’s are ${list(gives.slice(H, 2 * H))}.`,
  "z_i, z_f, z_g, z_o": "The sums come apart into four. NumPy has a function that says axis, torch a method that says dim: the same axis, by two names.",
  c: ({ gives }) => `What is kept and what is written make the new memory: c = ${list(gives)}. One line, letter for letter the same in both.`,
  h: ({ gives }) => `The output gate shows a share of the squashed memory: h = ${list(gives)}. The same line in both.`,
  append: ({ t }) => `The hidden state goes up, to whoever reads the layer: ${t} of ${xs.length} are in the list. The same line in both.`,
  return: "The list becomes one array, or one tensor; beside it the last h and the last c, to go on from.",
};

function sentence(values) {
  const does = DOES[values.line - 1];
  const said = SAYS[does] ?? (({ gives, t }) => `At step ${t}, ${WORDS[does]} is ${list(gives)}. The line is the same in both codes.`);
  return `Line ${values.line}. ${typeof said === "function" ? said(values) : said}`;
}

// ---------------------------------------------------------------- the codes

const tokens = (line) => line.match(/"[^"]*"|[A-Za-z_][\w.]*|\s+|./g);

function code(kit, x, y, line, other, size) {
  const theirs = new Set(tokens(other));
  const look = { x, y, "font-family": MONO, "font-size": size, fill: colour.text };
  kit.node("text", look, () => {
    for (const token of tokens(line)) {
      const letter = token.replace(/^z_/, "");
      const fill = GATES.includes(letter) || "ch".includes(letter) ? colour[letter] : /^hs\b/.test(token) ? colour.h : colour.text;
      kit.node("tspan", { fill, "font-weight": theirs.has(token) ? undefined : 700 }, token);
    }
  });
}

function drawCodes(kit, { line }, y) {
  const { wide, width } = kit;
  const half = wide ? width / 2 : width;
  const size = Math.min(13.5, (half - 14) / 48 / 0.605);
  kit.heading(4, y, wide ? "NumPy: a function" : "NumPy, and below it torch");
  if (wide) kit.heading(half + 4, y, "torch: a method of a module");
  let top = y + 12;
  codes.forEach(({ numpy, torch, indent }, k) => {
    const twice = !wide && !SAME[k];
    const high = twice ? 40 : 24;
    const own = k + 1 === line;
    const label = `line ${k + 1}, NumPy and torch: ${numpy} ${torch}`;
    const act = () => own || kit.change({ line: k + 1 });
    kit.button({ key: `line-${k}`, label, pressed: own, act, seen: act }, () => {
      kit.rect(0, top, width, high, { rx: 5, fill: colour.text, "fill-opacity": own ? 0.12 : 0 });
      kit.rect(0, top + 3, 3, high - 6, { fill: own ? colour.text : "none" });
      const x = 8 + indent * 2 * size * 0.605;
      code(kit, x, top + 16.5, numpy, torch, size);
      // The blank keeps the two apart where their text is read as one.
      if (wide) code(kit, half + x, top + 16.5, ` ${torch}`, numpy, size);
      if (twice) code(kit, x, top + 33, ` ${torch}`, numpy, size);
    });
    top += high;
  });
  if (wide) kit.line(half - 3, y + 12, half - 3, top);
  return top;
}

// ---------------------------------------------------------------- the cell

/** Which parts of the drawing a line is about. */
const LIGHTS = {
  def: ["c in", "h in", "x"],
  hs: ["up"],
  x: ["x"],
  z: ["x", "layers"],
  "z again": ["h in", "layers"],
  "z_i, z_f, z_g, z_o": ["layers"],
  i: ["i"],
  f: ["f"],
  g: ["g"],
  o: ["o"],
  c: ["c in", "memory", "c out"],
  h: ["show", "h out"],
  append: ["up"],
  return: ["up", "h out", "c out"],
};

function drawCell(kit, { line }, y) {
  const { wide, width } = kit;
  const at = (part) => part * width;
  const [f, i, g, o, out] = wide ? [0.2, 0.36, 0.52, 0.68, 0.83].map(at) : [0.21, 0.37, 0.53, 0.69, 0.85].map(at);
  const [memory, valve, layers, floor] = [y + 34, y + 86, y + 140, y + 178];
  const lights = new Set(LIGHTS[DOES[line - 1]]);
  let more = 0; // what is lit is drawn thicker, too
  const part = (names, draw) => {
    const lit = names.some((name) => lights.has(name));
    more = lit ? 1.5 : 0;
    kit.group({ opacity: lit ? 1 : 0.5 }, draw);
  };
  const wire = (points, paint, { width: base = 2, ...look } = {}) => kit.wire(points, { stroke: colour[paint], width: base + more, ...look });
  const say = (x, yy, symbol, paint, anchor) => kit.maths(x, yy, symbol, { size: 16, fill: colour[paint], anchor });
  const press = (does, label, draw) => {
    const to = () => kit.change({ line: lineOf(does) });
    kit.button({ key: `part-${does}`, label: `${label}: line ${lineOf(does)}`, act: to }, draw);
  };
  const bound = width - (wide ? 60 : 14);
  kit.rect(at(0.1), y + 10, bound - at(0.1), 186, { rx: 14, fill: colour.panel, stroke: colour.line });
  part(["h in"], () => {
    for (const x of [f, i, g, o]) wire([[0, floor], [x, floor], [x, layers + 16]], "h");
    say(2, floor - 8, "h_{t−1}", "h");
  });
  part(["x"], () => {
    kit.wire([[at(0.13), y + 222], [at(0.13), floor]], { arrow: false });
    kit.fork(at(0.13), floor);
    say(at(0.13) + 9, y + 218, "x_t", "text");
    press("x", "the input x", () => kit.rect(at(0.13) - 12, y + 200, 46, 26, { fill: colour.ground, "fill-opacity": 0 }));
  });
  part(["c in", "memory"], () => {
    wire([[0, memory], [g - 13, memory]], "c", { width: 5, arrow: false });
    say(2, memory - 10, "c_{t−1}", "c");
  });
  part(["c out", "memory"], () => {
    wire([[g + 13, memory], [width, memory]], "c", { width: 5 });
    say(width - 2, memory - 10, "c_t", "c", "end");
  });
  part(["memory"], () => {
    wire([[g, valve - 13], [g, memory + 13]], "c");
    kit.valve(f, memory, undefined, { stroke: colour.f, r: 13 });
    kit.valve(g, valve, undefined, { stroke: colour.i, r: 13 });
    press("c", "the new memory c", () => kit.operation(g, memory, "+", { stroke: colour.c, r: 13 }));
  });
  part(["show"], () => {
    wire([[out, memory], [out, valve - 2]], "c");
    kit.fork(out, memory, colour.c);
    kit.operation(out, valve - 20, "tanh", { stroke: colour.c, r: 18 });
    press("h", "the hidden state h", () => kit.valve(out, valve + 24, undefined, { stroke: colour.o, r: 13 }));
  });
  part(["show", "h out"], () => {
    wire([[out, valve + 37], [out, floor], [width, floor]], "h");
    say(width - 2, floor - 8, "h_t", "h", "end");
  });
  part(["up"], () => {
    const up = wide ? out + 34 : out + 20;
    kit.fork(up, floor, colour.h);
    kit.line(up, memory - 7, up, memory + 7, { stroke: colour.panel, "stroke-width": 8 });
    press("append", "h goes up", () => {
      kit.rect(up - 12, y - 14, 24, 24, { fill: colour.ground, "fill-opacity": 0 });
      wire([[up, floor], [up, y - 8]], "h");
    });
  });
  const ways = { f: [[f, layers - 16], [f, memory + 13]], i: [[i, layers - 16], [i, valve], [g - 13, valve]], g: [[g, layers - 16], [g, valve + 13]], o: [[o, layers - 16], [o, valve + 24], [out - 13, valve + 24]] };
  for (const [gate, x] of Object.entries({ f, i, g, o })) {
    part([gate], () => {
      wire(ways[gate], gate);
      say(x - 7, layers - 22, `${gate}_t`, gate, "end");
    });
    part([gate, "layers"], () =>
      press(gate, gate === "g" ? `${WORDS.g}, tanh` : WORDS[gate], () => kit.layer(x, layers, gate === "g" ? "tanh" : "σ", { stroke: colour[gate], width: wide ? 60 : 50, height: 32 })),
    );
  }
  return y + 226;
}

// ---------------------------------------------------------------- the numbers

function draw(kit, values) {
  const { wide, width } = kit;
  const { line, t, gives } = values;
  const end = drawCodes(kit, values, 16);
  const cell = drawCell(kit, values, end + 28);
  kit.heading(4, cell + 28, `Line ${line}, at step ${t}, gives`);
  const slider = wide ? 260 : 128;
  kit.slider("t", width - slider, cell + 22, slider);
  const names = named(DOES[line - 1], t);
  const columns = wide ? 5 : 3;
  if (names.length === 0) kit.text(4, cell + 56, "an empty list", { fill: colour.muted });
  names.forEach((name, k) => {
    const letter = name.startsWith("z") ? name[2] : name[0];
    const [x, y] = [4 + ((k % columns) * (width - 4)) / columns, cell + 56 + Math.floor(k / columns) * 40];
    const fill = colour[letter] ?? colour.text;
    kit.maths(x, y, name, { size: 15, weight: 600, fill });
    kit.text(x, y + 17, list(gives.slice(k * H, (k + 1) * H)), { size: clamp(width / 30.5, 9, 13), weight: 600, fill });
  });
  kit.height(cell + (wide ? 84 : 124));
}

export default {
  title: "One layer in two codes: NumPy and torch, line against line",
  description:
    "Fourteen lines of NumPy and fourteen lines of torch, which do the same in the same order; what differs " +
    "between two lines is bold. Below them the cell: its four layers, the memory along the top and the hidden state " +
    "along the bottom. The chosen line is marked in both codes, and what it makes is lit in the cell. " +
    "Under the cell stand the numbers that the line gives in the worked example.",
  inputs,
  presets: {
    gate: { title: "the forget gate’s line", state: {} },
    weights: { title: "where the weights are", state: { line: lineOf("z") } },
    end: { title: "what comes out", state: { line: codes.length, t: xs.length } },
  },
  play: { input: "line", every: 1700 },
  compute,
  draw,
  sentence,
  tasks: [
    {
      ask: `Line ${lineOf("z")} reads weights. Where does each of the codes find them?`,
      state: { line: lineOf("z") },
      answer: "NumPy’s function finds them in the dict p, which its caller hands over at each call. torch’s method finds them in the module itself, under self.",
    },
    {
      ask: "Which line lights up the valve on the memory line, and which three lines must come before it?",
      state: { line: lineOf("c") },
      answer: `Line ${lineOf("c")}, which makes c. It reads f, i and g: lines ${lineOf("f")}, ${lineOf("i")} and ${lineOf("g")}.`,
    },
    {
      ask: "Choose the last line, and step 1. Why do the numbers not change with the step?",
      state: { line: codes.length, t: 1 },
      answer: "The line stands after the loop. It runs once, when all steps are done.",
    },
  ],
};
