import { EventEmitter, once } from "node:events";
import type { ApiScope } from "./api-server.ts";

/** The requests of a server that have no whole answer yet. */
export class RunningRequests {
  readonly #ends = new EventEmitter();
  #count = 0;

  /** Before the first route is added. */
  watch(app: ApiScope): void {
    app.addHook("onRequest", async (_request, reply) => {
      this.#count += 1;
      reply.raw.once("close", () => {
        this.#count -= 1;
        this.#ends.emit("end");
      });
    });
  }

  /** Resolves when none is left. */
  async ended(): Promise<void> {
    while (this.#count > 0) await once(this.#ends, "end");
  }
}
