import { begunText, failedText } from "../../output/action-text.ts";
import { controlText } from "../../output/control-text.ts";
import type { ActionEvent, ControlEvent, RunEvent } from "../../output/output.ts";
import { countOf } from "./format.ts";

/** Something that happened at a moment of the run and that a course over time may follow from. */
export interface TimeMark {
  /** ms after time 0. */
  readonly t: number;
  /** Where it lasted, when it ended. */
  readonly untilMs?: number;
  readonly kind:
    | "twin change"
    | "mark"
    | "action"
    | "fault"
    | "worker"
    | "alert"
    | "throttling"
    | "certificate"
    | "by hand";
  readonly isTrouble: boolean;
  readonly text: string;
}

interface FaultMark {
  readonly t: number;
  readonly at: string;
  readonly kind: string;
  readonly parameters: string;
  begun: number;
  ended: number;
  lastMs: number;
}

/** As many moments are kept of one kind: a timeline may have thousands. */
const MOST = 40;

/** The moments that the page marks in every course: those of the timeline, and what went wrong for all to see. */
export class RunMarks {
  readonly #marks: TimeMark[] = [];
  readonly #faults = new Map<string, FaultMark>();
  readonly #seen = new Set<string>();
  readonly #counts = new Map<TimeMark["kind"], number>();

  observe(event: RunEvent): void {
    if (event.type === "action") this.#action(event);
    else if (event.type === "fault") this.#fault(event);
    else if (event.type === "worker") this.#worker(event);
    else if (event.type === "alert") this.#alert(event);
    else if (event.type === "throttled") this.#throttled(event);
    else if (event.type === "certificate") this.#certificate(event);
    else if (event.type === "control") this.#control(event);
  }

  /** In the order of time. */
  marks(): readonly TimeMark[] {
    const faults = [...this.#faults.values()].map(faultMark);
    return [...this.#marks, ...faults].toSorted((first, second) => first.t - second.t);
  }

  #action(event: ActionEvent): void {
    const { t, state, kind: of, failed } = event;
    const kind = of === "twin" ? "twin change" : of === "mark" ? "mark" : "action";
    if (state === "begun") this.#add({ t, kind, isTrouble: false, text: begunText(event) });
    else if (failed > 0) this.#add({ t, kind, isTrouble: true, text: failedText(event) });
  }

  #worker({ t, worker, state, detail }: RunEvent & { type: "worker" }): void {
    if (state !== "silent" && state !== "lost" && state !== "restarting") return;
    const text = `worker ${worker} ${state}${detailText(detail)}`;
    this.#add({ t, kind: "worker", isTrouble: state !== "restarting", text });
  }

  #alert({ t, alert, state, deviceId }: RunEvent & { type: "alert" }): void {
    if (state !== "raised" || !this.#isFirst(`alert ${alert}`)) return;
    const text = `alert ${alert} came on, first at ${deviceId}`;
    this.#add({ t, kind: "alert", isTrouble: true, text });
  }

  #throttled({ t, deviceId }: RunEvent & { type: "throttled" }): void {
    if (!this.#isFirst("throttled")) return;
    const text = `DPS began to throttle, first ${deviceId}`;
    this.#add({ t, kind: "throttling", isTrouble: true, text });
  }

  #certificate({ t, deviceId, state }: RunEvent & { type: "certificate" }): void {
    if (state === "found" || !this.#isFirst(`certificate ${state}`)) return;
    const isTrouble = state === "refused";
    const text = isTrouble
      ? `a new certificate is refused, first at ${deviceId}`
      : `devices use new certificates, first ${deviceId}`;
    this.#add({ t, kind: "certificate", isTrouble, text });
  }

  #control({ t, by, request, outcome }: ControlEvent): void {
    if (outcome !== "done") return;
    const text = `${controlText(request)} (${by})`;
    this.#add({ t, kind: "by hand", isTrouble: false, text });
  }

  /** Those of the timeline; what devices have by schedules of their own comes too often. */
  #fault({ t, at, kind, state, parameters }: RunEvent & { type: "fault" }): void {
    if (at === undefined) return;
    const shown = JSON.stringify(parameters);
    const key = JSON.stringify([at, kind, shown]);
    let mark = this.#faults.get(key);
    if (mark === undefined) {
      if (this.#faults.size >= MOST) return;
      mark = { t, at, kind, parameters: shown, begun: 0, ended: 0, lastMs: t };
      this.#faults.set(key, mark);
    }
    if (state === "begun") mark.begun += 1;
    else mark.ended += 1;
    mark.lastMs = Math.max(mark.lastMs, t);
  }

  #isFirst(what: string): boolean {
    if (this.#seen.has(what)) return false;
    this.#seen.add(what);
    return true;
  }

  #add(mark: TimeMark): void {
    const count = (this.#counts.get(mark.kind) ?? 0) + 1;
    this.#counts.set(mark.kind, count);
    if (count <= MOST) this.#marks.push(mark);
  }
}

const detailText = (detail: string | undefined): string =>
  detail === undefined ? "" : `: ${detail}`;

function faultMark({ t, kind, parameters, begun, ended, lastMs }: FaultMark): TimeMark {
  const given = parameters === "{}" ? "" : ` ${parameters}`;
  const mark = {
    t,
    kind: "fault",
    // The scenario wanted it.
    isTrouble: false,
    text: `fault ${kind}${given} at ${countOf(begun, "device")}`,
  } as const;
  return ended === begun && lastMs > t ? { ...mark, untilMs: lastMs } : mark;
}
