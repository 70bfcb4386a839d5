import { once } from "node:events";
import type { Socket } from "node:net";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import type { Deferred } from "../../src/base/deferred.ts";
import { deferred } from "../../src/base/deferred.ts";
import type { Held, Hello, Question } from "./held.ts";
import { held, hello } from "./held.ts";

/** A process that can be looked into. */
export interface Probe extends Hello {
  /** undefined where the process leaves before it answers. */
  look(question: Question): Promise<Held | undefined>;
}

/** The processes that have told that they can be looked into, and are there. */
export interface Probes extends AsyncDisposable {
  readonly found: ReadonlySet<Probe>;
}

/** Listens for processes, on a socket in a folder that is the user's alone. */
export async function listenForProbes(path: string): Promise<Probes> {
  const found = new Set<Probe>();
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    void welcome(socket, found).finally(() => sockets.delete(socket));
  });
  server.listen(path);
  await once(server, "listening");
  return {
    found,
    [Symbol.asyncDispose]: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}

async function welcome(socket: Socket, found: Set<Probe>): Promise<void> {
  const waiting: Deferred<Held | undefined>[] = [];
  let probe: Probe | undefined;
  const end = (): void => {
    if (probe !== undefined) found.delete(probe);
    for (const answer of waiting.splice(0)) answer.resolve(undefined);
  };
  socket.on("error", () => socket.destroy());
  const lines = createInterface({ input: socket });
  for await (const line of lines) {
    const said: unknown = JSON.parse(line);
    if (probe !== undefined) {
      waiting.shift()?.resolve(held.parse(said));
      continue;
    }
    probe = {
      ...hello.parse(said),
      look: async (asked) => {
        if (socket.destroyed) return undefined;
        const answer = deferred<Held | undefined>();
        waiting.push(answer);
        socket.write(`${JSON.stringify(asked)}\n`);
        return answer.promise;
      },
    };
    found.add(probe);
  }
  end();
}
