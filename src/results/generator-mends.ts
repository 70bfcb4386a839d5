import type { GeneratorReason } from "../output/generator-summary.ts";

const SPREAD = "more workers (--workers), fewer devices in each, or a larger machine";

const MENDS: Readonly<Record<GeneratorReason["kind"], string>> = {
  stall: SPREAD,
  silent: "look into run.log; more workers (--workers), fewer devices in each",
  late: SPREAD,
  cpu: SPREAD,
  machine:
    "a larger machine, or less beside the run: an emulator that runs elsewhere, fewer programs",
  gc: "fewer devices in each worker, or more heap: NODE_OPTIONS=--max-old-space-size=4096",
  heap: "fewer devices in each worker, or more heap: NODE_OPTIONS=--max-old-space-size=4096",
};

/** What to do about a limit of the generator. @param model the device model that it was in, if any */
export const mendOf = (kind: GeneratorReason["kind"], model?: string): string =>
  model === undefined
    ? MENDS[kind]
    : `do less at once in model ${model}: its worker can do nothing else meanwhile`;
