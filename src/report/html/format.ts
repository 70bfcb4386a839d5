const integers = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const hundredths = new Intl.NumberFormat("en", {
  minimumFractionDigits: 2,
  maximumFractionDigits: 2,
});

/** What stands where nothing was measured. */
export const NOT_MEASURED = "–";

/** `12,345`; for what was not measured a dash. */
export const formatCount = (count: number | null): string =>
  count === null ? NOT_MEASURED : integers.format(count);

/** `1 device`, `2,000 devices`. */
export const countOf = (count: number, noun: string): string =>
  `${formatCount(count)} ${noun}${count === 1 ? "" : "s"}`;

/** Milliseconds for a column under `ms`: `3,062.10`, so that points stand below each other. */
export const formatMsColumn = (ms: number | null): string =>
  ms === null ? NOT_MEASURED : hundredths.format(ms);

/** `99.9 %`; rounded down, so that 100 % are all. */
export const formatShare = (count: number, whole: number): string =>
  whole === 0 ? NOT_MEASURED : `${Math.floor((1_000 * count) / whole) / 10} %`;

/** A share from 0 to 1 in whole percent. */
export const formatWholeShare = (share: number): string => `${Math.round(100 * share)} %`;

/** A rate in as many digits as it has a meaning: `0.25`, `9.5`, `98`, `1,204`. */
export function formatRate(perS: number): string {
  if (perS >= 100) return integers.format(perS);
  return String(Number(perS.toFixed(perS >= 10 ? 1 : 2)));
}

/** A latency at an axis, a whole number of its unit where it is one: `500 µs`, `20 ms`, `5 s`. */
export function formatTickMs(ms: number): string {
  if (ms < 1) return `${Number((ms * 1_000).toPrecision(3))} µs`;
  return ms < 1_000
    ? `${Number(ms.toPrecision(3))} ms`
    : `${Number((ms / 1_000).toPrecision(3))} s`;
}

/** ms after time 0 as a clock: `0:42`, `1:02:03`; with tenths `0:42.5`. */
export function formatTime(ms: number, { tenths = false } = {}): string {
  const whole = tenths ? Math.round(ms / 100) / 10 : Math.round(ms / 1_000);
  const hours = Math.floor(whole / 3_600);
  const minutes = Math.floor((whole % 3_600) / 60);
  const seconds = (whole % 60).toFixed(tenths ? 1 : 0).padStart(tenths ? 4 : 2, "0");
  return hours === 0
    ? `${minutes}:${seconds}`
    : `${hours}:${String(minutes).padStart(2, "0")}:${seconds}`;
}

/** ISO time as people read it: `2026-11-22 03:28:31 UTC`. */
export const formatDate = (iso: string): string => `${iso.slice(0, 10)} ${iso.slice(11, 19)} UTC`;

/** `41.5 MiB`. */
export function formatBytes(bytes: number): string {
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(units.length - 1, bytes < 1 ? 0 : Math.floor(Math.log2(bytes) / 10));
  const value = bytes / 1_024 ** power;
  return `${power === 0 ? value : value.toFixed(1)} ${units[power] ?? ""}`;
}
