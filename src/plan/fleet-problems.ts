import { REGISTRATION_ID_MAX_LENGTH, REGISTRATION_ID_PATTERN } from "../base/azure-limits.ts";
import type { Problem } from "../base/errors.ts";
import type { DeviceSpec } from "./plan.ts";

/** At most this many examples of one fault are told. */
const EXAMPLES = 5;

/** Ids that DPS would refuse, or that two devices would share: DPS ignores their case, and so do some file systems. */
export function idProblems(devices: readonly DeviceSpec[]): Problem[] {
  const problems: Problem[] = [];
  const seen = new Map<string, string>();
  for (const { registrationId, hub } of devices) {
    // A hub tells device ids of another case apart, and takes more of them than DPS does.
    const same = hub === undefined ? registrationId.toLowerCase() : registrationId;
    const other = seen.get(same);
    if (other !== undefined) {
      problems.push({
        place: "fleet",
        message:
          other === registrationId
            ? `two devices have the registration id "${registrationId}"`
            : `the registration ids "${other}" and "${registrationId}" differ only in case`,
        hint: "give each fleet entry a registrationId of its own",
      });
    }
    seen.set(same, registrationId);
    if (hub !== undefined) continue;
    if (registrationId.length > REGISTRATION_ID_MAX_LENGTH) {
      problems.push({
        place: "fleet",
        message: `expected at most ${REGISTRATION_ID_MAX_LENGTH} characters, got ${registrationId.length} in "${registrationId}"`,
        hint: "the registration id is the common name of the certificate, which cannot be longer",
      });
    } else if (!REGISTRATION_ID_PATTERN.test(registrationId)) {
      problems.push({
        place: "fleet",
        message: `expected letters, digits and - . _ :, not ending in . _ :, got "${registrationId}"`,
      });
    }
  }
  return shortened(problems);
}

/** The first few problems of one kind, and how many more there are. */
export function shortened(problems: readonly Problem[]): Problem[] {
  const told = problems.slice(0, EXAMPLES);
  const first = problems[0];
  const left = problems.length - told.length;
  return first === undefined || left === 0
    ? told
    : [...told, { place: first.place, message: `and ${left} more like these` }];
}
