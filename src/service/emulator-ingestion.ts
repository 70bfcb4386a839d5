import { z } from "zod";

import { FleetError } from "../base/errors.ts";
import { serviceAgent } from "./connection.ts";
import type { EmulatorEvents } from "./emulator-stream.ts";
import { linesOf, openEmulatorStream, parseAnswer, readEmulatorAnswer } from "./emulator-stream.ts";
import type { IngestedMessage, IngestionReader, IngestionReading } from "./ingestion-reader.ts";

/** A line of the emulator's ledger stream, and the line that tells of messages that fell out of its memory. */
const line = z.union([
  z.object({ lost: z.int().nonnegative() }),
  z.object({
    sequence: z.int(),
    hub: z.string(),
    deviceId: z.string(),
    boot: z.int().nullable(),
    seq: z.int().nullable(),
    enqueuedMs: z.number(),
    createdMs: z.number().nullable(),
  }),
]);
const positionAnswer = z.object({ sequence: z.int().nonnegative() });

/**
 * Reads an emulator's ledger stream: what all its hubs ingested, as one partition that is numbered without gaps. A
 * message is in it before its PUBACK goes out, so that nothing has to be waited for.
 */
export function emulatorIngestionReader(events: EmulatorEvents): IngestionReader {
  return {
    open: async (signal, from) => {
      const agent = serviceAgent(events.route);
      const url = new URL(`${events.adminUrl}/position`);
      try {
        const answer = await readEmulatorAnswer(positionAnswer, events, url, { agent, signal });
        const next = from === undefined ? answer.sequence : Number(from);
        if (!Number.isInteger(next) || next < 0 || next > answer.sequence) {
          throw new FleetError("REFUSED", `the emulator has not what was read up to ${from}`, {
            hint: "it was started anew, without what it had ingested: only one with --data keeps that",
          });
        }
        return new EmulatorReading(events, agent, next);
      } catch (error) {
        agent.destroy();
        throw error;
      }
    },
  };
}

class EmulatorReading implements IngestionReading {
  readonly #events: EmulatorEvents;
  readonly #agent: ReturnType<typeof serviceAgent>;
  /** The number of the next message. */
  #next: number;
  #lost = 0;

  constructor(events: EmulatorEvents, agent: ReturnType<typeof serviceAgent>, next: number) {
    this.#events = events;
    this.#agent = agent;
    this.#next = next;
  }

  get position(): string {
    return String(this.#next);
  }

  get lost(): number {
    return this.#lost;
  }

  async read(take: (message: IngestedMessage) => void, signal?: AbortSignal): Promise<void> {
    const url = new URL(this.#events.eventsUrl);
    url.searchParams.set("from", String(this.#next));
    url.searchParams.set("follow", "false");
    url.searchParams.set("select", "ledger");
    const answer = await openEmulatorStream(this.#events, url, { agent: this.#agent, signal });
    // The position moves with every line, so that a stream that breaks off is taken up where it broke.
    for await (const text of linesOf(answer, url)) {
      const content = parseAnswer(line, text, url);
      if ("lost" in content) {
        this.#lost += content.lost;
        this.#next += content.lost;
        continue;
      }
      const { sequence, ...message } = content;
      take(message);
      this.#next = sequence + 1;
    }
  }

  close(): Promise<void> {
    this.#agent.destroy();
    return Promise.resolve();
  }
}
