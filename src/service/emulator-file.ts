import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

import { z } from "zod";

import { FleetError } from "../base/errors.ts";
import { fileTrouble } from "../base/file-trouble.ts";
import type { ServiceRoute } from "./connection.ts";

const text = z.string().min(1);
const port = z.int().min(1).max(65_535);

const emulatorFile = z.strictObject({
  idScope: text,
  provisioningHost: text,
  dpsHost: text,
  hubs: z.array(text).min(1),
  /** Where MQTT and HTTPS are dialled. */
  address: text,
  mqttPort: port,
  httpsPort: port,
  /** Absolute path of the CA that signed the emulator's server certificate. */
  caFile: text,
  dpsConnectionString: text,
  /** In the order of `hubs`. */
  hubConnectionStrings: z.array(text).min(1),
  eventsUrl: z.url({ protocol: /^https$/ }),
  adminUrl: z.url({ protocol: /^https$/ }),
  adminToken: text,
  /** null where everything is kept in memory. */
  dataDir: text.nullable(),
});

/** What `emulator --json` prints: all that a client needs to find an emulator. It carries secrets. */
export type EmulatorInfo = z.infer<typeof emulatorFile>;

/**
 * The way to an emulator's own URLs, `adminUrl` and `eventsUrl`: the server's certificate is checked against their name,
 * and `address` is dialled, at their port.
 */
export function emulatorRoute(
  { address }: Pick<EmulatorInfo, "address">,
  caPem: string,
): ServiceRoute {
  return { address, caPem };
}

/** One problem in words; no value is shown, since some of them are secrets. */
function problemText(issue: z.core.$ZodIssue): string {
  if (issue.code === "unrecognized_keys") {
    return `expected no further members, got ${issue.keys.join(", ")}`;
  }
  return issue.message
    .replace(/^Invalid \w+: |^Too \w+: /, "")
    .replace(", received undefined", ", got nothing")
    .replace(", received", ", got");
}

/**
 * Reads what `emulator --json` printed.
 *
 * @param source names the text in messages: a path, or where it came from
 * @throws {FleetError} `FILE_INVALID` with every problem and its place; no message shows a value of the file
 */
export function parseEmulatorFile(json: string, source: string): EmulatorInfo {
  let value: unknown;
  try {
    value = JSON.parse(json);
  } catch {
    throw new FleetError("FILE_INVALID", `${source}: expected one line of JSON, got other text`, {
      hint: "write it with: dps-fleet emulator --json > FILE",
    });
  }
  const parsed = emulatorFile.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new FleetError("FILE_INVALID", `${source}: expected what emulator --json prints`, {
    hint: "write it with: dps-fleet emulator --json > FILE",
    problems: parsed.error.issues.map((issue) => ({
      place: [source, ...issue.path].join(" "),
      message: problemText(issue),
    })),
  });
}

/**
 * Reads the file that `--emulator` names.
 *
 * @param shown its path as the user wrote it
 * @param cwd what a relative path is relative to
 * @throws {FleetError} `FILE_INVALID`
 */
export async function readEmulatorFile(shown: string, cwd: string): Promise<EmulatorInfo> {
  let json: string;
  try {
    json = await readFile(resolve(cwd, shown), "utf8");
  } catch (error) {
    throw new FleetError("FILE_INVALID", "the emulator file cannot be read", {
      problems: [{ place: shown, message: `expected a file, got: ${fileTrouble(error)}` }],
      hint: "it is what `emulator --json` prints: emulator --json > FILE",
      cause: error,
    });
  }
  return parseEmulatorFile(json, shown);
}
