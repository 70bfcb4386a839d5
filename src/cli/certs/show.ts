import { z } from "zod";

import type { CertificateUses } from "../../service/certificate-uses.ts";
import type { Action } from "../command-group.ts";
import type { Host } from "../host.ts";
import { parseFlags } from "../parse-flags.ts";
import {
  givenPassphrase,
  passphraseFields,
  passphraseOptions,
  passwordFields,
  passwordOptions,
} from "../secret-flags.ts";
import { dpsFields, dpsOptions, serviceFields, serviceOptions } from "../service-flags.ts";
import type { UsesOf } from "./enrolled-text.ts";
import { certificateWithUses, surveyWithUses } from "./enrolled-text.ts";
import { certsDir } from "./certs-text.ts";
import { withProgress } from "./certs-work.ts";
import { pfxPassword } from "./pfx-password.ts";
import { certificateText } from "./show-text.ts";
import { storeText } from "./store-text.ts";

const SCHEMA = z.object({
  ...serviceFields,
  ...dpsFields,
  ...passwordFields,
  ...passphraseFields,
  what: z.string().min(1, "expected a name or a file, got an empty one").optional(),
});

/** `certs show [ID|FILE]`: what a store holds, or one certificate. */
export const showAction = (host: Host): Action => ({
  command: "show [what]",
  describe: "show the certificates of the store, or one of them, or a file",
  examples: [
    "show                                   the whole store as a tree",
    "show cheesecave-device1",
    "show intermediate --json",
    "show --emulator emulator.json          and which enrollments hold them",
    "show device.pfx --password-env DEVICE_PFX_PASSWORD",
  ],
  notes: `A name means a device or a CA of the store first, and a file where it is neither.
With --emulator or --dps-connection-string-file it tells what in DPS holds each certificate.`,
  options: (yargs) => {
    yargs.positional("what", {
      type: "string",
      describe: "registration id, name of a CA, or a file: PEM, DER or PFX",
    });
    return serviceOptions(
      passphraseOptions(passwordOptions(dpsOptions(yargs), "a PFX"), "an encrypted key in a file"),
    );
  },
  run: async (given) => {
    const flags = parseFlags(SCHEMA, given, "certs show", { what: "ID|FILE" });
    const dir = certsDir(flags, host);
    const { what } = flags;
    const now = host.now();
    const print = (value: unknown, text: string): void => {
      host.stdout.write(flags.json ? `${JSON.stringify(value)}\n` : text);
    };
    if (what === undefined) {
      const { surveyStore } = await import("../../pki/store-survey.ts");
      const [uses, survey] = await withProgress(host, "reading certificates", async (work) => [
        await usesIn(flags, host, work.signal),
        await surveyStore(dir, { ...work, now }),
      ]);
      const usesOf = finder(uses);
      const value = uses === undefined ? survey : surveyWithUses(survey, usesOf);
      print(value, storeText(survey, flags.certs, usesOf));
      return;
    }
    const { showCertificate } = await import("../../pki/shown-certificate.ts");
    const passphrase = await givenPassphrase(flags, host);
    const password = await pfxPassword(flags, /\.(pfx|p12)$/i.test(what), host);
    const [uses, shown] = await withProgress(host, "reading certificates", async (work) => [
      await usesIn(flags, host, work.signal),
      await showCertificate(dir, what, { ...work, now, cwd: host.cwd, passphrase, password }),
    ]);
    const usesOf = finder(uses);
    const value = uses === undefined ? shown : certificateWithUses(shown, usesOf);
    print(value, certificateText(shown, usesOf, flags, host));
  },
});

/**
 * Only what a flag names is called: a look into a folder asks nobody else. It comes first: what is wrong with a
 * connection string is told before thousands of files are read.
 */
async function usesIn(
  flags: z.output<typeof SCHEMA>,
  host: Host,
  signal: AbortSignal,
): Promise<CertificateUses | undefined> {
  if (flags.emulator === undefined && flags.dpsConnectionStringFile === undefined) return undefined;
  const { enrolledUses } = await import("./enrolled-uses.ts");
  return enrolledUses(flags, host, signal);
}

const finder =
  (uses: CertificateUses | undefined): UsesOf =>
  (sha1) =>
    uses?.get(sha1 ?? "") ?? [];
