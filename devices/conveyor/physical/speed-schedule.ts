import { anyNumber } from "../../shared/saved.ts";
import type { Saved } from "../../shared/saved.ts";
import type { JsonObject, RandomStream } from "../../../src/model/model.ts";
import type { Speed } from "../belt.ts";
import { SPEEDS } from "../belt.ts";
import type { PlannedSpeed } from "./speed-plan.ts";
import { waitingS } from "./waiting-time.ts";

/** The samples' chances are for ticks of 2 s; as rates they give the same for steps of any length. */
const TICK_S = 2;
const meanStayS = (chanceToStay: number): number => -TICK_S / Math.log(chanceToStay);
/** Of a moving belt, for each tick: 0.05 to the other speed, and 0.01 to stop where that does not happen. */
const TO_OTHER_SPEED = 0.05;
const TO_STOP = 0.01 * (1 - TO_OTHER_SPEED);
const RUNNING_S = meanStayS(1 - TO_OTHER_SPEED - TO_STOP);
const STOPPED_S = meanStayS(0.75);

/** Which speed the belt should have while nobody asks for one: by chance as in the samples, or by a plan. */
export class SpeedSchedule {
  speed: Speed;
  /** Seconds until the next change. */
  leftS: number;
  readonly #random: RandomStream;
  readonly #plan: readonly PlannedSpeed[];
  #part = 0;

  /** @param plan empty = by chance, beginning with a belt that stands still */
  constructor(plan: readonly PlannedSpeed[], random: RandomStream) {
    this.#random = random;
    this.#plan = plan;
    this.speed = plan[0]?.speed ?? "stopped";
    this.leftS = plan[0]?.seconds ?? this.#stayS();
  }

  /** Time goes on by `dtS`, at most `leftS`; when none is left, the speed changes. */
  passes(dtS: number): void {
    this.leftS -= dtS;
    if (this.leftS > 0) return;
    const planned = this.#plan[(this.#part + 1) % this.#plan.length];
    if (planned === undefined) {
      this.speed = this.#drawn();
      this.leftS = this.#stayS();
      return;
    }
    this.#part = (this.#part + 1) % this.#plan.length;
    this.speed = planned.speed;
    this.leftS = planned.seconds;
  }

  save(): JsonObject {
    return {
      speed: this.speed,
      leftS: anyNumber(this.leftS),
      part: this.#part,
      random: this.#random.save(),
    };
  }

  /** @throws {TypeError} naming the member that is not what `save` gives */
  load(saved: Saved): void {
    this.speed = saved.choice("speed", SPEEDS);
    this.leftS = saved.anyNumber("leftS");
    this.#part = saved.number("part");
    this.#random.load(saved.numbers("random"));
  }

  #drawn(): Speed {
    if (this.speed === "stopped") return "slow";
    const stops = this.#random.next() < TO_STOP / (TO_STOP + TO_OTHER_SPEED);
    if (stops) return "stopped";
    return this.speed === "slow" ? "fast" : "slow";
  }

  #stayS(): number {
    return waitingS(this.speed === "stopped" ? STOPPED_S : RUNNING_S, this.#random);
  }
}
