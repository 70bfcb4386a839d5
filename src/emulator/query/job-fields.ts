import type { Path } from "./expression.ts";
import type { Vocabulary } from "./parse-expression.ts";
import { vocabularyOf } from "./vocabulary.ts";

// Source: Microsoft Learn, "Queries for IoT Hub jobs".
const FIELDS = [
  "deviceId",
  "jobId",
  "jobType",
  "status",
  "startTimeUtc",
  "endTimeUtc",
  "createdDateTimeUtc",
  // As the page writes it in its queries.
  "createdTimeUtc",
  "lastUpdatedDateTimeUtc",
  "outcome.deviceMethodResponse",
  "error.code",
  "error.description",
] as const;

const fields = vocabularyOf(FIELDS, { collection: ["devices", "jobs"], what: "a device's job" });

/** The names in a query over `devices.jobs`. */
export const jobFields: Vocabulary = (path: Path, at: number): Path => {
  const [root, ...steps] = fields(path, at);
  return [root === "createdTimeUtc" ? "createdDateTimeUtc" : root, ...steps];
};
