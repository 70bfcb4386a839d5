import { once } from "node:events";
import type { Server, Socket } from "node:net";
import { createServer } from "node:net";

import { FleetError } from "../base/errors.ts";
import type { AskControl } from "./answer-line.ts";
import { answerLine } from "./answer-line.ts";
import type { ControlAnswer } from "./control-answer.ts";
import { refusal } from "./control-answer.ts";
import { LONGEST_LINE_BYTES, socketLines, TOO_LONG } from "./socket-lines.ts";

/** Clients at a time; one more is turned away. */
const MOST_CLIENTS = 16;
/** A client that says nothing for so long, or takes no answer, is gone, in ms. */
const IDLE_MS = 60_000;

/** Where clients ask; one request a line, one answer a line, in their order. */
export interface ControlServer {
  /** Turns everybody away; safe to call twice. */
  close(): Promise<void>;
}

/**
 * Listens at a Unix domain socket, or a named pipe of Windows.
 *
 * @throws Node's error where nobody can listen there
 */
export async function openControlServer(path: string, ask: AskControl): Promise<ControlServer> {
  const clients = new Set<Socket>();
  const server = createServer((socket) => {
    clients.add(socket);
    socket.once("close", () => clients.delete(socket));
    serve(socket, ask).catch(crash);
  });
  server.maxConnections = MOST_CLIENTS;
  server.listen(path);
  await once(server, "listening");
  // A run ends when it is over, whoever listens to it.
  server.unref();
  return { close: () => closed(server, clients) };
}

async function closed(server: Server, clients: ReadonlySet<Socket>): Promise<void> {
  const isClosed = server.listening ? once(server, "close") : undefined;
  server.close();
  for (const client of clients) client.destroy();
  await isClosed;
}

/** Rejects only on a bug: whatever a client does ends its connection and nothing else. */
async function serve(socket: Socket, ask: AskControl): Promise<void> {
  socket.unref();
  socket.on("error", () => socket.destroy());
  socket.setTimeout(IDLE_MS, () => socket.destroy());
  for await (const line of socketLines(socket)) {
    const answer = line === TOO_LONG ? refusal(tooLong()) : await answerLine(line, ask);
    await written(socket, answer);
  }
}

const tooLong = (): FleetError =>
  new FleetError("USAGE", "this request is not understood", {
    problems: [
      {
        place: "request",
        message: `expected a line of at most ${LONGEST_LINE_BYTES} bytes, got a longer one`,
      },
    ],
  });

/** Resolves when the client's side has it, or nobody is there any more. */
function written(socket: Socket, answer: ControlAnswer): Promise<void> {
  return new Promise((resolve) => {
    socket.once("close", resolve);
    socket.write(`${JSON.stringify(answer)}\n`, () => {
      socket.off("close", resolve);
      resolve();
    });
  });
}

/** A bug while a request is served ends the run with its stack, as any other. */
function crash(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
