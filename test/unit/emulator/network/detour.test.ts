import { PassThrough } from "node:stream";
import { TLSSocket } from "node:tls";
import { setFlagsFromString } from "node:v8";
import { runInThisContext } from "node:vm";
import { expect, test } from "vitest";
import { Detour } from "../../../../src/emulator/network/detour.ts";

const ignore = (): void => {};

/** Whether V8 keeps an object's properties by their places, as its shape says, and in no table of its own. */
function hasShape(value: object): boolean {
  setFlagsFromString("--allow-natives-syntax");
  try {
    const ask: unknown = runInThisContext("(value) => %HasFastProperties(value)");
    if (typeof ask !== "function") throw new TypeError("no function");
    return Reflect.apply(ask, undefined, [value]) === true;
  } finally {
    setFlagsFromString("--no-allow-natives-syntax");
  }
}

test("a connection takes no more memory after a fault than before it", () => {
  const socket = new TLSSocket(new PassThrough());
  const detour = new Detour(socket, { peerEnded: ignore, overflowed: ignore });
  const before = Object.getOwnPropertyNames(socket);
  expect(hasShape(socket)).toBe(true);
  for (let fault = 0; fault < 3; fault += 1) {
    detour.set({ kind: "blocked" });
    expect(detour.isInstalled).toBe(true);
    detour.set({ kind: "delayed", delayMs: () => 1 });
    detour.set(undefined);
    expect(detour.isInstalled).toBe(false);
  }
  expect(Object.getOwnPropertyNames(socket)).toEqual(before);
  expect(hasShape(socket)).toBe(true);
  socket.destroy();
});
