import type { Logger } from "../base/log.ts";
import { proxiesOf } from "../base/proxy.ts";
import { createRandom } from "../base/random.ts";
import type { DeviceWay } from "../base/transport.ts";
import type { Alert } from "../device/alerts.ts";
import type { DeviceContext } from "../device/device-context.ts";
import type { DeviceLimits } from "../device/device-limits.ts";
import { DEVICE_LIMITS } from "../device/device-limits.ts";
import { IdentityLoader } from "../device/identity.ts";
import { createAttemptPace } from "../device/attempt-pace.ts";
import { createSlots } from "../device/slots.ts";
import { parseAlertCondition } from "../metrics/alert-condition.ts";
import { gcMs } from "../metrics/generator/gc-use.ts";
import { ModelTime } from "../metrics/generator/model-time.ts";
import type { ProcessHealth } from "../metrics/generator/process-health.ts";
import { ProcessProbe } from "../metrics/generator/process-probe.ts";
import { Recorder } from "../metrics/recorder.ts";
import type { Snapshot } from "../metrics/snapshot.ts";
import { loadModel } from "../model/load-model.ts";
import type { FileTexts } from "../model/model-files.ts";
import { readModelFiles } from "../model/model-files.ts";
import type { DeviceModel } from "../model/model.ts";
import type { DeviceSpec } from "../plan/plan.ts";
import { HostedDevice } from "./hosted-device.ts";
import type { DeviceCommand, ShardStart } from "./protocol.ts";

export interface WorkerHostOptions {
  readonly shard: ShardStart;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly log: Logger;
  /** The wall clock in ms since 1970, monotonic within the process. */
  readonly wallMs: () => number;
  /** CPU seconds since the start of the process and resident bytes now. */
  readonly resources: () => Snapshot["resources"];
  readonly onSnapshot: (snapshot: Snapshot) => void;
  /** Defaults to the shipped limits. */
  readonly limits?: DeviceLimits;
}

/** Runs one shard: its devices on this process's event loop, and a snapshot of what they did every so often. */
export class WorkerHost {
  readonly #options: WorkerHostOptions;
  readonly #models: ReadonlyMap<string, DeviceModel>;
  /** By the model's name in the plan. */
  readonly #modelTimes: ReadonlyMap<string, ModelTime>;
  readonly #files: FileTexts;
  readonly #recorder: Recorder;
  /** ms after time 0; before that is known there is no device that could ask. */
  readonly #clock = (): number => this.#options.wallMs() - this.#timeZeroMs;
  readonly #changed = new Set<HostedDevice>();
  readonly #devices = new Map<string, HostedDevice>();
  readonly #alerts: readonly Alert[];
  readonly #log: Logger;
  readonly #identities: IdentityLoader;
  readonly #way: DeviceWay;
  #ticker: NodeJS.Timeout | undefined;
  #probe: ProcessProbe | undefined;
  /** ms since 1970. */
  #timeZeroMs = 0;

  private constructor(
    options: WorkerHostOptions,
    models: ReadonlyMap<string, DeviceModel>,
    files: FileTexts,
  ) {
    this.#options = options;
    this.#models = models;
    this.#modelTimes = new Map(
      [...models].map(([name, model]) => [name, new ModelTime(model.name, options.wallMs)]),
    );
    this.#files = files;
    this.#alerts = options.shard.alerts.flatMap(({ name, when, where }) => {
      const parsed = parseAlertCondition(when);
      // The scenario's schema has parsed each of them before.
      return "condition" in parsed ? [{ name, condition: parsed.condition, where }] : [];
    });
    this.#recorder = new Recorder({ ...options.shard, clock: this.#clock });
    this.#log = options.log.child({ component: "worker" });
    const { transport, connectTo, caPem } = options.shard.endpoints;
    this.#way = { transport, connectTo, proxyFor: proxiesOf(options.env, caPem) };
    const { certsDir, endpoints } = options.shard;
    this.#identities = new IdentityLoader({
      certsDir,
      env: options.env,
      now: () => new Date(options.wallMs()),
      caPem: endpoints.caPem,
    });
  }

  /** Loads the shard's models and the files of their settings. @throws {FleetError} if one cannot be loaded */
  static async load(options: WorkerHostOptions): Promise<WorkerHost> {
    const startedMs = options.wallMs();
    const { boot, devices, modelsDir } = options.shard;
    const names = [...new Set(devices.map((spec) => spec.model))];
    const models = new Map(
      await Promise.all(names.map(async (name) => [name, await loadModel(name)] as const)),
    );
    const uses = devices.flatMap(({ model: name, settings }) => {
      const model = models.get(name);
      return model === undefined ? [] : [{ model, settings }];
    });
    const host = new WorkerHost(options, models, await readModelFiles(uses, modelsDir));
    const durationMs = Math.round(options.wallMs() - startedMs);
    host.#log.info({ boot, devices: devices.length, models: names, durationMs }, "shard loaded");
    return host;
  }

  /** Starts every device at its moment after time 0, if it has one. @param timeZeroMs ms since 1970 */
  begin(timeZeroMs: number): void {
    const { shard } = this.#options;
    this.#timeZeroMs = timeZeroMs;
    this.#log.info({ devices: shard.devices.length }, "devices start when they are due");
    this.#watch();
    const slots = createSlots(shard.concurrency);
    const pace = createAttemptPace(shard.attemptsPerS, this.#clock);
    const { cachesAssignments: cachesAssignment = false } = shard;
    for (const spec of shard.devices) {
      const onChange = (): void => void this.#changed.add(device);
      const context = { ...this.#contextOf(spec), slots, pace, onChange };
      const device = new HostedDevice(context, { cachesAssignment, onBug: crash });
      this.#devices.set(spec.registrationId, device);
      if (spec.startMs !== null) device.start(spec.startMs);
    }
    this.#ticker = setInterval(() => this.#tell(), shard.snapshotIntervalMs);
  }

  /** Tells devices what the command says; ids of other workers' devices are passed over. */
  tell(command: DeviceCommand): void {
    if (command.type === "startDevices") {
      for (const { registrationId, dueMs } of command.starts) {
        this.#devices.get(registrationId)?.start(dueMs);
      }
      return;
    }
    for (const id of command.registrationIds) {
      const device = this.#devices.get(id);
      if (device !== undefined) obey(device, command);
    }
  }

  /** The files of these devices' identities have changed; ids of other workers' devices are passed over. */
  identitiesChanged(registrationIds: readonly string[]): void {
    for (const id of registrationIds) this.#devices.get(id)?.identityChanged().catch(crash);
  }

  /** Stops every device in order and sends the last snapshot; safe to call twice. */
  async stop(): Promise<void> {
    const startedMs = this.#options.wallMs();
    // What the goodbyes of a whole fleet cost says nothing of the times that were measured.
    this.#probe?.stop();
    await Promise.all([...this.#devices.values()].map((device) => device.close()));
    clearInterval(this.#ticker);
    this.#tell();
    const durationMs = Math.round(this.#options.wallMs() - startedMs);
    this.#log.info({ durationMs }, "devices stopped");
  }

  /** Watches this process from now on, its delays among what is recorded. */
  #watch(): void {
    const clock = this.#clock;
    this.#probe = new ProcessProbe({
      clock,
      resources: this.#options.resources,
      models: [...this.#modelTimes.values()],
      onDelay: (ms) =>
        this.#recorder.ownProcess.observe("generator_loop_delay_ms", ms, clock() - ms),
    });
  }

  #contextOf(spec: DeviceSpec): Omit<DeviceContext, "slots" | "pace" | "onChange"> {
    const { shard, log, wallMs, limits = DEVICE_LIMITS } = this.#options;
    const { endpoints } = shard;
    const model = this.#models.get(spec.model);
    const modelTime = this.#modelTimes.get(spec.model);
    if (model === undefined || modelTime === undefined)
      throw new Error(`model ${spec.model} was not loaded`);
    const now = (): Date => new Date(wallMs());
    return {
      spec,
      worker: shard.worker,
      boot: shard.boot,
      model,
      modelTime,
      provisioningHost: endpoints.provisioningHost,
      idScope: endpoints.idScope,
      way: this.#way,
      loadIdentity: () => this.#identities.load(spec),
      recorder: this.#recorder.of(model.name, spec.hub),
      timeScale: shard.timeScale,
      saveMessages: shard.saveMessages,
      hearsMessages: shard.hearsMessages ?? false,
      alerts: this.#alerts,
      clock: this.#clock,
      now,
      files: this.#files,
      random: (stream) => createRandom(shard.seed, spec.registrationId, stream),
      limits: { ...limits, ...spec.connection },
      // Devices speak from debug on: before that thousands of them need no logger each.
      log: log.isLevelEnabled("debug")
        ? log.child({ component: "device", deviceId: spec.registrationId })
        : log,
    };
  }

  #tell(): void {
    if (this.#options.shard.tellsSettled === true)
      for (const device of this.#devices.values()) device.tellSettled();
    for (const device of this.#changed) this.#recorder.device(device.row);
    this.#changed.clear();
    const health = this.#probe?.take();
    if (health !== undefined) this.#countUse(health);
    this.#options.onSnapshot(this.#recorder.take(this.#options.resources(), health));
  }

  #countUse({ cpuMs, gc }: ProcessHealth): void {
    const { ownProcess } = this.#recorder;
    ownProcess.count("generator_cpu_ms", cpuMs, this.#clock());
    ownProcess.count("generator_gc_ms", gcMs(gc), this.#clock());
  }
}

function obey(
  device: HostedDevice,
  command: Exclude<DeviceCommand, { readonly type: "startDevices" }>,
): void {
  switch (command.type) {
    case "holdStarts":
      device.hold();
      return;
    case "stopDevices":
      device.stop(command.how);
      return;
    case "deviceFault":
      device.fault(command.fault);
      return;
    case "retune":
      device.retune(command.intervalMs);
      return;
    default:
      command satisfies never;
  }
}

/** A bug in a device ends the worker with its stack; the supervisor sees it leave. */
function crash(error: unknown): void {
  queueMicrotask(() => {
    throw error;
  });
}
