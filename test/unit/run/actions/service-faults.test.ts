import { expect, test } from "vitest";

import { FleetError } from "../../../../src/base/errors.ts";
import type { JsonObject } from "../../../../src/base/json.ts";
import type { PlannedAction } from "../../../../src/plan/planned-action.ts";
import { ServiceFaults } from "../../../../src/run/actions/service-faults.ts";
import type { ActionRound } from "../../../../src/run/timeline/action-doer.ts";
import type { ServiceFaultAction } from "../../../../src/scenario/service-fault.ts";

const gone: ServiceFaultAction = {
  kind: "serviceFault",
  fault: { kind: "dpsGone", parameters: { answer: "close" }, seed: 1 },
};
const late = { kind: "latency", parameters: { ms: 5, jitterMs: 0 }, seed: 1 } as const;

/** Faults that are kept in a list, and what puts them there. */
function world({ isForAll = true, unreachable = false } = {}) {
  const on = new Map<string, JsonObject>();
  const put: JsonObject[] = [];
  const warnings: string[] = [];
  const faults = new ServiceFaults({
    services: () => ({
      isForAll,
      endWithRun: false,
      faults: {
        put: async (request) => {
          const id = String(put.push(request));
          on.set(id, request);
          return id;
        },
        isOn: async (id) => on.has(id),
        remove: async (id) => {
          if (unreachable) throw new FleetError("UNREACHABLE", "nobody is there");
          on.delete(id);
        },
      },
    }),
    aggregate: { row: () => undefined },
    warn: (text) => warnings.push(text),
  });
  return { faults, on, put, warnings };
}

function round(
  action: PlannedAction["action"],
  more: Partial<ActionRound> & { readonly name?: string } = {},
): ActionRound {
  const { name, ...rest } = more;
  return {
    planned: {
      index: 0,
      name,
      at: "0s",
      when: { from: "start", delayMs: 0 },
      repeat: { times: 1, everyMs: 1 },
      selection: { ids: [], asked: [] },
      action,
    },
    round: 1,
    devices: [],
    dueMs: 0,
    signal: new AbortController().signal,
    ...rest,
  };
}

test("a fault without a time stays until its entry is ended", async () => {
  const { faults, on, put } = world();
  await faults.begin(round(gone, { name: "outage" }));
  await faults.begin(round({ ...gone, fault: { ...late, service: "dps" } }, { name: "slow" }));
  expect(put).toEqual([
    { kind: "dpsGone", parameters: { answer: "close" }, seed: 1, scope: {} },
    { kind: "latency", parameters: { ms: 5, jitterMs: 0 }, seed: 1, scope: { service: "dps" } },
  ]);
  await faults.end(round({ kind: "endFault", name: "outage" }));
  expect([...on.keys()]).toEqual(["2"]);
  await faults.clear();
  await faults.clear();
  expect(on.size).toBe(0);
});

test("a fault with a time is over when the action is, and tells the emulator of it", async () => {
  const { faults, on, put } = world();
  await faults.begin(round({ ...gone, forMs: 5 }));
  expect(put[0]).toMatchObject({ durationMs: 5 });
  expect(on.size).toBe(0);
});

test("the end of the run ends it, which is no failure", async () => {
  const { faults, on } = world();
  const stop = new AbortController();
  const lasting = faults.begin(round({ ...gone, forMs: 60_000 }, { signal: stop.signal }));
  stop.abort(new Error("the run has ended"));
  expect(await lasting).toEqual({ done: 0, errors: [] });
  expect(on.size).toBe(0);
});

test("another action ends one that has a time", async () => {
  const { faults, on, put } = world();
  const lasting = faults.begin(round({ ...gone, forMs: 60_000 }, { name: "outage" }));
  await Promise.resolve();
  expect(put).toHaveLength(1);
  await faults.end(round({ kind: "endFault", name: "outage" }));
  await lasting;
  expect(on.size).toBe(0);
});

test("devices are named as the services call them, and nobody is not everybody", async () => {
  const { faults, put } = world();
  const some = { ...gone, devices: [], fault: late };
  expect(await faults.begin(round(some, { devices: ["a", "b"] }))).toEqual({ done: 2, errors: [] });
  expect(put[0]).toMatchObject({ scope: { devices: ["a", "b"] } });
  expect(await faults.begin(round(some))).toEqual({ done: 0, errors: [] });
  expect(put).toHaveLength(1);
});

test("of all parts of a plan one puts on what is for all", async () => {
  const { faults, put } = world({ isForAll: false });
  await faults.begin(round(gone));
  expect(put).toEqual([]);
  await faults.begin(round({ ...gone, devices: [], fault: late }, { devices: ["a"] }));
  expect(put).toHaveLength(1);
});

test("what cannot be taken away is told", async () => {
  const { faults, warnings } = world({ unreachable: true });
  await faults.begin(round(gone));
  await faults.clear();
  expect(warnings).toEqual(["fault 1 may still be on the emulator: nobody is there"]);
});
