import type { Logger } from "../../base/log.ts";
import { Arrivals } from "../arrivals.ts";
import { NumberedQueue } from "../events/numbered-queue.ts";
import type { LogCategory, LogRecord } from "./log-record.ts";

/** A hub, or a DPS instance. */
export interface LoggedResource {
  readonly type: "IotHubs" | "provisioningServices";
  readonly hostName: string;
  /** For those who read the emulator's own log. */
  readonly log: Logger;
}

/** Where a hub's or an instance's log records go. */
export type WriteLog = (record: LogRecord) => void;

interface StoredRecord {
  readonly timeMs: number;
  readonly resourceId: string;
  readonly record: LogRecord;
}

export interface ReadLogOptions {
  /** undefined = all */
  readonly categories: ReadonlySet<LogCategory> | undefined;
  /** From the first that is kept, from the end, or from a time in ms since 1970. */
  readonly from: "earliest" | "latest" | number;
  /** Waits for more at the end, until the signal is aborted. */
  readonly follow: boolean;
  readonly signal: AbortSignal;
}

/** A chunk ends with the record that makes it this long. */
const CHUNK_CHARACTERS = 64 * 1024;

/** Nobody's subscription, and the group of all that the emulator has. */
const RESOURCE_GROUP =
  "/SUBSCRIPTIONS/00000000-0000-0000-0000-000000000000/RESOURCEGROUPS/EMULATOR/PROVIDERS/MICROSOFT.DEVICES";

/**
 * The resource logs of all hubs and of DPS, in the order in which things happened; the oldest are dropped. The same
 * goes to the emulator's own log: what comes per connection, per message and per good operation at `debug`, other
 * errors at `info`.
 */
export class ResourceLog {
  readonly #clock: () => number;
  readonly #maxCount: number;
  readonly #records = new NumberedQueue<StoredRecord>(0);
  readonly #arrivals = new Arrivals();

  /** @param options `clock`: ms since 1970; `maxCount`: records that are kept */
  constructor(options: { readonly clock: () => number; readonly maxCount: number }) {
    this.#clock = options.clock;
    this.#maxCount = options.maxCount;
  }

  of({ type, hostName, log }: LoggedResource): WriteLog {
    const [name = hostName] = hostName.split(".");
    const resourceId = `${RESOURCE_GROUP}/${type}/${name}`.toUpperCase();
    return (record) => {
      this.#records.push({ timeMs: this.#clock(), resourceId, record });
      while (this.#records.next - this.#records.first > this.#maxCount) this.#records.shift();
      this.#arrivals.announce();
      writeToLog(log, record);
    };
  }

  /** Records as lines of JSON, as Azure exports them; `{"lost": n}` where the bound has overtaken the reader. */
  async *read({ categories, from, follow, signal }: ReadLogOptions): AsyncGenerator<string> {
    let next = this.#first(from);
    const until = follow ? Infinity : this.#records.next;
    while (!signal.aborted) {
      let lines = "";
      if (next < this.#records.first) {
        lines = `${JSON.stringify({ lost: this.#records.first - next })}\n`;
        next = this.#records.first;
      }
      for (; next < until && lines.length < CHUNK_CHARACTERS; next++) {
        const stored = this.#records.at(next);
        if (stored === undefined) break;
        if (categories === undefined || categories.has(stored.record.category))
          lines += `${line(stored)}\n`;
      }
      if (lines !== "") yield lines;
      else if (!follow) return;
      else if (next === this.#records.next) await this.#arrivals.next(signal);
    }
  }

  #first(from: ReadLogOptions["from"]): number {
    if (from === "earliest") return this.#records.first;
    if (from === "latest") return this.#records.next;
    return this.#records.find(({ timeMs }) => timeMs >= from);
  }
}

function line({ timeMs, resourceId, record }: StoredRecord): string {
  const { properties, category, operationName, ...result } = record;
  return JSON.stringify({
    time: new Date(timeMs).toISOString(),
    resourceId,
    operationName,
    category,
    ...result,
    properties: JSON.stringify(properties),
    location: "local",
  });
}

const PER_CONNECTION_OR_MESSAGE: ReadonlySet<LogCategory> = new Set<LogCategory>([
  "Connections",
  "DeviceTelemetry",
]);

function writeToLog(log: Logger, { properties, level, ...record }: LogRecord): void {
  const isQuiet = level === "Information" || PER_CONNECTION_OR_MESSAGE.has(record.category);
  const as = isQuiet ? "debug" : "info";
  // Nothing is made of what nobody reads.
  if (log.isLevelEnabled(as)) log[as]({ ...record, ...properties }, "resource log");
}
