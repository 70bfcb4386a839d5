import { AlertBook } from "../metrics/alert-book.ts";
import { arrivalChangeText } from "./arrival-change-text.ts";
import { controlText } from "./control-text.ts";
import { FirstFew } from "./first-few.ts";
import { begunText, doneText, failedText } from "./action-text.ts";
import type { ActionEvent, ArrivalEvent, ControlEvent, Output, RunEvent } from "./output.ts";
import type { RunConsole } from "./run-console.ts";
import { shownStates } from "./shown-states.ts";
import type { LineSink } from "./step-lines.ts";
import { StepLines } from "./step-lines.ts";
import type { Paint } from "./terminal-text.ts";
import { formatClock, paint, plural, sumByName, summaryLines } from "./terminal-text.ts";
import { planText } from "./plan-text.ts";
import { printable } from "./text-width.ts";
import { twinLine } from "./twin-text.ts";

export interface TerminalOptions {
  readonly colour: boolean;
  /** ms, monotonic. */
  readonly nowMs: () => number;
}

/** Between two progress lines of the fleet, in ms of run time. */
const PROGRESS_EVERY_MS = 5_000;
/** Of the devices that do the same, this many are named. */
const DEVICES_NAMED = 5;

/** Plain lines on any stream: phases, progress, the twin change and who followed, warnings once, the summary. */
export class TerminalLines implements Output, RunConsole {
  readonly #lines: StepLines;
  readonly #ink: Paint;
  readonly #warned = new Set<string>();
  #nextProgressT = 0;
  readonly #firstFew = new FirstFew(DEVICES_NAMED);
  readonly #alerts = new AlertBook();
  #changed = false;
  #planned = 0;

  constructor(sink: LineSink, options: TerminalOptions) {
    this.#ink = paint(options.colour);
    this.#lines = new StepLines(sink, { nowMs: options.nowMs, dim: this.#ink.dim });
  }

  phase(text: string): void {
    this.#lines.endStep();
    this.#lines.write(`${this.#ink.dim("›")} ${text}`);
  }

  progress(text: string, done: number, total: number): void {
    this.#lines.progress(text, done, total);
  }

  status(text: string | undefined): void {
    this.#lines.status(text);
  }

  warning(text: string): void {
    if (this.#warned.has(text)) return;
    this.#warned.add(text);
    this.#lines.write(`${this.#ink.bad("!")} ${text}`);
  }

  emit(event: RunEvent): void {
    switch (event.type) {
      case "plan":
        this.#planned = event.devices;
        this.#lines.write(planText(event));
        return;
      case "snapshot":
        this.#snapshot(event);
        return;
      case "action":
        this.#action(event);
        return;
      case "desired":
        this.#desired(event);
        return;
      case "desiredDropped":
      case "desiredMissed":
      case "divergence":
        this.#twin(event);
        return;
      case "disconnection":
        this.#warnAt(event.t, `hub connections are lost: ${event.errorClass}: ${event.error}`);
        return;
      case "error":
        if (event.expected) {
          this.#onceAt(event.t, `refused as expected: ${event.errorClass}: ${event.error}`);
          return;
        }
        this.#warnAt(
          event.t,
          `${event.errorClass}: ${event.final ? `${event.error.replace(/\.$/, "")}, gave up` : event.error}`,
          event.errorClass === "unauthorized" ? explainText(event.deviceId) : "",
        );
        return;
      case "throttled":
        this.#warnAt(event.t, "DPS throttles this fleet (429)");
        return;
      case "arrival":
        this.#arrival(event);
        return;
      case "control":
        this.#control(event);
        return;
      case "certificate":
        this.#certificate(event);
        return;
      case "fault":
        this.#fault(event);
        return;
      case "alert":
        this.#alert(event);
        return;
      case "worker":
        this.#worker(event);
        return;
      case "resume":
        this.#at(event.t, "the run goes on where it was cut short");
        return;
      case "summary":
        for (const line of alertLines(this.#alerts)) this.#at(event.t, line);
        for (const line of summaryLines(event.summary, this.#ink)) this.#lines.write(line);
        return;
      case "settled":
      case "oracle":
      case "configuration":
      case "fleet":
      case "begin":
      case "devices":
      case "ledger":
      case "end":
      case "twinPatch":
      case "methodCall":
      case "enrollment":
      case "individualEnrollments":
      case "state":
      case "registration":
      case "connection":
      case "reported":
      case "cloudMessage":
      case "method":
        return;
      case "model":
        this.#model(event);
        return;
      default:
        event satisfies never;
    }
  }

  close(): Promise<void> {
    this.#lines.clearProgress();
    return Promise.resolve();
  }

  #at(t: number, text: string): void {
    this.#lines.write(`${this.#ink.dim(formatClock(t))}  ${text}`);
  }

  /** Tells it if it is one of the first of its kind, and once that `others` do it too. */
  #atFirst(t: number, kind: string, text: string, others: string): void {
    const told = this.#firstFew.next(kind);
    if (told === "itself") this.#at(t, text);
    else if (told === "others") this.#at(t, `… and others ${others}`);
  }

  /** What is as it should be, told with the first of equal ones. */
  #onceAt(t: number, text: string): void {
    if (this.#warned.has(text)) return;
    this.#warned.add(text);
    this.#at(t, this.#ink.dim(printable(text)));
  }

  /** @param more told with the first of equal warnings */
  #warnAt(t: number, text: string, more = ""): void {
    // A device's name would make each of a thousand equal warnings a new one.
    if (this.#warned.has(text)) return;
    this.#warned.add(text);
    this.#at(t, this.#ink.bad(printable(text + more)));
  }

  #snapshot(event: RunEvent & { type: "snapshot" }): void {
    if (event.t < this.#nextProgressT) return;
    this.#nextProgressT = event.t + PROGRESS_EVERY_MS;
    const total = (name: string): number => sumByName(event.counters, name);
    const states = Object.entries(shownStates(event.states, total("refusals_expected")))
      .filter(([, count]) => count > 0)
      .map(([state, count]) => `${count} ${state}`);
    this.#at(
      event.t,
      `${states.join(", ")} of ${this.#planned}; ${total("telemetry_sent")} messages sent, ` +
        `${total("telemetry_acked")} acknowledged`,
    );
  }

  #action(event: ActionEvent): void {
    if (event.state === "begun") {
      if (event.kind === "twin") {
        this.#changed = true;
        this.#firstFew.restart("follows");
      }
      this.#at(event.t, printable(begunText(event)));
    } else if (event.state === "ended") {
      const done = event.done > 0 || event.failed === 0 ? doneText(event) : undefined;
      if (done !== undefined) this.#at(event.t, done);
      if (event.failed > 0) this.#at(event.t, this.#ink.bad(printable(failedText(event))));
    }
  }

  #desired(event: RunEvent & { type: "desired" }): void {
    if (event.initial || !this.#changed) return;
    const text = `${event.deviceId} follows ${JSON.stringify(event.patch)}`;
    this.#atFirst(event.t, "follows", this.#ink.good(text), "follow");
  }

  /** Of versions that were missed the healed ones are no trouble. */
  #twin(event: Parameters<typeof twinLine>[0]): void {
    const { kind, text, others, tone } = twinLine(event);
    const ink = tone === "plain" ? printable : (told: string) => this.#ink[tone](printable(told));
    this.#atFirst(event.t, kind, ink(text), others);
  }

  #arrival(event: ArrivalEvent): void {
    const text = arrivalChangeText(event);
    if (text !== undefined) this.#at(event.t, text);
  }

  #control({ t, request, outcome, error }: ControlEvent): void {
    const text = printable(`by hand: ${controlText(request)}`);
    if (outcome === "done") this.#at(t, text);
    else this.#at(t, this.#ink.dim(printable(`${text}, ${outcome}${error ? `: ${error}` : ""}`)));
  }

  #certificate({ t, deviceId, state, validTo, error }: RunEvent & { type: "certificate" }): void {
    if (state === "found") return;
    if (state === "inUse") {
      const until = validTo?.slice(0, 10) ?? "?";
      const text = `${deviceId} rolled to its new certificate, which holds until ${until}`;
      this.#atFirst(t, "rolled", this.#ink.good(text), "rolled");
    } else {
      const text = `${deviceId} keeps its old certificate, the new one is refused: ${error ?? "?"}`;
      this.#atFirst(t, "refused", this.#ink.bad(printable(text)), "keep theirs");
    }
  }

  /** What a device says of itself: only what is worth a warning. */
  #model({ t, deviceId, name, level, text }: RunEvent & { type: "model" }): void {
    if (level !== "warning") return;
    const line = this.#ink.bad(printable(`${deviceId}: ${text}`));
    this.#atFirst(t, `model ${name}`, line, `say ${printable(name)}`);
  }

  /** Those of the timeline; those of schedules come too often. */
  #fault(event: RunEvent & { type: "fault" }): void {
    const { t, at, kind, state, deviceId, parameters } = event;
    if (at === undefined) return;
    const begins = state === "begun";
    const given = Object.keys(parameters).length === 0 ? "" : ` ${JSON.stringify(parameters)}`;
    const text = printable(`fault ${kind} ${state}: ${deviceId}${begins ? given : ""}`);
    const key = JSON.stringify([at, kind, parameters, state]);
    this.#atFirst(t, key, begins ? this.#ink.bad(text) : text, `have fault ${kind} ${state}`);
  }

  #alert(event: RunEvent & { type: "alert" }): void {
    const { t, deviceId, alert, state, reading } = event;
    this.#alerts.observe(event);
    const shown = reading === undefined ? "" : ` (${reading})`;
    const text = printable(`alert ${alert} ${state}: ${deviceId}${shown}`);
    const ink = state === "raised" ? this.#ink.bad : this.#ink.good;
    this.#atFirst(t, `${state} ${alert}`, ink(text), `have alert ${alert} ${state}`);
  }

  #worker(event: RunEvent & { type: "worker" }): void {
    const { t, worker, state, detail } = event;
    if (state === "silent") this.#at(t, this.#ink.bad(`worker ${worker} ${detail ?? "is silent"}`));
    if (state !== "lost" && state !== "restarting") return;
    const text = `worker ${worker} ${state}${detail === undefined ? "" : `: ${detail}`}`;
    this.#at(t, state === "lost" ? this.#ink.bad(text) : text);
  }
}

/** What became of each alert that was on. */
const alertLines = (alerts: AlertBook): readonly string[] =>
  alerts.names.map((name) => {
    const devices = plural(alerts.devices(name), "device");
    const times = plural(alerts.raised(name), "time");
    return `alert ${name} came on ${times} at ${devices}, ${alerts.active(name)} still on`;
  });

/** Where a 401 is explained. */
const explainText = (deviceId: string): string => `; why: dps-fleet doctor explain ${deviceId}`;
