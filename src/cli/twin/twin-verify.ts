import { FleetError } from "../../base/errors.ts";
import type { JsonObject } from "../../base/json.ts";
import { isJsonObject } from "../../base/json.ts";
import { formatDuration } from "../../base/units.ts";
import { plural } from "../../output/terminal-text.ts";
import { twinField } from "../../scenario/fields.ts";
import type { FoundDevices } from "../../service/find-devices.ts";
import { pacedCalls } from "../../service/paced-calls.ts";
import { openPace } from "../../service/pace.ts";
import type { OtherDevice } from "../../service/shown-by-others.ts";
import { shownByOthers } from "../../service/shown-by-others.ts";
import type { Followed } from "../../service/verify-twin.ts";
import { verifyTwin } from "../../service/verify-twin.ts";
import type { Host } from "../host.ts";
import { readJsonFlag } from "../json-flag.ts";
import { openProgress } from "../progress.ts";
import { failuresError, someIds } from "../selection/failures.ts";
import type { HubSession } from "../selection/hub-session.ts";
import { withHubs } from "../selection/hub-session.ts";
import { selectDevices } from "../selection/select-devices.ts";
import type { TwinVerifyFlags } from "./twin-flags.ts";
import type { VerifyResult } from "./verify-result.ts";
import { verifyDocument } from "./verify-result.ts";
import { verifyText } from "./verify-text.ts";

/** Values that a device can report: a removed property is none. */
const reportable = twinField
  .refine((desired) => Object.keys(desired).length > 0, {
    error: "expected at least one property to wait for, got none",
  })
  .refine((desired) => !hasNull(desired), {
    error: "expected values that devices report, got null, which removes one",
  });

const hasNull = (section: JsonObject): boolean =>
  Object.values(section).some((value) => value === null || (isJsonObject(value) && hasNull(value)));

/**
 * Patches twins, waits for their devices and tells how it went.
 *
 * @throws {FleetError} `THRESHOLD_FAILED` where not all are there in time; `REFUSED` where some could not be patched;
 *   `USAGE`, `FILE_INVALID`, `UNREACHABLE`, `INTERRUPTED`
 */
export async function verifyTwins(flags: TwinVerifyFlags, host: Host): Promise<void> {
  const given = { flag: "--desired", text: flags.desired };
  const desired = await readJsonFlag(reportable, given, host.cwd);
  await withHubs(flags, host, async (session) => {
    const devices = await selectDevices(flags, session, host);
    const result = await follow(devices, { desired, timeoutMs: flags.timeoutMs }, session, host);
    if (flags.json) host.stdout.write(`${JSON.stringify(verifyDocument(result))}\n`);
    else host.stdout.write(verifyText(result, { hubs: session.hubs.length }));
    session.signal.throwIfAborted();
    requireAll(result);
  });
}

/** What is done with each device paces itself. */
const NO_PACE = openPace({ perS: Infinity, concurrency: Infinity });

async function follow(
  { found, missing }: FoundDevices,
  what: { readonly desired: JsonObject; readonly timeoutMs: number },
  session: HubSession,
  host: Host,
): Promise<VerifyResult> {
  const progress = openProgress(host, "following twins");
  const ended = await pacedCalls({
    items: found,
    paceOf: () => NO_PACE,
    work: (device, signal) => verifyTwin(device, { ...what, signal }),
    signal: session.signal,
    onOutcome: (_outcome, { done, failed, total }) => progress.update(done, total, failed),
  }).finally(progress.end);
  const followed = ended.flatMap((outcome) => (outcome.ok ? [outcome.value] : []));
  tellShownBefore(followed, host);
  return {
    ...what,
    interrupted: session.signal.aborted,
    selected: found.length + missing.length,
    reported: followed.filter((one) => one.state === "reported"),
    stragglers: followed.filter((one) => one.state !== "reported"),
    failed: [
      ...missing,
      ...ended.flatMap((outcome) =>
        outcome.ok ? [] : [{ deviceId: outcome.item.deviceId, error: outcome.error }],
      ),
    ],
    others: await othersOf(what.desired, followed, session, host),
  };
}

/** A device that reports only what changes will not report what it shows already. */
function tellShownBefore(followed: readonly Followed[], { stderr }: Pick<Host, "stderr">): void {
  const before = followed.filter(({ shownBefore }) => shownBefore);
  const silent = before.filter(({ state }) => state !== "reported");
  if (silent.length === 0) return;
  const ids = someIds(silent.map(({ device }) => device.deviceId));
  stderr.write(
    `${plural(silent.length, "device")} showed these values before the patch and did not report them again; use values that are new: ${ids}\n`,
  );
}

/** Undefined where nothing was patched, it was stopped, or no hub can be asked; that is told. */
async function othersOf(
  desired: JsonObject,
  followed: readonly Followed[],
  { hubs, signal }: HubSession,
  { stderr }: Pick<Host, "stderr">,
): Promise<readonly OtherDevice[] | undefined> {
  const [first] = followed.map(({ patch }) => patch.atMs).toSorted((a, b) => a - b);
  if (first === undefined || signal.aborted) return undefined;
  const others: OtherDevice[] = [];
  try {
    for (const hub of hubs) {
      const patched = new Set(
        followed.filter(({ device }) => device.hub === hub).map(({ device }) => device.deviceId),
      );
      const found = await shownByOthers(
        hub,
        { desired, atMs: first },
        { isPatched: (deviceId) => patched.has(deviceId), signal },
      );
      if (found === undefined) {
        stderr.write("who else reports it is not known: queries cannot ask for lists alone\n");
        return undefined;
      }
      others.push(...found);
    }
    return others;
  } catch (error) {
    if (signal.aborted) return undefined;
    if (!(error instanceof FleetError)) throw error;
    stderr.write(`who else reports it is not known: ${error.message}\n`);
    return undefined;
  }
}

function requireAll({ selected, reported, failed, timeoutMs }: VerifyResult): void {
  if (failed.length > 0) throw failuresError(failed, { total: selected, done: "patched" });
  const open = selected - reported.length;
  if (open === 0) return;
  throw new FleetError(
    "THRESHOLD_FAILED",
    `${open} of ${plural(selected, "device")} did not report it within ${formatDuration(timeoutMs)}`,
    { hint: "the table above says what is known of each; --timeout gives more time" },
  );
}
