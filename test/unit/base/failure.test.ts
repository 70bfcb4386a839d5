import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { DeviceFailure } from "../../../src/base/failure.ts";

function exposedGc(): () => void {
  setFlagsFromString("--expose-gc");
  const gc: unknown = runInNewContext("gc");
  if (typeof gc !== "function") throw new TypeError("V8 exposes no gc");
  return () => void Reflect.apply(gc, undefined, []);
}

/** A connection that fails in a method of its own, as sockets do. */
class Broken {
  readonly cause: Error;

  constructor() {
    this.cause = this.fails();
  }

  fails(): Error {
    return new Error("ECONNRESET");
  }

  failure(): DeviceFailure {
    return new DeviceFailure("network", "connection lost", { cause: this.cause });
  }
}

function failed(): { readonly failure: DeviceFailure; readonly connection: WeakRef<Broken> } {
  const broken = new Broken();
  return { failure: broken.failure(), connection: new WeakRef(broken) };
}

test("a failure that is remembered does not keep the connection that failed", async () => {
  const gc = exposedGc();
  const { failure, connection } = failed();
  // A WeakRef holds what it was made for until the turn is over.
  await new Promise((resolve) => setImmediate(resolve));
  gc();
  expect(connection.deref()).toBeUndefined();
  expect(failure).toMatchObject({ failureClass: "network", transient: true });
  expect(failure.stack).toContain("connection lost");
});
