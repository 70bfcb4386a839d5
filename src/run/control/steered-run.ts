import type { Plan } from "../../plan/plan.ts";
import type { LiveRun } from "../live-run.ts";
import type { RunIdentity } from "../run-identity.ts";
import type { SteeredRun } from "./control-desk.ts";
import type { Steering } from "./steering.ts";

/**
 * A run as people who steer it see it.
 *
 * @param given.dir absolute; where its results will be
 */
export function steeredRun(given: {
  readonly run: Pick<RunIdentity, "id" | "scenario">;
  readonly plan: Pick<Plan, "durationMs">;
  readonly dir: string;
  readonly live: Pick<LiveRun, "phase" | "t" | "steered" | "view">;
  readonly steering: Steering;
}): SteeredRun {
  const { run, plan, dir, live, steering } = given;
  return {
    get status() {
      return {
        runId: run.id,
        scenario: run.scenario,
        dir,
        phase: steering.stop.aborted ? "ending" : live.phase,
        t: live.t,
        durationMs: plan.durationMs ?? null,
        arrival: live.steered?.arrival.state ?? null,
        scale: live.steered?.scale.state ?? null,
        devices: live.view.aggregate.states(),
      };
    },
    get fleet() {
      return live.steered;
    },
    finish: () => steering.finish(),
  };
}
