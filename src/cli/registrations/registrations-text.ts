import { textTable } from "../../output/text-table.ts";
import type { RegistrationRecord } from "../../service/registrations.ts";

/** Registration records as a table. */
export function registrationsTable(records: readonly RegistrationRecord[]): string {
  return textTable(
    ["REGISTRATION ID", "DEVICE ID", "HUB", "STATUS", "SUBSTATUS", "CREATED", "CHANGED", "ERROR"],
    records.map((record) => [
      record.registrationId,
      record.deviceId ?? "-",
      record.assignedHub ?? "-",
      record.status,
      record.substatus ?? "-",
      timeText(record.createdDateTimeUtc),
      timeText(record.lastUpdatedDateTimeUtc),
      errorText(record),
    ]),
  );
}

/** To the second. */
const timeText = (time: string | null): string => time?.replace(/\.\d+Z?$/, "Z") ?? "-";

function errorText({ errorCode, errorMessage }: RegistrationRecord): string {
  // DPS tells 0 where there is none.
  if (!errorCode && !errorMessage) return "-";
  return [errorCode, errorMessage].filter(Boolean).join(" ");
}
