// Numbers as the course writes them, and the two squashing functions. No DOM.

const MINUS = "\u2212";
const SUPERSCRIPTS = "⁰¹²³⁴⁵⁶⁷⁸⁹";

/** σ, with the exponential only ever taken of −|z|, so that nothing overflows. */
export function sigmoid(z) {
  const small = Math.exp(-Math.abs(z));
  return (z >= 0 ? 1 : small) / (1 + small);
}

/** Keep a number between two others. */
export function clamp(value, low, high) {
  return Math.min(high, Math.max(low, value));
}

/** The numbers from 0 to n − 1, or `of(k)` for each. */
export function range(n, of = (k) => k) {
  return Array.from({ length: n }, (_, k) => of(k));
}

/** Σ a_k b_k. */
export function dot(a, b) {
  return a.reduce((sum, value, k) => sum + value * b[k], 0);
}

/** Three significant digits and a real minus sign: 2.95, −0.154, 0, 1.38; tiny ones × 10⁻⁷. */
export function sig3(value) {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "not a number" : `${value}`;
  if (value === 0) return "0";
  const sign = value < 0 ? MINUS : "";
  const size = Math.abs(value);
  if (size >= 1e-6 && size < 1e6) {
    const digits = Math.max(0, 2 - Math.floor(Math.log10(Number(size.toPrecision(3)))));
    return sign + Number(size.toPrecision(3)).toFixed(digits);
  }
  const [mantissa, exponent] = size.toExponential(2).split("e");
  const power = exponent.replace("+", "").replace("-", "⁻").replace(/\d/g, (d) => SUPERSCRIPTS[d]);
  return `${sign}${mantissa} × 10${power}`;
}

/** As `sig3`, with its sign always shown: +1.20, −0.600, 0. */
export function signed(value) {
  return value > 0 ? `+${sig3(value)}` : sig3(value);
}

/** The value of an input: with the decimals of its slider's step, or `sig3` between two steps. */
export function given(value, { step, min = 0 }) {
  const steps = (value - min) / step;
  if (Math.abs(steps - Math.round(steps)) > 1e-6) return sig3(value);
  const decimals = (String(step).split(".")[1] ?? "").length;
  const text = Math.abs(value).toFixed(decimals);
  return value < 0 && Number(text) !== 0 ? MINUS + text : text;
}

/** A given number as one would write it by hand: 0.8 and −1.5, but 1.38 for 1.378657. */
export function short(value) {
  const plain = String(Math.abs(value));
  const exact = Math.abs(value) < 1e6 && plain.replace(/^0\.0*|\./g, "").length <= 3;
  return exact && !plain.includes("e") ? (value < 0 ? MINUS : "") + plain : sig3(value);
}

/**
 * A share between 0 and 1, never rounded to an end that it does not reach: 0.950, 0.9996,
 * "> 0.9999", "< 0.0001". With `whole` = 100, the same in per cent.
 */
export function share(value, whole = 1) {
  const rest = 1 - value;
  if (value <= 0 || rest <= 0) return sig3(value * whole);
  if (value < 1e-4) return `< ${short(1e-4 * whole)}`;
  if (rest < 1e-4) return `> ${whole === 1 ? "0.9999" : "99.99"}`;
  if (Number((value * whole).toPrecision(3)) < whole) return sig3(value * whole);
  const digits = Math.ceil(-Math.log10(rest)) - Math.round(Math.log10(whole));
  return (whole - rest * whole).toFixed(Math.max(1, digits));
}

/** "= 0.950", or "> 0.9999" where a share is nearer to an end than its digits can say. */
export function equals(text) {
  return /^[<>]/.test(text) ? text : `= ${text}`;
}

/** 0.950263 becomes "95.0 %". */
export function percent(value) {
  return `${share(value, 100)}\u00a0%`;
}

/** As `percent`, for the middle of a sentence: "more than 99.99 %". */
export function percentInWords(value) {
  return percent(value).replace("> ", "more than ").replace("< ", "less than ");
}
