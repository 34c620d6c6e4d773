// The parts that pictures of the course share: one visual language. Each is a method of the kit.
//
// Lengths are pixels, numbers are written by numbers.js, colours are the page's tokens.

import { clamp, given, range, short, sig3 } from "./numbers.js";
import { Pencil, colour, round } from "./pencil.js";

const WIDE = 640; // the same as in page.css

/**
 * What `draw(kit, values)` is given. `width` is the drawing's, and `wide` tells which of its two
 * layouts is wanted. The height may depend on `wide` alone: then nothing on a page moves when the
 * picture of the built page becomes the live figure.
 */
export class Kit extends Pencil {
  constructor(document, svg, body, { width = 720, inputs = [], change = () => {} } = {}) {
    super(document, body);
    this.svg = svg;
    this.inputs = Object.fromEntries(inputs.map((input) => [input.name, input]));
    this.change = change;
    this.width = width;
    this.state = {};
    this.placed = new Map();
  }

  get wide() {
    return this.width >= WIDE;
  }

  /** Draw once: `draw(kit, values)`; `values` holds the state and all that was computed. */
  show(draw, values) {
    this.state = values;
    this.placed.clear();
    this.named = false;
    this.paint(() => draw(this, values));
  }

  /** How high the drawing is. Call it once in each `draw`. */
  height(height) {
    this.svg.setAttribute("viewBox", `0 0 ${this.width} ${height}`);
    this.svg.setAttribute("width", this.width);
    this.svg.setAttribute("height", height);
  }

  /** A small heading within the drawing. */
  heading(x, y, words, attributes = {}) {
    return this.text(x, y, words, { size: 15, weight: 650, ...attributes });
  }

  // ------------------------------------------------------------ numbers and their bars

  /**
   * A signed bar from `x` (its zero), `scale` pixels for 1. It ends in a point in the direction it
   * goes; past `limit` it is cut with an open end, so that no scale ever jumps.
   */
  bar(x, y, value, { scale, limit = Infinity, height = 12, fill = colour.text, ...others }) {
    const to = x + clamp(value, -limit, limit) * scale;
    const way = Math.sign(to - x);
    const length = Math.abs(to - x);
    const [top, bottom] = [y - height / 2, y + height / 2];
    if (length < 0.75) return this.path(`M${round(x - 1)} ${top}h2V${bottom}h-2Z`, { fill, ...others });
    const neck = to - way * Math.min(length, height * 0.42);
    const points = [[x, top], [neck, top], [to, y], [neck, bottom], [x, bottom]];
    const cut = [[x, top], [to, top], [to - way * 5, y], [to, bottom], [x, bottom]];
    const shape = Math.abs(value) > limit ? cut : points;
    return this.path(`M${shape.map(([px, py]) => `${round(px)} ${round(py)}`).join("L")}Z`, { fill, ...others });
  }

  /** A number in its place, three significant digits, with a bar behind it for size and sign. */
  number(x, y, value, { limit = 2, width = 62, fill = colour.text, size = 14, write = sig3, lit } = {}) {
    this.group({ lit }, () => {
      const box = { rx: 4, fill: colour.ground, stroke: fill, "stroke-opacity": 0.35 };
      this.rect(x - width / 2, y - 12, width, 24, box);
      const reach = clamp(value / limit, -1, 1) * (width / 2 - 2);
      const bar = { rx: 2, fill, "fill-opacity": 0.2 };
      this.rect(Math.min(x, x + reach), y - 10, Math.abs(reach), 20, bar);
      this.line(x, y - 10, x, y + 10, { stroke: fill, "stroke-opacity": 0.5 });
      this.text(x, y + size * 0.36, write(value), { anchor: "middle", size, weight: 600, fill });
    });
  }

  // ------------------------------------------------------------ wires and boxes

  /**
   * A wire through `points`, its corners rounded, with an arrow's head unless `arrow` is false.
   * With `value`, its number stands on it at `at`, a point. `dashed` is for gradients.
   */
  wire(points, { stroke = colour.text, width = 2, arrow = true, dashed, value, at, limit, name, lit } = {}) {
    this.group({ name, lit }, () => {
      const end = points.at(-1);
      const before = points.at(-2);
      const angle = Math.atan2(end[1] - before[1], end[0] - before[0]);
      const head = 5 + width * 1.6;
      const short = (by) => [end[0] - Math.cos(angle) * by, end[1] - Math.sin(angle) * by];
      const line = arrow ? [...points.slice(0, -1), short(head * 0.8)] : points;
      const dash = dashed ? "6 5" : undefined;
      this.path(bend(line), { stroke, "stroke-width": width, "stroke-dasharray": dash, class: "lstm-wire" });
      if (arrow) {
        const side = (sign) => {
          const [x, y] = short(head);
          return `${round(x - Math.sin(angle) * sign * head * 0.55)} ${round(y + Math.cos(angle) * sign * head * 0.55)}`;
        };
        this.path(`M${round(end[0])} ${round(end[1])}L${side(1)}L${side(-1)}Z`, { fill: stroke });
      }
      if (value !== undefined) this.number(...(at ?? middle(points)), value, { fill: stroke, limit });
    });
  }

  /** Where a wire forks: a dot; the same numbers go both ways. */
  fork(x, y, stroke = colour.text) {
    this.circle(x, y, 4, { fill: stroke });
  }

  /** A layer with weights: a rounded box, its middle at (x, y), with its activation's name. */
  layer(x, y, activation, { width = 64, height = 40, stroke = colour.text, name, lit } = {}) {
    this.group({ name, lit }, () => {
      const box = { rx: 9, fill: colour.ground, stroke, "stroke-width": 2.5, class: "lstm-box" };
      this.rect(x - width / 2, y - height / 2, width, height, box);
      this.maths(x, y + 6, activation, { anchor: "middle", size: 17, weight: 600, fill: stroke });
    });
  }

  /** An element-wise operation: a small circle with its sign, ×, + or tanh. */
  operation(x, y, sign, { r = 15, stroke = colour.text, ground = colour.ground, name, lit } = {}) {
    this.group({ name, lit }, () => {
      this.circle(x, y, r, { fill: ground, stroke, "stroke-width": 2, class: "lstm-box" });
      const line = { stroke, "stroke-width": 2.25, "stroke-linecap": "round" };
      const arm = r * 0.4;
      if (sign === "×") {
        this.line(x - arm, y - arm, x + arm, y + arm, line);
        this.line(x - arm, y + arm, x + arm, y - arm, line);
      } else if (sign === "+") {
        this.line(x - arm, y, x + arm, y, line);
        this.line(x, y - arm, x, y + arm, line);
      } else this.text(x, y + 4, sign, { anchor: "middle", size: r * 0.8, fill: stroke });
    });
  }

  /**
   * A gate's valve on a horizontal line: the × in a circle, filled from below by the share that it
   * lets through (none where `open` is left out).
   */
  valve(x, y, open, { r = 15, stroke = colour.f, name, lit } = {}) {
    this.group({ name, lit }, () => {
      this.circle(x, y, r, { fill: colour.ground });
      if (open !== undefined) {
        const level = y + r - clamp(open, 0, 1) * 2 * r;
        const half = Math.sqrt(Math.max(0, r * r - (level - y) ** 2));
        const large = level < y ? 1 : 0;
        const d = `M${round(x - half)} ${round(level)}A${r} ${r} 0 ${large} 0 ${round(x + half)} ${round(level)}Z`;
        this.path(d, { fill: stroke, "fill-opacity": 0.28 });
      }
      this.operation(x, y, "×", { r, stroke, ground: "none" });
    });
  }

  /**
   * The long-term memory from `x1` to `x2`: a line as thick as the memory is large (`scale` pixels
   * for 1, at most `most`), hollow where the memory is negative; an empty one is a thin dashed line.
   */
  memory(x1, x2, y, value, { scale = 15, most = 40, arrow = false, lit } = {}) {
    const thick = Math.min(most, Math.abs(value) * scale);
    this.group({ lit }, () => {
      this.line(x1, y, x2, y, { stroke: colour.c, "stroke-dasharray": "2 4", "stroke-opacity": 0.8 });
      const half = Math.max(0.5, thick / 2);
      const tip = arrow ? Math.min(12, half + 3) : 0;
      const d =
        `M${round(x1)} ${round(y - half)}H${round(x2 - tip)}L${round(x2)} ${round(y)}` +
        `L${round(x2 - tip)} ${round(y + half)}H${round(x1)}Z`;
      const body = `M${round(x1)} ${round(y - half)}H${round(x2)}V${round(y + half)}H${round(x1)}Z`;
      const negative = value < 0;
      if (thick < 0.01) return;
      this.path(arrow ? d : body, { fill: colour.c, "fill-opacity": negative ? 0.25 : undefined });
      const edge = negative ? colour.c : "none";
      for (const side of [y - half, y + half]) this.line(x1, side, x2 - tip, side, { stroke: edge, "stroke-width": 1.5 });
    });
  }

  // ------------------------------------------------------------ plots

  /**
   * Axes in the box (x, y, width, height), y downward; `across` and `up` are [from, to]. Returns
   * `{ x(value), y(value) }`: where a value stands. `ticks` are lists of numbers.
   */
  axes(x, y, width, height, { across, up, ticks = [[], []], names = [] }) {
    const to = {
      x: (value) => x + ((value - across[0]) / (across[1] - across[0])) * width,
      y: (value) => y + height - ((value - up[0]) / (up[1] - up[0])) * height,
      box: { x, y, width, height },
      across,
      up,
    };
    const small = { size: 12, fill: colour.muted };
    this.group({}, () => {
      for (const tick of ticks[0]) {
        this.line(to.x(tick), y, to.x(tick), y + height);
        this.text(to.x(tick), y + height + 16, short(tick), { anchor: "middle", ...small });
      }
      for (const tick of ticks[1]) {
        this.line(x, to.y(tick), x + width, to.y(tick));
        this.text(x - 6, to.y(tick) + 4, short(tick), { anchor: "end", ...small });
      }
      const axis = { stroke: colour.muted };
      this.line(x, clamp(to.y(0), y, y + height), x + width, clamp(to.y(0), y, y + height), axis);
      this.line(clamp(to.x(0), x, x + width), y, clamp(to.x(0), x, x + width), y + height, axis);
      if (names[0]) this.maths(x + width + 8, clamp(to.y(0), y, y + height) + 4, names[0], { ...small, size: 14 });
      if (names[1]) this.maths(x, y - 8, names[1], { ...small, size: 14 });
    });
    return to;
  }

  /** A curve on axes: a function, or a list of points [x, y]. What leaves the box is cut off. */
  curve(axes, of, { stroke = colour.text, width = 2.5, dashed, samples = 80 } = {}) {
    const [from, to] = axes.across;
    const points =
      typeof of === "function"
        ? range(samples + 1, (k) => from + ((to - from) * k) / samples).map((at) => [at, of(at)])
        : of;
    const inside = points.map(([px, py]) => [axes.x(px), axes.y(clamp(py, ...axes.up))]);
    const dash = dashed ? "6 5" : undefined;
    this.path(inside, { stroke, "stroke-width": width, "stroke-dasharray": dash, "stroke-linejoin": "round" });
  }

  /** A point on axes with its foot lines; it stays at the edge where its value is past it. */
  marker(axes, px, py, { fill = colour.text, feet = true, r = 6 } = {}) {
    const [x, y] = [axes.x(clamp(px, ...axes.across)), axes.y(clamp(py, ...axes.up))];
    const foot = { stroke: fill, "stroke-width": 1.5, "stroke-dasharray": "3 3" };
    if (feet) {
      this.line(x, y, x, axes.box.y + axes.box.height, foot);
      this.line(x, y, axes.box.x, y, foot);
    }
    this.circle(x, y, r, { fill, stroke: colour.ground, "stroke-width": 2 });
    return [x, y];
  }

  // ------------------------------------------------------------ matrices and time

  /**
   * A grid of numbers, each in a cell that is tinted by its size; hollow where it is negative.
   * `rows` is a list of lists; `of(r, c)` may give more attributes of a cell (`fill`, `lit`).
   */
  matrix(x, y, rows, { cell = [52, 28], limit = 4, fill = colour.text, write = short, of = () => ({}), name } = {}) {
    const [width, height] = cell;
    this.group({ name }, () => {
      rows.forEach((row, r) =>
        row.forEach((value, c) => {
          const { fill: own = fill, lit } = of(r, c);
          const strength = 0.08 + 0.5 * clamp(Math.abs(value) / limit, 0, 1);
          const look =
            value < 0
              ? { fill: colour.ground, stroke: own, "stroke-width": 1 + 2 * (strength - 0.08) }
              : { fill: own, "fill-opacity": strength };
          this.group({ lit }, () => {
            this.rect(x + c * width + 2, y + r * height + 2, width - 4, height - 4, { rx: 4, ...look });
            const at = [x + (c + 0.5) * width, y + (r + 0.5) * height + 5];
            this.text(...at, write(value), { anchor: "middle" });
          });
        }),
      );
    });
  }

  /**
   * Time running to the right: T steps between x and x + width. Returns `{ at(t), step, left(t) }`:
   * the middle of step t (from 1), the width of one, its left edge. Each `every`-th has its number.
   */
  time(x, y, width, T, { every = T > 12 ? 5 : 1, name = "time step t" } = {}) {
    const step = width / T;
    const at = (t) => x + (t - 0.5) * step;
    const small = { size: 12, fill: colour.muted };
    this.group({}, () => {
      this.line(x, y, x + width, y, { stroke: colour.muted });
      for (const t of range(T, (k) => k + 1)) {
        this.line(at(t), y, at(t), y + 4, { stroke: colour.muted });
        if (t === 1 || t % every === 0) this.text(at(t), y + 17, `${t}`, { anchor: "middle", ...small });
      }
      if (name) this.maths(x, y + 33, name, small);
    });
    return { at, step, left: (t) => x + (t - 1) * step };
  }

  // ------------------------------------------------------------ what the hand moves

  /**
   * Something to press in the drawing, by hand or by keyboard: `act()` is called. With `pressed`,
   * true or false, it is a switch. `seen()` is called when it is pointed at or has the focus. `draw`
   * draws it; make it 24 pixels wide and high at least.
   */
  button({ key, label, pressed, act, seen, lit }, draw) {
    this.named = true;
    const onKey = (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      act();
    };
    const on = { click: act, keydown: onKey, ...(seen && { pointerover: seen, focus: seen }) };
    const state = pressed === undefined ? undefined : String(Boolean(pressed));
    const role = { role: "button", tabindex: "0", "aria-label": label, "aria-pressed": state };
    this.group({ key, lit, on, class: "lstm-press", ...role }, draw);
  }

  /** The value of an input as the drawing writes it, with the decimals of its step. */
  value(name) {
    return given(this.state[name], this.inputs[name]);
  }

  /**
   * The slider of an input, drawn here: its fill starts at the input's `origin` (0 where the range
   * holds it). The page lays a native slider over it; one that no `draw` places stands below.
   */
  slider(name, x, y, width, { fill = colour.text } = {}) {
    const input = this.inputs[name];
    if (!input) throw new Error(`the figure draws a slider for ${name}, which is none of its inputs`);
    const { min, max, origin = clamp(0, min, max) } = input;
    const at = (value) => x + 10 + clamp((value - min) / (max - min), 0, 1) * (width - 20);
    const knob = at(this.state[name]);
    this.placed.set(name, { x, y, width });
    this.group({ key: `slider-${name}`, class: "lstm-knob", "data-for": name }, () => {
      this.line(x + 10, y, x + width - 10, y, { stroke: colour.line, "stroke-width": 4, "stroke-linecap": "round" });
      this.line(at(origin), y, knob, y, { stroke: fill, "stroke-width": 4, "stroke-linecap": "round" });
      this.line(at(origin), y - 6, at(origin), y + 6, { stroke: colour.muted, "stroke-width": 1.5 });
      this.circle(knob, y, 13, { fill: "none", class: "lstm-ring" });
      this.circle(knob, y, 8, { fill: colour.ground, stroke: fill, "stroke-width": 3 });
    });
  }
}

function bend(points, r = 10) {
  const [first, ...rest] = points;
  const corners = rest.slice(0, -1).map((corner, k) => {
    const toward = ([x, y]) => {
      const length = Math.hypot(x - corner[0], y - corner[1]) || 1;
      const part = Math.min(r, length / 2) / length;
      return `${round(corner[0] + (x - corner[0]) * part)} ${round(corner[1] + (y - corner[1]) * part)}`;
    };
    const before = k === 0 ? first : rest[k - 1];
    return `L${toward(before)}Q${round(corner[0])} ${round(corner[1])} ${toward(rest[k + 1])}`;
  });
  const end = rest.at(-1);
  return `M${round(first[0])} ${round(first[1])}${corners.join("")}L${round(end[0])} ${round(end[1])}`;
}

function middle(points) {
  const [a, b] = [points[Math.floor((points.length - 1) / 2)], points[Math.ceil((points.length - 1) / 2)]];
  if (a !== b) return [(a[0] + b[0]) / 2, (a[1] + b[1]) / 2];
  return [(points[0][0] + points[1][0]) / 2, (points[0][1] + points[1][1]) / 2];
}
