import type { JsonObject, ModelEvent, RandomStream } from "../../../src/model/model.ts";
import { OrnsteinUhlenbeck } from "../../shared/noise.ts";
import type { Saved } from "../../shared/saved.ts";
import type { Belt } from "../belt.ts";
import type { BeltFaults } from "../belt-faults.ts";
import type { BeltFeatures } from "../features.ts";
import { drawn } from "../range.ts";
import type { Signal, SignalContext } from "../signal.ts";
import { Falling } from "./falling.ts";
import { Monitor } from "./monitor.ts";
import { Motion } from "./motion.ts";
import { Packages } from "./packages.ts";
import type { PhysicalParameters } from "./parameters.ts";
import { physicalParameters } from "./parameters.ts";
import { Shakes, tellShaking } from "./shakes.ts";
import { SpeedSchedule } from "./speed-schedule.ts";
import { isSameShaking, PhysicalVibration } from "./vibration.ts";
import { windowFeatures } from "./window-features.ts";

/**
 * A belt with inertia: speeds with ramps, phases and envelopes that go on through them, and packages that lie on it.
 * Time is cut where something happens (a speed is reached, a wheel breaks, a package falls); between two such moments
 * all is exact, so that the interval of the messages does not change what the belt does.
 */
export class PhysicalSignal implements Signal {
  readonly #belt: Belt;
  readonly #faults: BeltFaults;
  readonly #tell: (event: ModelEvent) => void;
  readonly #parameters: PhysicalParameters;
  readonly #motion: Motion;
  readonly #schedule: SpeedSchedule;
  readonly #packages: Packages;
  readonly #falling: Falling;
  readonly #vibration: PhysicalVibration;
  readonly #shakes: Shakes;
  readonly #monitor: Monitor;
  readonly #temperature: OrnsteinUhlenbeck;
  readonly #process: RandomStream;

  constructor(context: SignalContext) {
    const parameters = physicalParameters(context.settings);
    const init = context.random("init");
    this.#belt = context.belt;
    this.#faults = context.faults;
    this.#tell = (event) => context.tell(event);
    this.#parameters = parameters;
    this.#motion = new Motion(parameters.accelerationMps2);
    this.#schedule = new SpeedSchedule(parameters.plan, context.random("speed"));
    this.#packages = new Packages(parameters.pitchM, parameters.beltLengthM);
    this.#falling = new Falling(context.random("packages"));
    this.#vibration = new PhysicalVibration(parameters, {
      amplitude: drawn(parameters.naturalAmplitude, init),
      radPerS: 2 * Math.PI * drawn(parameters.naturalHz, init),
    });
    this.#shakes = new Shakes(parameters, this.#faults, context.random("wear"));
    this.#monitor = new Monitor(
      parameters,
      this.#vibration,
      context.random("sensor"),
      context.random("waveform"),
    );
    this.#temperature = new OrnsteinUhlenbeck(
      parameters.temperatureSpreadF,
      parameters.temperatureMemoryS,
    );
    this.#temperature.begin(init);
    this.#process = context.random("process");
  }

  get naturalFrequencyHz(): number {
    return this.#vibration.naturalHz;
  }

  advance(dtS: number): void {
    this.#obey();
    let leftS = dtS;
    while (leftS > 0) {
      const partS = Math.min(leftS, this.#untilEventS());
      this.#glide(partS);
      this.#obey();
      leftS -= partS;
    }
    this.#show(dtS);
  }

  clearFaults(): void {
    this.#shakes.clear();
    this.#obey();
    this.#showFaults();
  }

  features(): BeltFeatures {
    return this.#monitor.features(this.#motion.speedMps, this.#packages.dropped);
  }

  snapshot(): JsonObject {
    return {
      motion: this.#motion.save(),
      schedule: this.#schedule.save(),
      packages: this.#packages.save(),
      falling: this.#falling.save(),
      vibration: this.#vibration.save(),
      shakes: this.#shakes.save(),
      monitor: this.#monitor.save(),
      temperature: this.#temperature.value,
      process: this.#process.save(),
    };
  }

  restore(saved: Saved): void {
    this.#motion.load(saved.part("motion"));
    this.#schedule.load(saved.part("schedule"));
    this.#packages.load(saved.part("packages"));
    this.#falling.load(saved.part("falling"));
    this.#vibration.load(saved.part("vibration"));
    this.#shakes.load(saved.part("shakes"));
    this.#monitor.load(saved.part("monitor"));
    this.#temperature.value = saved.number("temperature");
    this.#process.load(saved.numbers("process"));
  }

  /** Nobody asks for a speed and nothing holds the belt. */
  get #isFree(): boolean {
    return this.#belt.desiredSpeed === null && !this.#isJammed;
  }

  get #isJammed(): boolean {
    return this.#faults.severityOf("jam") !== undefined;
  }

  get #isMoving(): boolean {
    return this.#motion.speedMps > 0 || this.#motion.targetMps > 0;
  }

  /** Turns what is asked for and what is broken into where speed and vibration go from here. */
  #obey(): void {
    const { desiredSpeed } = this.#belt;
    const speed = this.#isJammed ? "stopped" : (desiredSpeed ?? this.#schedule.speed);
    this.#belt.speed = speed;
    this.#motion.targetMps = this.#parameters.speedsMps[speed];
    this.#belt.isSteady = this.#motion.rampS === Infinity;
    const { shaking: before } = this.#vibration;
    const after = this.#shakes.shaking();
    // Seldom: most events are those of the speed.
    if (!isSameShaking(before, after)) {
      tellShaking(before, after, this.#tell);
      this.#vibration.shake(after);
    }
    this.#falling.expect(this.#isFallingNow ? this.#faults.falling : undefined);
  }

  /** Judged between two events: an envelope that grows past the threshold counts from the next one on. */
  get #isFallingNow(): boolean {
    const { falling } = this.#faults;
    if (falling === undefined || this.#motion.speedMps === 0) return false;
    const sines = this.#vibration.sinesAt(this.#motion.speedMps);
    return windowFeatures(sines, 0).peak > falling.threshold;
  }

  /** Seconds until something happens, if nothing else does before; > 0. */
  #untilEventS(): number {
    return Math.min(
      this.#motion.rampS,
      this.#isFree ? this.#schedule.leftS : Infinity,
      this.#isMoving ? this.#shakes.leftS : Infinity,
      this.#falling.leftS,
    );
  }

  /** Goes on by a time in which nothing happens but at its end. */
  #glide(dtS: number): void {
    const wasMoving = this.#isMoving;
    const wasFree = this.#isFree;
    const metres = this.#motion.advance(dtS);
    this.#vibration.advance(dtS, metres);
    this.#packages.moveTo(this.#motion.distanceM);
    if (this.#falling.passes(dtS) && this.#packages.drop()) {
      this.#tell({ name: "packageDropped", text: "A package fell off the belt", level: "warning" });
    }
    if (wasFree) this.#schedule.passes(dtS);
    if (wasMoving) this.#shakes.ran(dtS);
    if (wasMoving && this.#motion.speedMps === 0) this.#rest();
    this.#belt.stoppedS = wasMoving ? 0 : this.#belt.stoppedS + dtS;
  }

  /** The belt has come to a stand. */
  #rest(): void {
    this.#shakes.clear();
    this.#vibration.rest();
  }

  #show(dtS: number): void {
    const belt = this.#belt;
    const temperature = this.#temperature.step(dtS, this.#process);
    belt.vibration = this.#monitor.reading(this.#motion.speedMps);
    belt.temperatureF = this.#parameters.temperatureF + temperature;
    belt.packages = this.#packages.delivered;
    this.#showFaults();
  }

  #showFaults(): void {
    this.#belt.forced = this.#vibration.shaking.wheel > 0;
    this.#belt.increasing = this.#vibration.shaking.resonanceGrowthS > 0;
  }
}
