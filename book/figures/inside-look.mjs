import { colour } from "../../lstm_ref/figures/kit.js";

const SIGNS = ["a", '"', "b", "c", '"', "a"];
const MEMORY = [-0.8, 0.7, 0.9, 0.9, -0.7, -0.8];

export default {
  title: "Where one looks",
  description:
    "Six signs of a text from left to right: a, quotation mark, b, c, quotation mark, a. Each goes " +
    "up into the cell. Along the top runs the memory of one unit. Above each sign a number is read off it, " +
    "and beside it stands what is known of the text: 0 outside of the quotation, 1 inside.",
  width: 560,
  draw(kit) {
    kit.height(236);
    const at = (k) => 118 + k * 78;
    kit.text(0, 30, "known", { size: 15 });
    kit.text(0, 74, "memory c", { size: 15, fill: colour.c });
    kit.text(0, 146, "cell", { size: 15 });
    kit.text(0, 222, "text", { size: 15 });
    SIGNS.forEach((sign, k) => {
      const x = at(k);
      kit.text(x, 30, k >= 1 && k <= 3 ? "1" : "0", { anchor: "middle", size: 17, weight: 600 });
      const look =
        MEMORY[k] > 0
          ? { fill: colour.c, "fill-opacity": 0.5 }
          : { fill: colour.ground, stroke: colour.c, "stroke-width": 3 };
      kit.rect(x - 24, 54, 48, 30, { rx: 5, ...look });
      kit.wire([[x, 122], [x, 90]], { stroke: colour.muted, width: 1.5 });
      kit.layer(x, 142, "", { stroke: colour.c, width: 44, height: 40 });
      if (k < 5) kit.wire([[x + 24, 136], [x + 54, 136]], { stroke: colour.c, width: 4 });
      kit.wire([[x, 202], [x, 166]], {});
      kit.text(x, 224, sign, { anchor: "middle", size: 18, weight: 600, "font-family": "monospace" });
    });
  },
};
