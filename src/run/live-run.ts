import type { FleetStatus } from "../control/control-answer.ts";
import type { AbortedBy } from "../metrics/abort-watch.ts";
import type { DeviceState } from "../metrics/device-row.ts";
import type { TwinActionAccount } from "../output/output.ts";
import type { LedgerResult } from "../output/ledger.ts";
import type { Supervisor } from "../supervisor/supervisor.ts";
import { renewalOptions } from "./actions/renew-certificates.ts";
import { FleetControl } from "./control/fleet-control.ts";
import { steerFleet } from "./control/steer-fleet.ts";
import type { SteeredFleet } from "./control/steered-fleet.ts";
import type { SteeredArrival } from "./arrival/steered-arrival.ts";
import type { EmulatorProcess } from "./emulator-process.ts";
import { DeviceIdWatch } from "./device-id-watch.ts";
import type { EndReason } from "./end-of-run.ts";
import { endOfRun } from "./end-of-run.ts";
import { FleetTicker } from "./fleet-ticker.ts";
import { FleetTimeline } from "./fleet-timeline.ts";
import { FleetView } from "./fleet-view.ts";
import type { FleetIdentities } from "./identities.ts";
import { IdentityCare } from "./identity-care.ts";
import type { Oracle } from "./oracle/oracle.ts";
import { startOracle } from "./oracle/start-oracle.ts";
import type { LiveRunOptions } from "./live-run-options.ts";
import { plannedDevices } from "./planned-devices.ts";
import { startRunEmulator } from "./run-emulator.ts";
import { RunClock } from "./run-clock.ts";
import type { RunServices } from "./run-services.ts";
import { openRunServices } from "./run-services.ts";
import { startUnlessStopped } from "./start-unless-stopped.ts";
import { runWorkers } from "./run-workers.ts";
import { ownTarget } from "./services.ts";
import type { Target } from "./target.ts";
import { timeZero } from "./time-zero.ts";

/** From the first process to the last: emulator, services, workers, timeline, and the account of it all. */
export class LiveRun {
  readonly view: FleetView;
  readonly #given: LiveRunOptions;
  #emulator: EmulatorProcess | undefined;
  #supervisor: Supervisor | undefined;
  readonly #timeline: FleetTimeline;
  readonly #clock: RunClock;
  #services: RunServices | undefined;
  #care: IdentityCare | undefined;
  #control: FleetControl | undefined;
  #oracle: Oracle | undefined;
  #steered: SteeredFleet | undefined;
  #arrival: SteeredArrival | undefined;
  readonly #ticker: FleetTicker;
  readonly #ids = new DeviceIdWatch();

  constructor(given: LiveRunOptions) {
    this.#given = given;
    const { past } = given;
    this.#clock = new RunClock(given.context.wallMs, past?.record.t);
    this.view = new FleetView({
      devices: plannedDevices(given.prepared),
      past,
      phases: given.prepared.plan.phases,
      emit: given.emit,
      onDeviceEvent: (event) => {
        this.#timeline.observe(event);
        this.#care?.observe(event);
        this.#arrival?.observe(event);
        this.#control?.observe(event);
        this.#oracle?.observe(event);
      },
      onMessages: (messages) => given.files.saveMessages(messages),
    });
    const { prepared, context, log } = given;
    this.#ticker = new FleetTicker({
      view: this.view,
      aborts: prepared.plan.aborts,
      generator: { resources: context.resources, workers: prepared.workers },
      workers: () => this.workers,
      delays: () => this.#services?.account?.takeDelays(),
      clock: () => this.t,
      log,
    });
    this.#timeline = new FleetTimeline({
      plan: prepared.plan,
      view: this.view,
      services: () => this.#services,
      control: () => this.#control,
      clock: () => this.t,
      emit: given.emit,
      warn: (text) => context.console.warning(text),
      certificates: renewalOptions(given.options, context),
    });
    for (const event of past?.timeline ?? []) this.#timeline.recall(event);
  }

  /** ms after time 0, 0 before it; stands still once the end is decided. */
  get t(): number {
    return this.#clock.t;
  }

  /** Whether devices have started. */
  get hasBegun(): boolean {
    return this.#given.past !== undefined || this.#clock.zeroMs !== undefined;
  }

  /** How far it is: set-up, devices at work, or what is done once the end is decided. */
  get phase(): FleetStatus["phase"] {
    if (this.#clock.isStopped) return "ending";
    return this.#clock.zeroMs === undefined ? "settingUp" : "running";
  }

  /** The devices, for whoever steers them; undefined before time 0. */
  get steered(): SteeredFleet | undefined {
    return this.#steered;
  }

  get workers(): { readonly lost: number; readonly restarted: number; readonly gone: number } {
    const { lost = 0, restarted = 0, lostForGood: gone = 0 } = this.#supervisor ?? {};
    const before = this.#given.past?.record.workers ?? { lost: 0, restarted: 0 };
    return { lost: before.lost + lost, restarted: before.restarted + restarted, gone };
  }

  /** The threshold that ended the run; undefined = none did. */
  get aborted(): AbortedBy | undefined {
    return this.#ticker.aborted;
  }

  /** Accounts of the timeline. */
  get actions(): readonly TwinActionAccount[] {
    return this.#timeline.twinActions;
  }

  /**
   * Sets everything up, runs the fleet and resolves when the end is decided; processes are still there then.
   *
   * @throws {FleetError} when it cannot be set up, or breaks off; `INTERRUPTED` when stopped during set-up
   */
  async execute(identities: FleetIdentities): Promise<EndReason> {
    const { context, prepared } = this.#given;
    const force = (): void => this.#kill();
    context.force.addEventListener("abort", force, { once: true });
    this.#resume();
    const target = await this.#openTarget(identities);
    const supervisor = await this.#startWorkers(target, identities);
    context.stop.throwIfAborted();
    this.#begin(supervisor, identities, await this.#timeZero());
    const reason = await endOfRun({
      durationMs: prepared.plan.durationMs,
      clock: () => this.t,
      stop: context.stop,
      emulatorEnded: this.#emulator?.ended,
      allFailed: () => this.view.allFailed,
      workersLost: () => supervisor.lostForGood >= prepared.workers,
      aborted: () => this.aborted !== undefined,
      check: () => this.#services?.account?.check(),
    });
    this.#given.log.info({ reason, durationMs: Math.round(this.t) }, "end of the run");
    return reason;
  }

  /** Stops timeline and workers and closes the account; the emulator stays for what is still to be read. */
  async settle(): Promise<LedgerResult | null> {
    this.#clock.stop();
    this.#ticker.stop();
    this.#care?.stop();
    this.#arrival?.stop();
    if (this.#supervisor !== undefined) {
      this.#given.context.console.phase("stopping the devices, reading back what was ingested");
    }
    await this.#oracle?.stop();
    await this.#timeline.stop();
    await this.#supervisor?.stop();
    const { account, throttled } = this.#services ?? {};
    const ledger = (await account?.close(this.view.aggregate)) ?? null;
    this.#ticker.tell();
    for (const line of (await throttled?.()) ?? []) this.#given.context.console.warning(line);
    return ledger;
  }

  /** Ends what is left, the emulator last; safe to call twice and after any failure. */
  async shutdown(): Promise<void> {
    this.#ticker.stop();
    this.#care?.stop();
    this.#arrival?.stop();
    await this.#oracle?.stop();
    await this.#timeline.stop();
    await this.#supervisor?.stop();
    await this.#services?.account?.stop();
    this.#services?.close();
    await this.#emulator?.stop();
  }

  async #openTarget(identities: FleetIdentities): Promise<Target> {
    const { prepared, options, context } = this.#given;
    const target =
      this.#given.target ??
      (await ownTarget(await this.#startEmulator(identities), prepared, options, context));
    this.#services = await openRunServices({
      ...this.#given,
      target,
      ownEmulator: this.#emulator !== undefined,
      identities,
      aggregate: this.view.aggregate,
      clock: this.#clock,
    });
    return target;
  }

  async #startEmulator({ certsDir }: FleetIdentities): Promise<EmulatorProcess> {
    const { prepared, files, past, onChildOutput: onOutput } = this.#given;
    const { own } = prepared;
    if (own === undefined) throw new TypeError("this run starts no emulator");
    const before = past?.journal.emulator;
    const where = { own, certsDir, dir: files.dir, before, onOutput };
    this.#emulator = await startRunEmulator({ ...this.#given, ...where });
    return this.#emulator;
  }

  /** Where the run goes on, its devices are those of lost workers until they tell again. */
  #resume(): void {
    const { past, journal, context, emit, prepared } = this.#given;
    if (past === undefined) return;
    const { boot } = journal;
    emit({ type: "resume", t: Math.round(this.t), at: context.now().toISOString(), boot });
    for (let worker = 0; worker < prepared.workers; worker += 1) {
      this.view.lost(worker, Math.round(this.t));
    }
  }

  /** ms since 1970. */
  async #timeZero(): Promise<number> {
    const { past, options, context } = this.#given;
    return past === undefined ? timeZero(options.startAtMs, context) : this.#nowMs() - this.t;
  }

  async #startWorkers(target: Target, identities: FleetIdentities): Promise<Supervisor> {
    const { context } = this.#given;
    const supervisor = runWorkers({
      ...this.#given,
      target,
      certsDir: identities.certsDir,
      view: this.view,
      account: this.#services?.account,
      onSnapshot: (snapshot) => {
        this.#ticker.heard(snapshot);
        this.view.snapshot(snapshot);
        for (const text of this.#ids.look(snapshot.devices)) context.console.warning(text);
        this.#timeline.look();
      },
      onWorker: (notice) => {
        this.#ticker.worker(notice);
        this.view.worker(notice, Math.round(this.t));
      },
    });
    this.#supervisor = supervisor;
    await startUnlessStopped(supervisor, context.stop);
    return supervisor;
  }

  #begin(supervisor: Supervisor, identities: FleetIdentities, timeZeroMs: number): void {
    this.#clock.begin(timeZeroMs);
    const { options, past, context: machine } = this.#given;
    // By the machine's clock, which the clocks of other parts can be held against; that of `wallMs` nobody sets.
    const at = new Date(options.startAtMs ?? machine.now()).toISOString();
    if (past === undefined) this.#given.emit({ type: "begin", t: Math.round(this.t), at });
    this.#given.log.info("workers ready, devices start");
    supervisor.begin(timeZeroMs);
    const { prepared, context, log, emit } = this.#given;
    const { plan } = prepared;
    const clock = (): number => this.t;
    const stateOf = (id: string): DeviceState | undefined => this.view.aggregate.state(id);
    const control = new FleetControl({ workers: supervisor, stateOf, clock, seed: plan.seed });
    this.#control = control;
    this.#services?.account?.start();
    this.#timeline.start();
    this.#ticker.start();
    const ids = plan.devices.map(({ registrationId }) => registrationId);
    const { view } = this;
    this.#oracle = startOracle(plan.oracle, this.#services, { ids, view, clock, emit, log });
    const steered = steerFleet({
      ...this.#given,
      supervisor,
      control,
      stateOf,
      clock,
      timeline: this.#timeline,
    });
    this.#arrival = steered.arrival;
    this.#steered = steered;
    this.#care = new IdentityCare({
      ...identities,
      devices: prepared.plan.devices,
      nowMs: () => context.now().getTime(),
      onChange: (changed) => supervisor.identitiesChanged(changed),
      console: context.console,
      log,
    });
  }

  #kill(): void {
    this.#supervisor?.kill();
    this.#emulator?.kill();
  }

  #nowMs(): number {
    return this.#given.context.wallMs();
  }
}
