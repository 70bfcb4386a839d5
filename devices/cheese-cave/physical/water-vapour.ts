/**
 * Saturation pressure of water vapour over water, in hPa; -45 to 60 °C.
 * Magnus form with the constants of WMO-No. 8, "Guide to Instruments and Methods of Observation", annex 4.B.
 */
export function saturationPressureHpa(temperatureC: number): number {
  return 6.112 * Math.exp((17.62 * temperatureC) / (243.12 + temperatureC));
}

/** The most water vapour that air can hold, in g/m³: the ideal gas law at the saturation pressure. */
export function saturationDensity(temperatureC: number): number {
  return (216.674 * saturationPressureHpa(temperatureC)) / (273.15 + temperatureC);
}
