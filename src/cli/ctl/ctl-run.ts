import type { ControlDone, FleetStatus } from "../../control/control-answer.ts";
import type { ControlRequest } from "../../control/control-request.ts";
import { findRun } from "../../control/find-run.ts";
import type { Host } from "../host.ts";
import { untilStopped } from "../until-stopped.ts";
import type { CtlFlags } from "./ctl-flags.ts";

/** What is printed of it. */
export type ToldOf = (done: ControlDone, run: string) => readonly string[];

/**
 * Asks the run, and prints what came of it: words, or with `--json` the run's answer.
 *
 * @throws {FleetError} where there is no run to ask, or it refuses
 */
export async function askRun(
  request: ControlRequest,
  flags: CtlFlags,
  host: Host,
  told: ToldOf,
): Promise<void> {
  await untilStopped(host, async (stop) => {
    const { client, shown } = await findRun(flags.run, host.cwd);
    try {
      const done = await client.ask(request, stop);
      const text = flags.json ? JSON.stringify(jsonOf(done)) : told(done, shown).join("\n");
      host.stdout.write(`${text}\n`);
    } finally {
      client.close();
    }
  });
}

const jsonOf = ({
  changed,
  status,
}: ControlDone): { readonly changed: boolean; readonly status: FleetStatus } => ({
  changed,
  status,
});
