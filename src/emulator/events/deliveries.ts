import { Measure } from "../metrics/measure.ts";

/** What an endpoint was given, since the hub's start. */
export class Deliveries {
  /** From the ingestion of each message to its delivery, in ms; so its count is that of the messages. */
  readonly latency = new Measure("Milliseconds");
  /** Of the messages' bodies. */
  bytes = 0;

  note(bodyBytes: number, latencyMs: number): void {
    this.bytes += bodyBytes;
    this.latency.note(latencyMs);
  }
}
