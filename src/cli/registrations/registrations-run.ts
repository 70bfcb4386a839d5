import type { z } from "zod";

import { FleetError } from "../../base/errors.ts";
import type { RegistrationRecord } from "../../service/registrations.ts";
import type { Host } from "../host.ts";
import { confirmOrRefuse } from "../confirm.ts";
import type { OpenDps } from "../open-dps.ts";
import { openDps } from "../open-dps.ts";
import { openProgress } from "../progress.ts";
import { untilStopped } from "../until-stopped.ts";
import type { deleteFlags, listFlags } from "./registrations-flags.ts";
import { registrationsTable } from "./registrations-text.ts";

/** `registrations list`: all records of a group's devices. */
export async function listRegistrations(
  flags: z.output<typeof listFlags>,
  host: Host,
): Promise<void> {
  await untilStopped(host, async (stop) => {
    const dps = await openDps(flags, host, stop);
    try {
      const all = await recordsOf(dps, flags.group);
      if (flags.json) host.stdout.write(`${JSON.stringify(all)}\n`);
      else if (all.length === 0) host.stderr.write(`no device of ${flags.group} has registered\n`);
      else host.stdout.write(registrationsTable(all));
    } finally {
      dps.close();
    }
  });
}

async function recordsOf(
  { registrations }: OpenDps,
  group: string,
): Promise<readonly RegistrationRecord[]> {
  const all: RegistrationRecord[] = [];
  for await (const page of registrations.ofGroup(group)) all.push(...page);
  return all;
}

/** `registrations delete`: asks on a terminal, and wants --yes elsewhere. */
export async function deleteRegistrations(
  flags: z.output<typeof deleteFlags>,
  host: Host,
): Promise<void> {
  const [{ pacedCalls }, { callFailures }] = await Promise.all([
    import("../../service/paced-calls.ts"),
    import("../../service/call-failures.ts"),
  ]);
  const { group, json, yes } = flags;
  await untilStopped(host, async (stop) => {
    const dps = await openDps(flags, host, stop);
    const progress = openProgress(host, "deleting registration records");
    try {
      const ids =
        group === undefined
          ? flags.ids
          : (await recordsOf(dps, group)).map(({ registrationId }) => registrationId);
      const what =
        ids.length === 1 ? "1 registration record" : `${ids.length} registration records`;
      if (ids.length > 0)
        await confirmOrRefuse(host, stop, { yes, question: `Delete ${what} at ${dps.host}?` });
      const pace = await dps.pace();
      const outcomes = await pacedCalls({
        items: ids,
        paceOf: () => pace,
        work: (id) => dps.registrations.delete(id),
        signal: stop,
        onOutcome: (_outcome, { done, total, failed }) => progress.update(done, total, failed),
      });
      progress.end();
      const idsOf = (value: boolean): readonly string[] =>
        outcomes.flatMap((outcome) =>
          outcome.ok && outcome.value === value ? [outcome.item] : [],
        );
      const [deleted, missing] = [idsOf(true), idsOf(false)];
      if (json) host.stdout.write(`${JSON.stringify({ deleted, missing })}\n`);
      else host.stdout.write(resultText(deleted.length, missing));
      stop.throwIfAborted();
      const failure = callFailures("deleting registration records", outcomes, (id) => id);
      if (failure !== undefined) throw failure;
      if (group === undefined && deleted.length === 0)
        throw new FleetError("REFUSED", `no such registration record at ${dps.host}`, {
          problems: missing.map((place) => ({ place, message: "never registered, or deleted" })),
        });
    } finally {
      progress.end();
      dps.close();
    }
  });
}

function resultText(deleted: number, missing: readonly string[]): string {
  const gone = missing.length === 0 ? "" : `, ${missing.length} had none`;
  return `registration records: ${deleted} deleted${gone}\n`;
}
