import type { JsonObject, ModelEvent, RandomStream } from "../../src/model/model.ts";
import type { Saved } from "../shared/saved.ts";
import type { Belt, Speed } from "./belt.ts";
import type { BeltFaults } from "./belt-faults.ts";
import type { ClassicProgram } from "./classic-program.ts";
import { nextSpeed, PACKAGES_PER_SECOND } from "./classic-speed.ts";
import { ClassicVibration, DAMPING, FORCED, INCREASING } from "./classic-vibration.ts";
import type { Signal, SignalContext } from "./signal.ts";

/**
 * The samples' programs, tick by tick, with their draws in their order. A tick stands for 2 s (3 s in the draft) of the
 * program's own time, whatever the interval.
 *
 * Source: Microsoft Learn, "Data anomaly detection using Azure IoT Hub", device code in C# and Node.js.
 */
export class ClassicSignal implements Signal {
  /** sin(t): one radian a second. */
  readonly naturalFrequencyHz = 1 / (2 * Math.PI);
  readonly #belt: Belt;
  readonly #faults: BeltFaults;
  readonly #program: ClassicProgram;
  readonly #random: RandomStream;
  readonly #forced: ClassicVibration;
  readonly #increasing: ClassicVibration;
  readonly #damping: ClassicVibration;
  /** Amplitude of the natural vibration, m/s². */
  #natural: number;
  /** Since the program's start; it goes on while the belt stands. */
  #seconds = 0;
  /** A jam holds the belt, so that its end starts it. */
  #jammed = false;

  constructor(context: SignalContext) {
    const { belt, faults, program } = context;
    const tell = (event: ModelEvent): void => context.tell(event);
    const { forced, increasing, damping = 0 } = program.begins;
    const unset = program.undefinedVibrations ? undefined : 0;
    this.#belt = belt;
    this.#faults = faults;
    this.#program = program;
    this.#random = context.random("classic");
    this.#natural = 2 + 2 * this.#random.next();
    this.#forced = new ClassicVibration(FORCED, forced, tell, unset);
    this.#increasing = new ClassicVibration(INCREASING, increasing, tell, unset);
    this.#damping = new ClassicVibration(DAMPING, damping, tell, 0);
  }

  advance(_dtS: number, ticks: number): void {
    for (let tick = 0; tick < ticks; tick += 1) this.#tick();
  }

  clearFaults(): void {
    this.#forced.clear();
    this.#increasing.clear();
    this.#damping.clear();
    this.#showVibrations();
  }

  snapshot(): JsonObject {
    return {
      natural: this.#natural,
      seconds: this.#seconds,
      jammed: this.#jammed,
      forced: this.#forced.snapshot(),
      increasing: this.#increasing.snapshot(),
      damping: this.#damping.snapshot(),
      random: this.#random.save(),
    };
  }

  restore(saved: Saved): void {
    this.#natural = saved.number("natural");
    this.#seconds = saved.number("seconds");
    this.#jammed = saved.flag("jammed");
    this.#forced.restore(saved.part("forced"));
    this.#increasing.restore(saved.part("increasing"));
    this.#damping.restore(saved.part("damping"));
    this.#random.load(saved.numbers("random"));
  }

  #tick(): void {
    const belt = this.#belt;
    const { tickS, temperature } = this.#program;
    belt.speed = this.#nextSpeed();
    if (temperature === "afterSpeed") this.#walkTemperature();
    if (belt.speed === "stopped") {
      this.clearFaults();
      belt.vibration = 0;
      belt.stoppedS += tickS;
    } else {
      belt.stoppedS = 0;
      belt.vibration = this.#vibration(belt.speed === "slow");
      this.#showVibrations();
    }
    this.#seconds += tickS;
    belt.packages += PACKAGES_PER_SECOND[belt.speed] * tickS;
    if (temperature === "last") this.#walkTemperature();
  }

  /** A jam and a desired speed take the place of chance, which is not asked then. */
  #nextSpeed(): Speed {
    const wasJammed = this.#jammed;
    this.#jammed = this.#faults.severityOf("jam") !== undefined;
    if (this.#jammed) return "stopped";
    if (this.#belt.desiredSpeed !== null) return this.#belt.desiredSpeed;
    return wasJammed ? "slow" : nextSpeed(this.#belt.speed, this.#random);
  }

  #vibration(isSlow: boolean): number {
    const { tickS, begins } = this.#program;
    this.#forced.draw(this.#random, isSlow, this.#faults.severityOf("brokenWheel"));
    this.#increasing.draw(this.#random, isSlow, this.#faults.severityOf("resonance"));
    if (begins.damping !== undefined) this.#damping.draw(this.#random, isSlow, undefined);
    return (
      (this.#natural * Math.sin(this.#seconds) +
        this.#forced.next(tickS, 0) +
        this.#increasing.next(tickS, 0)) *
      this.#damping.next(tickS, 1)
    );
  }

  /** Without a bound, as in the samples. */
  #walkTemperature(): void {
    this.#belt.temperatureF += this.#random.next() - 0.5;
  }

  #showVibrations(): void {
    this.#belt.forced = this.#forced.isOn;
    this.#belt.increasing = this.#increasing.isOn;
  }
}
