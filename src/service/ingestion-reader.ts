import { z } from "zod";

import { serviceAgent } from "./connection.ts";
import type { EmulatorEvents } from "./emulator-stream.ts";
import { linesOf, openEmulatorStream, parseAnswer, readEmulatorAnswer } from "./emulator-stream.ts";

/** One message that a hub ingested, as the ledger needs it. */
export interface IngestedRecord {
  /** Ascending over everything that was ingested; the order in which it was. */
  readonly sequence: number;
  readonly deviceId: string;
  /** null where the message carries no such property: it is not one of ours. */
  readonly boot: number | null;
  readonly seq: number | null;
}

/** Reads what was ingested. Azure's own reader (Event Hubs) will be a second implementation. */
export interface IngestionReader {
  /**
   * The sequence number that the next ingested message will get, or a later one.
   *
   * @throws {FleetError} `REFUSED` or `UNREACHABLE`
   */
  position(signal?: AbortSignal): Promise<number>;
  /**
   * Hands over every record from sequence `from` on that is there now, in order.
   *
   * @returns how many records were gone already, and the sequence number to go on from
   * @throws {FleetError} `REFUSED` or `UNREACHABLE`
   */
  read(
    from: number,
    onRecord: (record: IngestedRecord) => void,
    signal?: AbortSignal,
  ): Promise<{ readonly lost: number; readonly next: number }>;
}

/** A line of the emulator's ledger stream, and the line that tells of records that fell out of its memory. */
const line = z.union([
  z.object({ lost: z.int().nonnegative() }),
  z.object({
    sequence: z.int(),
    deviceId: z.string(),
    boot: z.int().nullish(),
    seq: z.int().nullish(),
  }),
]);
const positionAnswer = z.object({ sequence: z.int().nonnegative() });

/** The emulator's ingested messages over its NDJSON stream. */
export function emulatorIngestionReader(events: EmulatorEvents): IngestionReader {
  const agent = serviceAgent(events.route);
  return {
    position: async (signal) => {
      const url = new URL(`${events.adminUrl}/position`);
      const { sequence } = await readEmulatorAnswer(positionAnswer, events, url, { agent, signal });
      return sequence;
    },
    read: async (from, onRecord, signal) => {
      const url = new URL(events.eventsUrl);
      url.searchParams.set("from", String(from));
      url.searchParams.set("follow", "false");
      url.searchParams.set("select", "ledger");
      const answer = await openEmulatorStream(events, url, { agent, signal });
      let lost = 0;
      let next = from;
      for await (const text of linesOf(answer, url)) {
        const record = parseAnswer(line, text, url);
        if ("lost" in record) {
          lost += record.lost;
          continue;
        }
        next = record.sequence + 1;
        onRecord({
          sequence: record.sequence,
          deviceId: record.deviceId,
          boot: record.boot ?? null,
          seq: record.seq ?? null,
        });
      }
      return { lost, next };
    },
  };
}
