import { colour } from "../../lstm_ref/figures/kit.js";

export default {
  title: "The way back over three steps, along two lines",
  description:
    "Time runs from left to right. Three rounded boxes, one for each step, are joined by a thick line " +
    "along the top, the cell state c, and a thin line along the bottom, the hidden state h. An arrow " +
    "goes up from h 3 to the loss. Dashed arrows, the gradients, run the other way: from the loss down " +
    "to h 3, up inside each box to the memory, and to the left along both lines. On the upper one each " +
    "box multiplies by f alone; on the lower one by four layers, with U and their slopes.",
  width: 560,
  draw(kit) {
    kit.height(286);
    const boxes = [110, 270, 430];
    const [memory, floor] = [90, 190];
    boxes.forEach((x, k) => {
      kit.rect(x - 44, memory - 26, 88, floor - memory + 52, { rx: 14, fill: colour.panel, stroke: colour.line });
      kit.text(x, floor + 50, `step ${k + 1}`, { anchor: "middle", size: 15, weight: 600 });
    });
    kit.wire([[4, memory], [556, memory]], { stroke: colour.c, width: 7 });
    kit.wire([[4, floor], [556, floor]], { stroke: colour.h, width: 2.5 });
    const up = 504;
    kit.line(up, memory - 9, up, memory + 9, { stroke: colour.ground, "stroke-width": 9 });
    kit.wire([[up - 12, floor], [up, floor], [up, 34]], { stroke: colour.h, width: 2.5 });
    kit.text(up, 20, "loss", { anchor: "middle", size: 16, weight: 600 });
    // The way back: down from the loss, up to the memory in each box, to the left along both lines.
    kit.wire([[up + 10, 34], [up + 10, floor + 12], [482, floor + 12]], { dashed: true });
    boxes.forEach((x, k) => {
      const left = k === 0 ? 4 : boxes[k - 1] + 48;
      kit.wire([[x + 18, floor - 6], [x + 18, memory + 20]], { dashed: true });
      kit.wire([[x + 18, memory + 14], [left, memory + 14]], { dashed: true });
      kit.wire([[x + 40, floor + 12], [left, floor + 12]], { dashed: true });
      kit.valve(x - 16, memory, undefined, { stroke: colour.f });
      kit.text(x, memory - 36, "× f", { anchor: "middle", size: 15, weight: 600, fill: colour.f });
      kit.text(x, floor + 72, "four layers, U", { anchor: "middle", size: 13.5, fill: colour.text });
      const right = k === 2 ? 486 : x + 62;
      kit.maths(k === 2 ? 522 : right, memory - 12, `c_${k + 1}`, { size: 17, fill: colour.c });
      kit.maths(k === 2 ? 526 : right, floor - 10, `h_${k + 1}`, { size: 17, fill: colour.h });
    });
  },
};
