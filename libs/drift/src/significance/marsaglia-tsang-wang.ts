type Matrix = readonly Float64Array[];

/** A matrix times 10^exponent. */
interface Scaled {
  readonly matrix: Matrix;
  readonly exponent: number;
}

/**
 * Probability that Kolmogorov's two-sided D of a sample of `n` is below `d`, exactly but for rounding: an entry of the
 * n-th power of a matrix of 2⌊nd⌋ + 1 rows.
 *
 * Source: Marsaglia, Tsang, Wang, Evaluating Kolmogorov's Distribution (2003).
 *
 * ```ts
 * marsagliaTsangWang(0.274, 10); // 0.62847…
 * ```
 */
export function marsagliaTsangWang(d: number, n: number): number {
  const k = Math.floor(n * d) + 1;
  const { matrix, exponent } = power({ matrix: transitions(2 * k - 1, k - n * d), exponent: 0 }, n);
  let logarithm = exponent * Math.LN10;
  for (let i = 1; i <= n; i++) logarithm += Math.log(i / n);
  return (matrix[k - 1]?.[k - 1] as number) * Math.exp(logarithm);
}

function transitions(size: number, h: number): Matrix {
  const factorials = Array.from({ length: size + 2 }, () => 1);
  for (let i = 1; i < factorials.length; i++) factorials[i] = (factorials[i - 1] as number) * i;
  const rows = Array.from({ length: size }, (_, i) =>
    Float64Array.from({ length: size }, (_, j) =>
      i - j + 1 < 0 ? 0 : entry(i, j) / (factorials[i - j + 1] as number),
    ),
  );
  return rows;

  function entry(i: number, j: number): number {
    const last = i === size - 1;
    if (last && j === 0) return 1 - 2 * h ** size + Math.max(0, 2 * h - 1) ** size;
    if (j === 0) return 1 - h ** (i + 1);
    return last ? 1 - h ** (size - j) : 1;
  }
}

/** By squaring; n ≥ 1. */
function power(base: Scaled, n: number): Scaled {
  if (n === 1) return base;
  const half = power(base, Math.floor(n / 2));
  const square = product(half, half);
  return n % 2 === 0 ? square : product(square, base);
}

function product(a: Scaled, b: Scaled): Scaled {
  const size = a.matrix.length;
  const matrix = a.matrix.map((row) => {
    const out = new Float64Array(size);
    row.forEach((factor, k) => {
      const other = b.matrix[k] as Float64Array;
      for (let j = 0; j < size; j++) out[j] = (out[j] as number) + factor * (other[j] as number);
    });
    return out;
  });
  const middle = Math.abs(matrix[size >> 1]?.[size >> 1] as number);
  const exponent = a.exponent + b.exponent;
  if (!(middle > 1e140)) return { matrix, exponent };
  return { matrix: matrix.map((row) => row.map((value) => value * 1e-140)), exponent: exponent + 140 };
}
