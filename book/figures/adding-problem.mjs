import { colour } from "../../lstm_ref/figures/kit.js";

// A short example: the numbers, and which two of them are marked.
const NUMBERS = [0.3, 0.8, 0.1, 0.6, 0.9, 0.2, 0.4, 0.7];
const MARKED = [1, 6];

export default {
  title: "The adding problem, with eight steps",
  description:
    "Time runs from left to right. Eight boxes in a row hold the numbers 0.3, 0.8, 0.1, 0.6, 0.9, 0.2, 0.4 and 0.7. " +
    "Below each stands its mark: 1 below 0.8 and below 0.4, and 0 below the others. A thick line, the memory, begins at " +
    "0.8 and runs to the end, where the answer stands: 1.2.",
  width: 560,
  draw(kit) {
    kit.height(190);
    const [left, step] = [76, 52];
    const at = (k) => left + (k + 0.5) * step;
    kit.text(0, 100, "number", { size: 14 });
    kit.text(0, 138, "mark", { size: 14 });
    NUMBERS.forEach((number, k) => {
      const marked = MARKED.includes(k);
      kit.rect(at(k) - 22, 80, 44, 30, { rx: 4, fill: colour.ground, stroke: marked ? colour.c : colour.line, "stroke-width": marked ? 3 : 1 });
      kit.text(at(k), 100, number.toFixed(1), { anchor: "middle", size: 15, weight: marked ? 700 : 400, fill: marked ? colour.c : colour.text });
      kit.text(at(k), 138, marked ? "1" : "0", { anchor: "middle", size: 15, weight: marked ? 700 : 400, fill: marked ? colour.c : colour.muted });
    });
    for (const k of MARKED) kit.wire([[at(k), 80], [at(k), 44]], { stroke: colour.c });
    const [first, second] = MARKED.map(at);
    kit.wire([[first, 36], [second - 6, 36]], { stroke: colour.c, width: 5, arrow: false });
    kit.wire([[second - 6, 36], [left + 8 * step + 6, 36]], { stroke: colour.c, width: 8, arrow: false });
    kit.text(first, 20, "0.8 is kept …", { size: 14, fill: colour.c });
    kit.text(second, 20, "… and 0.4 added", { anchor: "middle", size: 14, fill: colour.c });
    kit.wire([[left + 8 * step + 6, 36], [left + 8 * step + 26, 36]], { stroke: colour.c });
    kit.text(left + 8 * step + 30, 42, "1.2", { size: 18, weight: 700, fill: colour.c });
    kit.wire([[left, 164], [left + 8 * step, 164]], { stroke: colour.muted, width: 1.5 });
    kit.text(left, 184, "time", { size: 13, fill: colour.muted });
  },
};
