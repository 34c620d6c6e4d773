import { colour } from "../../lstm_ref/figures/kit.js";

export default {
  title: "One step of the LSTM, in the drawing that the book uses",
  description:
    "Time runs from left to right. The cell state c is a thick line along the top: it enters " +
    "as c t minus 1, passes the forget valve, then a plus sign, and leaves as c t. The hidden" +
    " state h is a thin line along the bottom: it enters as h t minus 1 and is joined by the " +
    "input x t from below. From there it forks to four rounded boxes, which are the four " +
    "layers with weights: the forget gate with sigma, the input gate with sigma, the " +
    "candidate with tanh, and the output gate with sigma. The forget gate sets the forget " +
    "valve. The input gate sets a second valve, through which the candidate goes up to the " +
    "plus sign. Behind the plus sign the memory line forks: a copy goes down through a small " +
    "circle marked tanh and through the valve that the output gate sets, and becomes h t, " +
    "which goes on to the next step and up to the next layer.",
  width: 560,
  draw(kit) {
    kit.height(430);
    kit.rect(64, 44, 432, 346, { rx: 16, fill: colour.panel, stroke: colour.line });
    // Hidden state and input come in along the bottom, and fork to the four layers.
    const [f, i, g, o] = [118, 196, 280, 376];
    const [memory, floor, layers] = [92, 346, 274];
    for (const x of [f, i, g, o]) kit.wire([[4, floor], [x, floor], [x, layers + 20]], { stroke: colour.h });
    kit.wire([[88, 426], [88, floor], [102, floor]], { arrow: false });
    for (const x of [f, i, g]) kit.fork(x, floor, colour.h);
    // The memory line, along the top.
    kit.wire([[4, memory], [556, memory]], { stroke: colour.c, width: 8 });
    const add = 280;
    kit.wire([[f, layers - 20], [f, memory + 16]], { stroke: colour.f, width: 2.5 });
    kit.wire([[i, layers - 20], [i, 176], [add - 16, 176]], { stroke: colour.i, width: 2.5 });
    kit.wire([[g, layers - 20], [g, 192]], { stroke: colour.g, width: 2.5 });
    kit.wire([[add, 160], [add, memory + 16]], { stroke: colour.c, width: 2.5 });
    // A copy of the memory goes down: squashed, then shown as far as the output gate lets it.
    const out = 440;
    kit.wire([[out, memory], [out, 122]], { stroke: colour.c, width: 4, arrow: false });
    kit.wire([[out, 164], [out, 202]], { stroke: colour.c, width: 2.5 });
    kit.wire([[o, layers - 20], [o, 218], [out - 16, 218]], { stroke: colour.o, width: 2.5 });
    kit.wire([[out, 234], [out, floor], [552, floor]], { stroke: colour.h });
    // Up to the next layer, over the memory line without touching it.
    kit.line(470, memory - 9, 470, memory + 9, { stroke: colour.panel, "stroke-width": 10 });
    kit.wire([[out + 15, floor], [470, floor], [470, 8]], { stroke: colour.h });
    kit.fork(out + 17, floor, colour.h);
    kit.fork(out, memory, colour.c);
    kit.valve(f, memory, undefined, { stroke: colour.f });
    kit.operation(add, memory, "+", { stroke: colour.c });
    kit.valve(g, 176, undefined, { stroke: colour.i });
    kit.operation(out, 143, "tanh", { stroke: colour.c, r: 20 });
    kit.valve(out, 218, undefined, { stroke: colour.o });
    kit.layer(f, layers, "σ", { stroke: colour.f });
    kit.layer(i, layers, "σ", { stroke: colour.i });
    kit.layer(g, layers, "tanh", { stroke: colour.g });
    kit.layer(o, layers, "σ", { stroke: colour.o });
    letter(kit, f - 14, 200, "f_t", colour.f, "end");
    letter(kit, i - 14, 226, "i_t", colour.i, "end");
    letter(kit, g + 12, 226, "g_t", colour.g);
    letter(kit, o - 12, 240, "o_t", colour.o, "end");
    letter(kit, 4, 72, "c_{t−1}", colour.c);
    letter(kit, 516, 72, "c_t", colour.c);
    letter(kit, 4, floor - 16, "h_{t−1}", colour.h);
    letter(kit, 516, floor - 16, "h_t", colour.h);
    letter(kit, 482, 26, "h_t", colour.h);
    letter(kit, 102, 422, "x_t", colour.text);
  },
};

function letter(kit, x, y, symbol, fill, anchor) {
  kit.maths(x, y, symbol, { size: 20, fill, anchor });
}
