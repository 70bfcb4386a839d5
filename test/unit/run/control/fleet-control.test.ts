import { expect, test } from "vitest";
import type { DeviceEvent } from "../../../../src/metrics/device-event.ts";
import type { DeviceState } from "../../../../src/metrics/device-row.ts";
import { FleetControl } from "../../../../src/run/control/fleet-control.ts";
import { FleetView } from "../../../../src/run/fleet-view.ts";
import { Supervisor } from "../../../../src/supervisor/supervisor.ts";
import type { WorkerCommand } from "../../../../src/worker/protocol.ts";
import { obedientWorker, shardOf } from "../../../support/scripted-worker.ts";
import { rowOf, snapshotOf } from "../../metrics/snapshots.ts";

const IDS = ["device0-0", "device0-1", "device0-2"] as const;
const [A, B, C] = IDS;
const signal = new AbortController().signal;

/** A fleet of three devices on one worker that says what the test lets it say. */
async function fleet() {
  const worker = obedientWorker();
  const states = new Map<string, DeviceState>(IDS.map((id) => [id, "streaming"]));
  const view = new FleetView({
    devices: IDS.map((registrationId) => ({ registrationId, model: "cheese-cave" })),
    phases: [],
    emit: () => {},
    onDeviceEvent: (event) => control.observe(event),
    onMessages: () => {},
  });
  const supervisor = new Supervisor({
    shards: [shardOf(0, [0, 0, 0])],
    fork: () => worker,
    now: () => 0,
    random: () => 0,
    onSnapshot: (snapshot) => view.snapshot(snapshot),
    onWorker: () => {},
    restarts: { max: 0, windowMs: 1, firstDelayMs: 1, maxDelayMs: 1 },
  });
  const control = new FleetControl({
    workers: supervisor,
    stateOf: (id) => view.aggregate.state(id),
    clock: () => 10_000,
    seed: 1,
  });
  let sequence = 0;
  const tell = (...events: DeviceEvent[]): void => {
    for (const event of events) if (event.type === "state") states.set(event.deviceId, event.to);
    const devices = [...states].map(([registrationId, state]) => rowOf({ registrationId, state }));
    sequence += 1;
    worker.tell({ type: "snapshot", snapshot: snapshotOf({ sequence, devices, events }) });
  };
  await supervisor.start();
  supervisor.begin(0);
  tell();
  const told = (): WorkerCommand | undefined => worker.commands.at(-1);
  return { worker, supervisor, control, tell, told, view };
}

const became = (deviceId: string, to: DeviceState): DeviceEvent => ({
  type: "state",
  t: 1,
  deviceId,
  from: "streaming",
  to,
});

test("devices are stopped when all have told so, and those that failed are off already", async () => {
  const { control, tell, told, view } = await fleet();
  tell(became(C, "failed"));
  const stopping = control.stop([A, B, C], "powerCut", { signal });
  expect(told()).toEqual({ type: "stopDevices", registrationIds: [A, B, C], how: "powerCut" });
  tell(became(A, "stopped"));
  tell(became(B, "stopped"));
  expect(await stopping).toEqual({ done: [A, B, C], missed: [] });
  // A fleet that was stopped on purpose has not given up.
  expect(view.allFailed).toBe(false);
  expect(view.isArriving).toBe(false);
});

test("who does not come within the limit is named with the state that is known", async () => {
  const { control, tell } = await fleet();
  const stopping = control.stop([A, B], "inOrder", { signal, limitMs: 1 });
  tell(became(A, "stopped"));
  expect(await stopping).toEqual({
    done: [A],
    missed: [{ registrationId: B, why: "it is streaming" }],
  });
});

test("devices start spread over the time given, in an order that the seed says, until all stream or failed", async () => {
  const { control, tell, told } = await fleet();
  for (const id of IDS) tell(became(id, "stopped"));
  const starting = control.start(IDS, { signal, overMs: 3_000 });
  const command = told();
  const starts = command?.type === "startDevices" ? command.starts : [];
  expect(starts.map(({ dueMs }) => dueMs)).toEqual([10_000, 11_000, 12_000]);
  expect(starts.map(({ registrationId }) => registrationId).toSorted()).toEqual(IDS);
  tell(became(A, "registering"), became(A, "streaming"), became(B, "failed"));
  tell(became(C, "streaming"));
  expect(await starting).toEqual({
    done: [A, C],
    missed: [{ registrationId: B, why: "it is failed" }],
  });
  const again = control.start(IDS, { signal, overMs: 3_000 });
  expect(told()).toEqual(command);
  tell(became(B, "streaming"));
  expect(await again).toEqual({ done: IDS, missed: [] });
});

test("a fault is on when the devices that are on have told so", async () => {
  const { control, tell, told } = await fleet();
  tell(became(B, "stopped"));
  const fault = { kind: "late", parameters: { by: "5s" }, forMs: 500, at: "now" };
  const faulting = control.fault([A, B], fault, { signal });
  expect(told()).toEqual({
    type: "deviceFault",
    registrationIds: [A, B],
    fault: {
      kind: "late",
      parameters: { by: "5s" },
      times: { by: "script", at: "now", atMs: 10_000, forMs: 500 },
    },
  });
  const begun = { type: "fault", t: 1, deviceId: A, state: "begun", parameters: {} } as const;
  tell({ ...begun, kind: "dropout" }, { ...begun, kind: "late" });
  expect(await faulting).toEqual({ done: [A, B], missed: [] });
});

test("devices that nobody hosts any more are named, and nobody is told of them", async () => {
  const { control, worker, told } = await fleet();
  expect(control.retune([A, B], 250)).toEqual({ done: [A, B], missed: [] });
  expect(told()).toEqual({ type: "retune", registrationIds: [A, B], intervalMs: 250 });
  worker.leave({ code: 1, signal: null });
  expect(await control.stop([A], "inOrder", { signal })).toEqual({
    done: [],
    missed: [{ registrationId: A, why: "no worker hosts it any more" }],
  });
});

test("waiting ends with the signal", async () => {
  const { control, tell } = await fleet();
  const abort = new AbortController();
  const stopping = control.stop([A, B], "inOrder", { signal: abort.signal });
  tell(became(A, "stopped"));
  abort.abort(new Error("the run has ended"));
  const missed = [{ registrationId: B, why: "it is streaming" }];
  expect(await stopping).toEqual({ done: [A], missed });
  expect((await control.stop([B], "inOrder", { signal: abort.signal })).missed).toEqual(missed);
});
