import { sleep } from "../../base/retry.ts";
import type { ControlClient } from "../../control/control-client.ts";
import type { ControlDone } from "../../control/control-answer.ts";
import type { ControlRequest } from "../../control/control-request.ts";
import { findRun } from "../../control/find-run.ts";
import type { Host } from "../host.ts";
import { openProgress } from "../progress.ts";
import { untilStopped } from "../until-stopped.ts";
import type { CtlFlags } from "./ctl-flags.ts";

/** Between two looks at how far it is, in ms: workers tell every half a second. */
const LOOK_MS = 500;

/** What is printed of it, a line each. */
export type ToldOf = (done: ControlDone) => readonly string[];

/** What is asked, and what becomes of it. */
export interface Asking {
  readonly request: ControlRequest;
  readonly told: ToldOf;
  /** Devices that it is still to be done to; undefined = it is done with the answer. */
  readonly leftOf?: ((done: ControlDone) => number) | undefined;
}

/**
 * Asks the run, and prints what came of it: words, or with `--json` the run's answer.
 *
 * @throws {FleetError} where there is no run to ask, or it refuses
 */
export async function askRun(
  { request, told, leftOf }: Asking,
  flags: CtlFlags,
  host: Host,
): Promise<void> {
  await untilStopped(
    host,
    async (stop) => {
      const { client } = await findRun(flags.run, host.cwd);
      try {
        const first = await client.ask(request, stop);
        const { changed, ...rest } =
          leftOf === undefined ? first : await watched(client, first, leftOf, host, stop);
        const done = { ...rest, changed: first.changed || changed };
        const { ok: _ok, ...shown } = done;
        const text = flags.json ? JSON.stringify(shown) : told(done).join("\n");
        host.stdout.write(`${text}\n`);
      } finally {
        client.close();
      }
    },
    { message: () => "stopped watching: what was asked for goes on" },
  );
}

/** Shows how far it is until nothing is left. @returns the newest answer */
async function watched(
  client: ControlClient,
  first: ControlDone,
  leftOf: (done: ControlDone) => number,
  host: Host,
  stop: AbortSignal,
): Promise<ControlDone> {
  const total = leftOf(first);
  const progress = openProgress(host, "devices where they should be");
  try {
    let done = first;
    for (let left = total; left > 0; left = leftOf(done)) {
      progress.update(Math.max(0, total - left), total);
      await sleep(LOOK_MS, stop);
      done = await client.ask({ do: "status" }, stop);
    }
    return done;
  } finally {
    progress.end();
  }
}
