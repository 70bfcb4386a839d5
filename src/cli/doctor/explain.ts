import { resolve } from "node:path";

import type { Argv } from "yargs";
import { z } from "zod";

import { FleetError } from "../../base/errors.ts";
import type { SeenFailure } from "../../doctor/explain/device-facts.ts";
import type { ExplainOptions } from "../../doctor/explain/explain-devices.ts";
import type { ServiceFacts } from "../../doctor/explain/service-facts.ts";
import { readCertificateFile } from "../../pki/certificate-file.ts";
import { readStoreFiles } from "../../pki/store-files.ts";
import type { CertsLayout } from "../../pki/layout.ts";
import { certsLayout } from "../../pki/layout.ts";
import { once } from "../flag-fields.ts";
import type { Host } from "../host.ts";
import { parseFlags } from "../parse-flags.ts";
import { openProgress } from "../progress.ts";
import {
  givenPassphrase,
  givenPassword,
  passphraseFields,
  passphraseOptions,
  passwordFields,
  passwordOptions,
} from "../secret-flags.ts";
import {
  dpsFields,
  dpsOptions,
  hubFields,
  hubOptions,
  serviceFields,
  serviceOptions,
} from "../service-flags.ts";
import { untilStopped } from "../until-stopped.ts";
import { givenDps, givenHubs } from "./given-access.ts";

const schema = z.object({
  ...serviceFields,
  ...dpsFields,
  ...hubFields,
  ...passphraseFields,
  ...passwordFields,
  ids: z.array(z.string().min(1, "expected a registration id, got an empty one")).default([]),
  run: once.optional(),
  groupCertificate: once.optional(),
});
type ExplainFlags = z.output<typeof schema>;

/** Adds the options of `doctor explain`. */
export function explainOptions(yargs: Argv): Argv {
  const own = yargs
    .positional("ids", {
      type: "string",
      array: true,
      describe:
        "registration ids; without any, the devices that --run saw refused, or all in --certs",
    })
    .option("run", {
      type: "string",
      requiresArg: true,
      describe: "folder of a run, whose devices.csv says what was refused",
    })
    .option("group-certificate", {
      type: "string",
      requiresArg: true,
      describe: "file with the CA that the enrollment group holds, to ask nobody",
    });
  const services = hubOptions(dpsOptions(serviceOptions(own)));
  return passwordOptions(passphraseOptions(services, "encrypted keys"), "PFX files");
}

/**
 * Explains refusals, and ends 2 where it finds a link that fails.
 *
 * @throws {FleetError} `USAGE`, `FILE_INVALID`, `REFUSED`, `UNREACHABLE`, `INTERRUPTED`
 */
export async function runExplain(given: unknown, host: Host): Promise<void> {
  const flags = parseFlags(schema, given, "doctor explain", { ids: "ID" });
  const [explain, text, runs] = await Promise.all([
    import("../../doctor/explain/explain-devices.ts"),
    import("../../doctor/explain/explain-text.ts"),
    import("../../doctor/explain/run-failures.ts"),
  ]);
  const layout = certsLayout(resolve(host.cwd, flags.certs));
  const seen: ReadonlyMap<string, SeenFailure> =
    flags.run === undefined ? new Map() : await runs.readRunFailures(flags.run, host.cwd);
  const registrationIds = idsOf(flags, [...seen.keys()], storedIds(layout));
  if (registrationIds.length === 0) {
    host.stderr.write("nothing to explain: the run saw no device refused\n");
    return;
  }
  const progress = openProgress(host, "explaining devices");
  const judgements = await untilStopped(host, async (signal) => {
    const service = await openService(flags, host, signal);
    try {
      return await explain.explainDevices({
        registrationIds,
        layout,
        secrets: {
          passphrase: await givenPassphrase(flags, host),
          password: await givenPassword(flags, host),
        },
        service,
        groupCertificate: groupCertificate(flags, host),
        seen,
        now: host.now(),
        signal,
        onProgress: (done, total) => progress.update(done, total),
      });
    } finally {
      progress.end();
      service?.close();
    }
  });
  host.stdout.write(
    flags.json
      ? `${JSON.stringify(judgements.map(text.explainJson))}\n`
      : text.explainText(judgements),
  );
  if (judgements.some(({ fault }) => fault !== undefined)) host.setExitCode(2);
}

/** Registration ids of all devices that have a certificate in the store. */
const storedIds = (layout: CertsLayout): readonly string[] =>
  readStoreFiles(layout).leaves.flatMap(({ name, cert, fullChain, pfx }) =>
    (cert ?? fullChain ?? pfx) === undefined ? [] : [name],
  );

/** Which devices: those named, else those that the run saw refused, else all of the store. */
function idsOf(
  { ids, run, certs }: ExplainFlags,
  refused: readonly string[],
  stored: readonly string[],
): readonly string[] {
  if (ids.length > 0) return [...new Set(ids)];
  if (run !== undefined) return refused;
  if (stored.length > 0) return stored;
  throw new FleetError("USAGE", "there is no device to explain", {
    problems: [{ place: certs, message: "expected certificates of devices, got none" }],
    hint: "name registration ids, or give the folder with their certificates: --certs DIR",
  });
}

function groupCertificate(
  { groupCertificate: file, emulator, dpsConnectionStringFile }: ExplainFlags,
  { cwd }: Pick<Host, "cwd">,
): ExplainOptions["groupCertificate"] {
  if (file === undefined) return undefined;
  if (emulator !== undefined || dpsConnectionStringFile !== undefined) {
    throw new FleetError("USAGE", "the command line is wrong", {
      problems: [{ place: "--group-certificate", message: "expected it without a DPS instance" }],
      hint: "DPS tells what its groups hold: leave one of them out",
    });
  }
  return { certificate: readCertificateFile(file, cwd), file };
}

/** Opens what there is access to; with `--group-certificate` nobody is asked. */
async function openService(
  flags: ExplainFlags,
  host: Host,
  signal: AbortSignal,
): Promise<ServiceFacts | undefined> {
  if (flags.groupCertificate !== undefined) return undefined;
  const dps = await givenDps(flags, host);
  if (dps === undefined) return undefined;
  const { openServiceFacts } = await import("../../doctor/explain/service-facts.ts");
  return openServiceFacts(
    { dps: dps.access, hubs: await givenHubs(flags, host), cas: dps.cas },
    signal,
  );
}
