import { expect, test } from "vitest";
import { deferred } from "../../../src/base/deferred.ts";
import { FleetError } from "../../../src/base/errors.ts";
import { endOfRun } from "../../../src/run/end-of-run.ts";
import { IngestionFollower } from "../../../src/run/ingestion.ts";
import type { IngestedMessage, IngestionReader } from "../../../src/service/ingestion-reader.ts";

const message = (seq: number): IngestedMessage => ({
  hub: "hub.azure-devices.net",
  deviceId: "cave-1",
  boot: 1,
  seq,
  enqueuedMs: 0,
  createdMs: null,
});

/** Follows a reading whose n-th read does what `reads` says; a read beyond them finds nothing. */
async function following(
  reads: readonly ((take: (message: IngestedMessage) => void) => void)[],
  ingest: (message: IngestedMessage) => void = () => {},
) {
  const failures: string[] = [];
  const all = deferred<void>();
  const state = { turns: 0, closed: 0 };
  const reader: IngestionReader = {
    open: () =>
      Promise.resolve({
        lost: 0,
        position: "1",
        read: async (take) => {
          const turn = state.turns++;
          await Promise.resolve();
          if (turn === reads.length) all.resolve();
          reads[turn]?.(take);
        },
        close: () => Promise.resolve(void state.closed++),
      }),
  };
  const onFailure = ({ message: text }: FleetError): void => void failures.push(text);
  const follower = await IngestionFollower.open({ reader, take: ingest, pollMs: 1, onFailure });
  follower.start();
  return { follower, state, failures, all: all.promise };
}

const refuse = (text: string) => (): never => {
  throw new FleetError("UNREACHABLE", text);
};

test("a read that the service fails is told once in a row, and the next goes on", async () => {
  const taken: (number | null)[] = [];
  const { follower, state, failures, all } = await following(
    [
      (take) => {
        take(message(1));
        refuse("broke off")();
      },
      refuse("again"),
      (take) => take(message(2)),
      refuse("later"),
    ],
    ({ seq }) => void taken.push(seq),
  );
  await all;
  expect(await follower.finish()).toEqual({ lost: 0 });
  expect(taken).toEqual([1, 2]);
  expect(failures).toEqual(["broke off", "later"]);
  expect(state.closed).toBe(1);
});

test("a bug in reading is no failure to be read again: it ends the run, and the account", async () => {
  const bug = new TypeError("a bug");
  const { follower, state, failures } = await following([(take) => take(message(1))], () => {
    throw bug;
  });
  const ended = endOfRun({
    durationMs: undefined,
    clock: () => 0,
    stop: new AbortController().signal,
    emulatorEnded: undefined,
    allFailed: () => false,
    workersLost: () => false,
    aborted: () => false,
    check: () => follower.check(),
  });
  await expect(ended).rejects.toBe(bug);
  await expect(follower.finish()).rejects.toBe(bug);
  expect(state.turns).toBe(1);
  expect(failures).toEqual([]);
  await follower.stop();
});
