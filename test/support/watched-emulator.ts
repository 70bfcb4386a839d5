// A process that hosts an emulator and tells what it holds; forked with --expose-gc, and asked over IPC.
import { subscribe } from "node:diagnostics_channel";
import { EventEmitter, once } from "node:events";
import type { Socket } from "node:net";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { EmulatorOptions } from "../../src/emulator/emulator.ts";
import type { Held, WatchQuestion } from "./emulator-watch.ts";

/** Bytes of a planted leak for each connection, and what has leaked. */
let leakBytes = 0;
const leaked: string[] = [];

const open = new Set<Socket>();
const closed = new EventEmitter();
subscribe("net.server.socket", (message) => {
  const { socket } = message as { socket: Socket }; // oxlint-disable-line no-unsafe-type-assertion -- as Node documents it
  open.add(socket);
  socket.once("close", () => {
    open.delete(socket);
    closed.emit("close");
  });
  if (leakBytes > 0) leaked.push(Buffer.alloc(leakBytes, String(leaked.length)).toString("latin1"));
});

/** Emitters that were made while the emulator started: servers, brokers, and what else stays as long as it does. */
const longLived = new Set<EventEmitter>();

async function start(options: EmulatorOptions): Promise<object> {
  const init: unknown = Reflect.get(EventEmitter, "init");
  if (typeof init !== "function") throw new TypeError("EventEmitter has no init");
  Reflect.set(EventEmitter, "init", function (this: EventEmitter, ...args: unknown[]) {
    longLived.add(this);
    return Reflect.apply(init, this, args);
  });
  // Not before: what it makes while it is loaded counts too.
  const { startEmulator } = await import("../../src/emulator/emulator.ts");
  const emulator = await startEmulator(options);
  Reflect.set(EventEmitter, "init", init);
  // Its functions do not cross the border.
  return emulator;
}

/** Once every connection is closed. */
async function look(): Promise<Held> {
  while (open.size > 0) await once(closed, "close");
  for (let turn = 0; turn < 3; turn++) {
    await nextTurn();
    globalThis.gc?.();
  }
  const { heapUsed, heapTotal, rss } = process.memoryUsage();
  const handles: Record<string, number> = {};
  for (const name of process.getActiveResourcesInfo()) handles[name] = (handles[name] ?? 0) + 1;
  const listeners: Record<string, number> = {};
  for (const emitter of longLived) {
    const count = emitter.eventNames().reduce((sum, on) => sum + emitter.listenerCount(on), 0);
    listeners[emitter.constructor.name] = (listeners[emitter.constructor.name] ?? 0) + count;
  }
  return { heapBytes: heapUsed, nativeBytes: rss - heapTotal, handles, listeners };
}

async function answer(question: WatchQuestion): Promise<object> {
  if (question.kind === "look") return await look();
  leakBytes = question.leakBytes;
  return await start(question.options);
}

process.on("disconnect", () => process.exit(0));
process.on("message", (question: WatchQuestion) => {
  void answer(question).then(
    (answered) => process.send?.({ answered }),
    (error: unknown) => process.send?.({ failed: String(error) }),
  );
});
