// A figure that uses every part of the kit and every kind of input; for tests and for a look.

const { colour, range } = lstmFigures;
const T = 8;

lstmFigures.specs.demo = {
  title: "Every part of the kit",
  description: "A sheet of all parts.",
  inputs: [
    { name: "t", symbol: "t", label: "time step", min: 1, max: T, step: 1, start: 1, says: (t) => `step ${t}` },
    { name: "a", symbol: "a_1", label: "a number", min: -2, max: 2, step: 0.1, start: 0.5, colour: "g" },
    { name: "f", symbol: "f", label: "the share", min: 0, max: 1, step: 0.05, start: 0.6, colour: "f" },
    { name: "way", label: "gate", kind: "choice", start: "f", options: [["f", "forget $f$"], ["o", "output $o$"]] },
    { name: "bits", kind: "hidden", start: [0, 1, 0, 0, 1, 0, 0, 0] },
  ],
  presets: { high: { title: "high", state: { a: 2 } }, secret: { state: { a: -1 } } },
  play: { input: "t", every: 120 },
  compute: ({ a, f }) => ({ kept: a * f }),
  sentence: ({ t, a, kept }) => `At step ${t}, ${a} becomes ${kept.toFixed(2)}.`,
  tasks: [{ ask: "Set $a_1$ to 1.", state: { a: 1 }, answer: ({ kept }) => `Then ${kept} is kept.` }],
  draw(kit, { a, f, kept, t, way, bits }) {
    const paint = colour[way];
    kit.height(560);
    kit.heading(0, 18, "Wires, boxes, a valve");
    kit.memory(0, 150, 70, a, { scale: 12 });
    kit.memory(150, 320, 70, kept, { scale: 12, arrow: true });
    kit.wire([[150, 130], [150, 88]], { stroke: paint, name: "the share f", lit: "f" });
    kit.valve(150, 70, f, { stroke: paint, lit: "f" });
    kit.layer(150, 150, "σ", { stroke: paint, name: "the forget gate, a layer with weights" });
    kit.operation(250, 150, "+");
    kit.operation(300, 150, "tanh", { r: 18 });
    kit.wire([[0, 210], [330, 210]], { stroke: colour.h, value: a, limit: 2 });
    kit.wire([[330, 240], [0, 240]], { dashed: true });
    kit.fork(60, 210, colour.h);
    kit.bar(165, 275, a, { scale: 60, limit: 2 });
    kit.slider("a", 0, 310, 200, { fill: colour.g });
    kit.text(210, 315, kit.value("a"));
    const side = kit.wide ? 380 : 0;
    const down = kit.wide ? 0 : 330;
    const axes = kit.axes(side + 30, 40 + (kit.wide ? 0 : 300), 250, kit.wide ? 160 : 40, { across: [-3, 3], up: [-1, 1], ticks: [[-3, 0, 3], [-1, 0, 1]], names: ["z", "tanh"] });
    kit.curve(axes, Math.tanh, { stroke: colour.g });
    kit.marker(axes, a, Math.tanh(a), { fill: colour.g });
    if (kit.wide) kit.matrix(side, 240, [[1, -2], [0.5, 4]], { fill: colour.f, name: "a matrix", of: (r, c) => ({ lit: r === c ? "a" : undefined }) });
    const time = kit.time(20, 470 + (down ? 20 : 0), kit.width - 40, T);
    range(T, (k) => {
      const act = () => kit.change({ bits: bits.map((bit, j) => (j === k ? 1 - bit : bit)) });
      const label = `bit of step ${k + 1}`;
      kit.button({ key: `bit-${k}`, label, pressed: bits[k] === 1, act }, () => {
        kit.circle(time.at(k + 1), 440, 12, { fill: bits[k] ? colour.c : colour.ground, stroke: colour.c });
      });
    });
    kit.circle(time.at(t), 415, 5, { fill: colour.text });
  },
};
