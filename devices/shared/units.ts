/** A temperature from degrees Celsius to degrees Fahrenheit. */
export function fahrenheitOf(celsius: number): number {
  return celsius * 1.8 + 32;
}

/** A temperature from degrees Fahrenheit to degrees Celsius. */
export function celsiusOf(fahrenheit: number): number {
  return (fahrenheit - 32) / 1.8;
}

/** A difference of temperatures, a half band or the strength of noise, from degrees Fahrenheit to kelvins: no offset. */
export function kelvinsOf(fahrenheitDifference: number): number {
  return fahrenheitDifference / 1.8;
}
