import { confirmOrRefuse } from "../confirm.ts";
import type { Host } from "../host.ts";
import { byHubText, openSteps, removalResult, withRemovalServices } from "../removal.ts";
import { failuresError } from "../selection/failures.ts";
import type { DeprovisionFlags } from "./deprovision-flags.ts";

/** Shows what will be done, asks, and takes all devices of a group out. */
export async function deprovisionAll(
  id: string,
  flags: DeprovisionFlags,
  host: Host,
): Promise<void> {
  const [{ deprovisionGroup, recordsOfGroup }, { enrollmentNamed }] = await Promise.all([
    import("../../service/deprovision-group.ts"),
    import("../../service/find-enrollment.ts"),
  ]);
  const { keepIdentity, deleteGroup, json, yes } = flags;
  await withRemovalServices(flags, host, async (services, signal) => {
    const group = await enrollmentNamed(services.enrollments, id, "group");
    const records = await recordsOfGroup(services.registrations, id);
    const hubs = byHubText(records.map(({ assignedHub }) => assignedHub));
    host.stderr.write(
      [
        `enrollment group "${id}" at ${services.enrollments.host}`,
        "  1. enrollment group: disable it",
        `  2. identities: ${keepIdentity ? "disable" : "delete"} ${hubs || "none"}`,
        `  3. registration records: delete ${records.length}`,
        ...(deleteGroup ? ["  4. enrollment group: delete it", HIGHER_GROUP] : []),
        "",
      ].join("\n"),
    );
    const question = `Take all devices of ${id} out?`;
    await confirmOrRefuse(host, signal, { yes, question });
    const progress = openSteps(host);
    try {
      const removed = await deprovisionGroup(services, group, {
        keepIdentity,
        deleteGroup,
        signal,
        onProgress: progress.onProgress,
      });
      progress.end();
      const { identities, records: deleted, failures } = removed;
      const left = failures.map(({ deviceId }) => deviceId);
      host.stdout.write(
        json
          ? `${JSON.stringify({ group: id, status: removed.group === "deleted" ? "deleted" : "disabled", identities, records: deleted, left })}\n`
          : `enrollment group "${id}": ${removed.group === "deleted" ? "deleted" : "disabled"}\n${removalResult(removed)}`,
      );
      signal.throwIfAborted();
      const total = records.length + failures.length;
      if (failures.length > 0)
        throw failuresError(failures, { total: Math.max(total, 2), done: "deprovisioned" });
    } finally {
      progress.end();
    }
  });
}

const HIGHER_GROUP =
  "     without it, its devices may come back through a group of a CA above its own";
