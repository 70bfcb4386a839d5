/**
 * Numbers as the C# samples write them: `Math.Round` and Newtonsoft.Json's text of a `double` on .NET.
 *
 * Source: Microsoft Learn, ".NET API: Math.Round" (midpoints go to the even neighbour; the value is scaled, rounded and
 * scaled back) and "Double.ToString" (shortest text that reads back, scientific below 1E-04 and from 1E+15);
 * Newtonsoft.Json adds `.0` to whole numbers.
 */

/** `Math.Round(value, digits)`. */
export function roundToEven(value: number, digits: number): number {
  const power = 10 ** digits;
  const scaled = value * power;
  const floor = Math.floor(scaled);
  const fraction = scaled - floor;
  if (fraction !== 0.5) return Math.round(scaled) / power;
  return (floor % 2 === 0 ? floor : floor + 1) / power;
}

/** The JSON token of a finite `double`: `85.0`, `-0.0`, `1E-05`. */
export function csharpDouble(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size < 1e-4 || size >= 1e15)) return scientific(value);
  return decimal(value);
}

function decimal(value: number): string {
  const text = Object.is(value, -0) ? "-0" : String(value);
  return Number.isInteger(value) ? `${text}.0` : text;
}

/** Decimal all the same where a large number has more than 15 digits that count. */
function scientific(value: number): string {
  const [mantissa = "", power = "0"] = value.toExponential().split("e");
  const exponent = Number(power);
  const digits = mantissa.replace(/[-.]/g, "").length;
  if (exponent > 0 && exponent < Math.max(digits, 15)) return decimal(value);
  const sign = exponent < 0 ? "-" : "+";
  return `${mantissa}E${sign}${String(Math.abs(exponent)).padStart(2, "0")}`;
}
