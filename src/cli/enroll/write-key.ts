import { existsSync } from "node:fs";
import { resolve } from "node:path";

import { FleetError } from "../../base/errors.ts";
import { fileTrouble } from "../../base/file-trouble.ts";
import { derivedDeviceKey } from "../../base/symmetric-key.ts";
import { MODE, writeFileAtomic } from "../../pki/atomic-file.ts";
import type { Enrollment } from "../../service/enrollment-document.ts";
import { enrollmentText } from "../../service/enrollment-document.ts";
import type { Enrollments } from "../../service/enrollments.ts";
import type { Host } from "../host.ts";

export interface KeyFileFlags {
  readonly writeKey?: string | undefined;
  /** A device of the group: its own key, in place of the group's. */
  readonly derive?: string | undefined;
  readonly force: boolean;
}

/**
 * Refuses a file that is there, before anything is done.
 *
 * @throws {FleetError} `FOREIGN_FILE`
 */
export function checkKeyFile({ writeKey, force }: KeyFileFlags, { cwd }: Pick<Host, "cwd">): void {
  if (writeKey === undefined || force || !existsSync(resolve(cwd, writeKey))) return;
  const message = "expected no file there: a key is not overwritten";
  throw new FleetError("FOREIGN_FILE", `${writeKey}: ${message}`, {
    problems: [{ place: writeKey, message }],
    hint: "give another name, or --force",
  });
}

/**
 * Writes the primary key of an enrollment to a file for its owner alone; it is shown nowhere.
 *
 * @throws {FleetError} `USAGE` where the enrollment has no keys; `FILE_INVALID`; as `Enrollments` does
 */
export async function writeKeyFile(
  enrollments: Enrollments,
  enrollment: Enrollment,
  flags: KeyFileFlags,
  host: Pick<Host, "cwd" | "stderr">,
): Promise<void> {
  const { writeKey, derive } = flags;
  if (writeKey === undefined) return;
  const { symmetricKey } = await enrollments.attestationWithKeys(enrollment);
  const primary = symmetricKey?.primaryKey;
  if (!primary)
    throw new FleetError("USAGE", `${enrollmentText(enrollment)} has no symmetric key`, {
      problems: [{ place: "--write-key", message: "expected an enrollment with symmetric keys" }],
    });
  if (derive !== undefined && enrollment.kind !== "group")
    throw new FleetError("USAGE", "only the key of a group has others derived from it", {
      problems: [{ place: "--derive", message: "expected a group, got an individual enrollment" }],
      hint: "leave --derive out: this key is the device's own",
    });
  const key = derive === undefined ? primary : derivedDeviceKey(primary, derive);
  checkKeyFile(flags, host);
  try {
    writeFileAtomic(resolve(host.cwd, writeKey), `${key}\n`, MODE.secret);
  } catch (cause) {
    const message = `expected a place for a file, got: ${fileTrouble(cause)}`;
    throw new FleetError("FILE_INVALID", `${writeKey}: ${message}`, {
      cause,
      problems: [{ place: writeKey, message }],
      hint: "check the folder; the enrollment has its key, `enroll show --write-key` writes it too",
    });
  }
  const whose = derive === undefined ? enrollmentText(enrollment) : derive;
  host.stderr.write(`key of ${whose}: written to ${writeKey}\n`);
}
