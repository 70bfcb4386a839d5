import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { deferred } from "../../../src/base/deferred.ts";
import { FleetError } from "../../../src/base/errors.ts";
import { silentLogger } from "../../../src/base/log.ts";
import { createRandom } from "../../../src/base/random.ts";
import { createAttemptPace } from "../../../src/device/attempt-pace.ts";
import { DEVICE_LIMITS } from "../../../src/device/device-limits.ts";
import type { DeviceIdentity } from "../../../src/device/identity.ts";
import { ModelTime } from "../../../src/metrics/generator/model-time.ts";
import { Recorder } from "../../../src/metrics/recorder.ts";
import type { DeviceModel } from "../../../src/model/model.ts";
import type { DeviceSpec } from "../../../src/plan/plan.ts";
import { HostedDevice } from "../../../src/worker/hosted-device.ts";
import { deviceSpec } from "../../support/fleet.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: 0 });
});
afterEach(() => {
  vi.useRealTimers();
});

const clock = (): number => Date.now();

const MODEL: DeviceModel = {
  name: "quiet",
  defaults: {},
  checkSettings: () => [],
  create: (context) => {
    born.push({ settings: context.settings, draw: context.random("noise").next() });
    return {
      step: () => [],
      desired: () => undefined,
      methods: {},
      snapshot: () => null,
      restore: () => undefined,
    };
  },
};

/** What the model was made of at each boot. */
let born: object[] = [];
beforeEach(() => (born = []));

/** A device that gets no further than its identity, which the test hands out or refuses. */
function hosted(more: Partial<DeviceSpec> = {}) {
  const recorder = new Recorder({ worker: 0, boot: 1, phases: [], clock });
  const identities: ReturnType<typeof deferred<DeviceIdentity>>[] = [];
  const bugs: unknown[] = [];
  const device = new HostedDevice(
    {
      spec: deviceSpec("cave-1", { startMs: null, ...more }),
      worker: 0,
      boot: 1,
      model: MODEL,
      modelTime: new ModelTime("quiet", clock),
      provisioningHost: "dps.test",
      idScope: "0ne",
      way: { transport: "mqtt", connectTo: [], proxyFor: () => undefined },
      loadIdentity: () => {
        const identity = deferred<DeviceIdentity>();
        identities.push(identity);
        return identity.promise;
      },
      slots: (work) => work(),
      pace: createAttemptPace(undefined, clock),
      recorder: recorder.of("quiet"),
      saveMessages: false,
      hearsMessages: false,
      alerts: [],
      timeScale: 1,
      clock,
      now: () => new Date(),
      random: (stream) => createRandom(1, "cave-1", stream),
      files: () => "",
      limits: DEVICE_LIMITS,
      log: silentLogger(),
      onChange: () => {},
    },
    { cachesAssignment: false, onBug: (error) => bugs.push(error) },
  );
  const states: string[] = [];
  const told = (): readonly string[] => {
    for (const event of recorder.take({ cpuS: 0, rssBytes: 0 }).events) {
      if (event.type !== "state") continue;
      const how = event.how === undefined ? "" : ` ${event.how}`;
      states.push(`${event.t} ${event.to}${how}`);
    }
    return states;
  };
  const refuse = (): void =>
    identities.at(-1)?.reject(new FleetError("CERTIFICATE_INVALID", "no such file"));
  return { device, told, refuse, identities, bugs };
}

const passing = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

test("a device boots when it is due, and another word that it is due changes nothing", async () => {
  const { device, told, identities } = hosted();
  device.start(1_000);
  device.start(2_000);
  await passing(999);
  expect(told()).toEqual([]);
  await passing(2_000);
  device.start(0);
  await passing(0);
  expect(told()).toEqual(["1000 registering"]);
  expect(identities).toHaveLength(1);
});

test("a device whose moment is taken back boots at the next that it is told, and not where it is on", async () => {
  const { device, told } = hosted();
  device.start(1_000);
  device.hold();
  await passing(5_000);
  expect(told()).toEqual([]);
  device.start(6_000);
  await passing(1_000);
  device.hold();
  await passing(1_000);
  expect(told()).toEqual(["6000 registering"]);
});

test("a device that is stopped before it is due waits for another start", async () => {
  const { device, told } = hosted();
  device.start(1_000);
  device.stop("inOrder");
  device.stop("powerCut");
  await passing(5_000);
  expect(told()).toEqual(["0 stopped inOrder"]);
  device.start(6_000);
  await passing(1_000);
  expect(told().at(-1)).toBe("6000 registering");
});

test("a device that failed for good stays so when it is stopped, and boots anew when it is started", async () => {
  const { device, told, refuse, bugs } = hosted();
  device.start(0);
  await passing(0);
  refuse();
  await passing(0);
  device.stop("powerCut");
  expect(device.row).toMatchObject({ state: "failed", errorClass: "tls" });
  device.retune(250);
  device.start(100);
  await passing(100);
  refuse();
  await passing(0);
  expect(told()).toEqual(["0 registering", "0 failed", "100 registering", "100 failed"]);
  // The same settings and the same streams from their beginning.
  expect(born).toHaveLength(2);
  expect(born[1]).toEqual(born[0]);
  await device.close();
  await device.close();
  expect(device.row.state).toBe("failed");
  expect(bugs).toEqual([]);
});

test("a boot begins when the one before has ended, however soon it is due", async () => {
  const { device, told, refuse } = hosted();
  device.start(0);
  await passing(0);
  device.stop("powerCut");
  device.start(0);
  await passing(10);
  expect(told()).toEqual(["0 registering"]);
  refuse();
  await passing(0);
  expect(told()).toEqual(["0 registering", "10 stopped powerCut", "10 registering"]);
});

test("a device that is closed boots no more", async () => {
  const { device, told } = hosted();
  device.start(1_000);
  await device.close();
  device.start(0);
  await passing(2_000);
  expect(told()).toEqual(["0 stopped"]);
  expect(born).toEqual([]);
});
