import { colour, range } from "../../lstm_ref/figures/kit.js";

export default {
  title: "The product with the input, taken out of the loop",
  description:
    "Two drawings of three time steps. Above, each step has two products: W times its input, " +
    "and U times the hidden state that comes from the step before. Below, one wide product " +
    "computes W times all three inputs ahead; each step has only its product with U.",
  width: 480,
  draw(kit) {
    kit.height(388);
    kit.heading(0, 18, "two products in each step");
    chain(kit, 62);
    range(3, (t) => {
      product(kit, at(t), 130, `W x_${t + 1}`, 96);
      kit.text(at(t), 176, `step ${t + 1}`, { anchor: "middle", size: 14, fill: colour.muted });
    });
    kit.heading(0, 228, "one ahead, then one in each step");
    chain(kit, 272);
    kit.layer(at(1), 340, "", { width: 2 * 150 + 96, height: 38 });
    range(3, (t) => kit.maths(at(t), 346, `W x_${t + 1}`, { anchor: "middle", size: 17, weight: 600 }));
    kit.text(at(1), 386, "before the first step", { anchor: "middle", size: 14, fill: colour.muted });
  },
};

const at = (t) => 80 + 150 * t;

function product(kit, x, y, words, width) {
  kit.layer(x, y, words, { width, height: 38 });
}

// The steps hang on the line of h, one after the other; from below comes what each needs of x.
function chain(kit, y) {
  kit.wire([[0, y], [470, y]], { stroke: colour.h, width: 2.5 });
  range(3, (t) => {
    kit.wire([[at(t), y + 50], [at(t), y + 21]], {});
    product(kit, at(t), y, `U h_${t}`, 96);
  });
}
