import type { Emulator, EmulatorOptions } from "../../src/emulator/emulator.ts";
import { DEFAULT_NAMES, startEmulator } from "../../src/emulator/emulator.ts";
import { silentLogger } from "../../src/base/log.ts";
import type { DeviceLimits } from "../../src/device/device-limits.ts";
import { DEVICE_LIMITS } from "../../src/device/device-limits.ts";
import type { DeviceEvent } from "../../src/metrics/device-event.ts";
import type { DeviceRow } from "../../src/metrics/device-row.ts";
import { parseMetricKey } from "../../src/metrics/metric-key.ts";
import { SeriesMap } from "../../src/metrics/series-map.ts";
import type { Snapshot } from "../../src/metrics/snapshot.ts";
import type { DeviceSpec } from "../../src/plan/plan.ts";
import { ensureEnrollmentGroup } from "../../src/service/ensure-enrollment-group.ts";
import { WorkerHost } from "../../src/worker/host.ts";
import type { DeviceCommand, ShardStart } from "../../src/worker/protocol.ts";
import type { TestPki } from "./pki.ts";
import { temporaryDir, testPki, writeLeaf } from "./pki.ts";

/** Waits of a device as short as a test wants them. */
export const QUICK_LIMITS: DeviceLimits = {
  ...DEVICE_LIMITS,
  connectTimeoutMs: 5_000,
  requestTimeoutMs: 5_000,
  retryFirstMs: 20,
  retryFirstThrottledMs: 20,
  retryMaxMs: 100,
  drainMs: 2_000,
  rollRetryMs: 50,
};

/** An emulator with an enrollment group, and a folder with leaves for it; all gone with `await using`. */
export interface TestCloud extends AsyncDisposable {
  readonly pki: TestPki;
  readonly emulator: Emulator;
  readonly certsDir: string;
  /** Writes a leaf of the group's intermediate for each id. */
  readonly issue: (...registrationIds: string[]) => Promise<void>;
  readonly endpoints: ShardStart["endpoints"];
}

export async function startTestCloud(
  options: Partial<Omit<EmulatorOptions, "tls">> & { readonly group?: boolean } = {},
): Promise<TestCloud> {
  const { group = true, ...emulatorOptions } = options;
  const pki = await testPki();
  const folder = temporaryDir();
  const hubs = options.hubs ?? DEFAULT_NAMES.hubs;
  const names = [DEFAULT_NAMES.provisioningHost, DEFAULT_NAMES.dpsHost, ...hubs, "127.0.0.1"];
  const server = await pki.server(names);
  const emulator = await startEmulator({
    retryAfterS: 0,
    ...emulatorOptions,
    tls: { certificatePem: server.chainPem, privateKeyPem: server.privateKeyPem },
  });
  if (group) {
    await ensureEnrollmentGroup(
      {
        groupId: "test-devices",
        attestation: { type: "x509", caPem: pki.intermediate.certificatePem },
        initialTwin: { properties: { desired: { fanstate: "on" } } },
        create: true,
      },
      {
        connectionString: emulator.dpsConnectionString,
        source: "the test",
        route: {
          address: emulator.host,
          port: emulator.httpsPort,
          caPem: pki.root.certificatePem,
        },
      },
    );
  }
  return {
    pki,
    emulator,
    certsDir: folder.path,
    issue: async (...registrationIds) => {
      for (const id of registrationIds) writeLeaf(folder.path, id, await pki.leaf(id));
    },
    endpoints: endpointsOf(emulator, pki.root.certificatePem),
    [Symbol.asyncDispose]: async () => {
      await emulator.stop();
      folder[Symbol.dispose]();
    },
  };
}

/** How devices reach an emulator. */
export function endpointsOf(emulator: Emulator, caPem: string): ShardStart["endpoints"] {
  return {
    provisioningHost: emulator.provisioningHost,
    idScope: emulator.idScope,
    caPem,
    connectTo: [
      { host: "", port: 443, address: emulator.host, toPort: emulator.httpsPort },
      { host: "", address: emulator.host, toPort: emulator.mqttPort },
    ],
    transport: "mqtt",
  };
}

/** A device as a plan would have it: a cave that sends every 50 ms. */
export function deviceSpec(registrationId: string, more: Partial<DeviceSpec> = {}): DeviceSpec {
  return {
    index: 0,
    registrationId,
    model: "cheese-cave",
    settings: {},
    credentials: { format: "pem" },
    telemetry: { intervalMs: 50, jitter: 0 },
    startMs: 0,
    ...more,
  };
}

/** A worker's shard that runs in the test's own process. */
export interface TestShard extends AsyncDisposable {
  readonly events: readonly DeviceEvent[];
  readonly snapshots: readonly Snapshot[];
  /** Resolves with the first event that fits, past ones included. */
  readonly event: <T extends DeviceEvent>(fits: (event: DeviceEvent) => event is T) => Promise<T>;
  /** Resolves when the newest row of a device fits. */
  readonly row: (registrationId: string, fits: (row: DeviceRow) => boolean) => Promise<DeviceRow>;
  /** Sum of a counter over all snapshots, whatever other labels it has: `telemetry_failed{class:offline}`. */
  readonly counter: (key: string) => number;
  /** Tells the worker's devices something. */
  readonly tell: (command: DeviceCommand) => void;
  /** Tells the worker that files of these devices have changed. */
  readonly identitiesChanged: (...registrationIds: string[]) => void;
  readonly stop: () => Promise<void>;
}

export async function runShard(
  cloud: Pick<TestCloud, "certsDir" | "endpoints">,
  devices: readonly DeviceSpec[],
  more: Partial<ShardStart> & {
    readonly limits?: DeviceLimits;
    readonly env?: Readonly<Record<string, string>>;
  } = {},
): Promise<TestShard> {
  const { limits = QUICK_LIMITS, env = {}, ...shard } = more;
  const snapshots: Snapshot[] = [];
  const events: DeviceEvent[] = [];
  const rows = new Map<string, DeviceRow>();
  const waiting = new Set<() => void>();
  const host = await WorkerHost.load({
    shard: {
      runId: "test",
      worker: 0,
      boot: 1,
      seed: 1,
      devices,
      timeScale: 1,
      certsDir: cloud.certsDir,
      modelsDir: cloud.certsDir,
      alerts: [],
      phases: [],
      endpoints: cloud.endpoints,
      saveMessages: false,
      snapshotIntervalMs: 10,
      logLevel: "silent",
      ...shard,
    },
    env,
    log: silentLogger(),
    wallMs: () => performance.timeOrigin + performance.now(),
    resources: () => ({ cpuS: 0, rssBytes: 0 }),
    onSnapshot: (snapshot) => {
      snapshots.push(snapshot);
      events.push(...snapshot.events);
      for (const row of snapshot.devices) rows.set(row.registrationId, row);
      for (const look of waiting) look();
    },
    limits,
  });
  const until = <T>(find: () => T | undefined): Promise<T> =>
    new Promise((resolve) => {
      const look = (): void => {
        const found = find();
        if (found === undefined) return;
        waiting.delete(look);
        resolve(found);
      };
      waiting.add(look);
      look();
    });
  host.begin(Date.now());
  const stop = (): Promise<void> => host.stop();
  return {
    events,
    snapshots,
    event: (fits) => until(() => events.find(fits)),
    row: (registrationId, fits) =>
      until(() => {
        const row = rows.get(registrationId);
        return row !== undefined && fits(row) ? row : undefined;
      }),
    counter: (key) => sumOf(snapshots, key),
    tell: (command) => host.tell(command),
    identitiesChanged: (...ids) => host.identitiesChanged(ids),
    stop,
    [Symbol.asyncDispose]: stop,
  };
}

function sumOf(snapshots: readonly Snapshot[], wanted: string): number {
  const { name, labels } = parseMetricKey(wanted);
  const series = new SeriesMap<number>();
  for (const { counters } of snapshots) {
    for (const [key, by] of Object.entries(counters)) series.set(key, (series.get(key) ?? 0) + by);
  }
  return series.select(name, labels).reduce((sum, { value }) => sum + value, 0);
}
