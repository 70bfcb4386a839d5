import type { Output, RunEvent } from "../../output/output.ts";
import type { FailureNote } from "./failure-notes.ts";
import { FailureNotes } from "./failure-notes.ts";
import { RunMarks } from "./run-marks.ts";
import type { TimeMark } from "./run-marks.ts";
import type { TimeBin } from "./time-bins.ts";
import { TimeBins } from "./time-bins.ts";

/** What only the events of a run tell: its course, beside the totals that it ends with. */
export interface Course {
  /** As the first event told it. */
  readonly plan: RunEvent & { readonly type: "plan" };
  readonly configuration: (RunEvent & { readonly type: "configuration" }) | undefined;
  readonly enrollment: (RunEvent & { readonly type: "enrollment" }) | undefined;
  readonly bins: readonly TimeBin[];
  /** How long a bin is, in ms. */
  readonly binMs: number;
  /** Rates of an adaptive arrival, devices a second, each from its time on; empty where the plan said the times. */
  readonly arrival: readonly { readonly t: number; readonly ratePerS: number }[];
  readonly marks: readonly TimeMark[];
  readonly failures: readonly FailureNote[];
}

/** An arrival that looks for its rate changes it every few seconds, and ends. */
const MOST_RATES = 10_000;

/**
 * Listens to the events of a run, live or recorded, and keeps of its course what a page can show. Memory hardly grows
 * with the length of the run or the number of devices.
 */
export class RunCourse implements Output {
  #plan: Course["plan"] | undefined;
  #configuration: Course["configuration"];
  #enrollment: Course["enrollment"];
  readonly #arrival: { readonly t: number; readonly ratePerS: number }[] = [];
  readonly #bins = new TimeBins();
  readonly #marks = new RunMarks();
  readonly #failures = new FailureNotes();

  /** Takes the events in their order. */
  emit(event: RunEvent): void {
    if (event.type === "plan") this.#plan = event;
    else if (event.type === "configuration") this.#configuration = event;
    else if (event.type === "enrollment") this.#enrollment = event;
    else if (event.type === "snapshot") this.#bins.add(event);
    else if (event.type === "arrival" && this.#arrival.length < MOST_RATES) {
      this.#arrival.push({ t: event.t, ratePerS: event.ratePerS });
    }
    this.#marks.observe(event);
    this.#failures.observe(event);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Of all that was told so far; the plan has to be. */
  course(): Course {
    if (this.#plan === undefined) throw new TypeError("a run without a plan");
    return {
      plan: this.#plan,
      configuration: this.#configuration,
      enrollment: this.#enrollment,
      bins: this.#bins.bins(),
      binMs: this.#bins.widthMs,
      arrival: [...this.#arrival],
      marks: this.#marks.marks(),
      failures: this.#failures.notes(),
    };
  }
}
