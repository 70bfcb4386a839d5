import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { setTimeout as delay } from "node:timers/promises";
import type { FastifyReply } from "fastify";

/** How long readers have to take the end of their answers when the emulator stops, in ms. */
const LAST_LINES_MS = 1000;

/** The answers of a server that are lines of JSON, and may go on for as long as somebody reads. */
export class LineStreams {
  readonly #underWay = new Map<Promise<void>, { end: () => void; cutOff: () => void }>();

  /**
   * Answers with `lines`, which end when `ending` is aborted: by the reader's going, by `stop`, or by the caller.
   *
   * @returns when the answer has ended
   */
  async answer(
    reply: FastifyReply,
    ending: AbortController,
    lines: AsyncIterable<string>,
  ): Promise<void> {
    const end = (): void => ending.abort();
    reply.raw.once("close", end);
    const answer = send(reply, lines);
    this.#underWay.set(answer, { end, cutOff: () => void reply.raw.destroy() });
    try {
      await answer;
    } catch (error) {
      if (!ending.signal.aborted) throw error;
    } finally {
      this.#underWay.delete(answer);
    }
  }

  /**
   * Ends every answer in good order, so that no reader takes the end for a failure; one who does not take it in time is
   * cut off. Safe to call twice.
   */
  async stop(): Promise<void> {
    for (const { end } of this.#underWay.values()) end();
    const limit = delay(LAST_LINES_MS, undefined, { ref: false });
    await Promise.race([Promise.allSettled(this.#underWay.keys()), limit]);
    for (const { cutOff } of this.#underWay.values()) cutOff();
  }
}

/** By hand: a follower must get its headers before there is a first line. */
async function send(reply: FastifyReply, lines: AsyncIterable<string>): Promise<void> {
  reply.hijack();
  reply.raw.writeHead(200, { "content-type": "application/x-ndjson; charset=utf-8" });
  reply.raw.flushHeaders();
  // The pipeline asks for the next chunk only when the socket has room.
  await pipeline(Readable.from(lines, { highWaterMark: 1 }), reply.raw);
}
