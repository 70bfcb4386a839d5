import { z } from "zod";

import { FleetError } from "../../base/errors.ts";
import type { ExportedPfx } from "../../pki/export-pfx.ts";
import type { Action } from "../command-group.ts";
import { commonFields, commonOptions } from "../common-flags.ts";
import { onOff } from "../flag-fields.ts";
import type { Host } from "../host.ts";
import { parseFlags } from "../parse-flags.ts";
import {
  givenPassphrase,
  passphraseFields,
  passphraseOptions,
  passwordFields,
  passwordOptions,
} from "../secret-flags.ts";
import { askedFields, askedOptions, oneWayOfAsking } from "./asked-flags.ts";
import { askedIds } from "./asked-leaves.ts";
import { certsDir, shownPath } from "./certs-text.ts";
import { withProgress } from "./certs-work.ts";
import { newPfxPassword } from "./pfx-password.ts";

const SCHEMA = z
  .object({
    ...commonFields,
    ...passwordFields,
    ...passphraseFields,
    ...askedFields,
    legacy: onOff.default(false),
    force: onOff.default(false),
  })
  .superRefine(oneWayOfAsking);
type PfxFlags = z.output<typeof SCHEMA>;

/** `certs pfx ID…`: key, certificate and chain of a device in one file. */
export const pfxAction = (host: Host): Action => ({
  command: "pfx [ids..]",
  describe: "write key, certificate and chain of devices into PFX files",
  examples: [
    "pfx cheesecave-device1 --password-env CAVE_PFX_PASSWORD",
    "pfx --pattern 'cheesecave-device{1..30}' --password-file pfx-password.txt --legacy",
  ],
  notes: `A PFX is protected by AES-256, as OpenSSL 3 writes it; with --legacy by 3DES
and SHA-1, for Windows Server 2016 and before. An empty password is one too.`,
  options: (yargs) =>
    commonOptions(
      passphraseOptions(passwordOptions(askedOptions(yargs), "the PFX"), "the devices' keys")
        .option("legacy", { type: "boolean", describe: "3DES and SHA-1, for old Windows" })
        .option("force", {
          type: "boolean",
          describe: "replace a PFX of something else; the old one is kept beside",
        }),
    ),
  run: async (given) => {
    const flags = parseFlags(SCHEMA, given, "certs pfx", { ids: "ID" });
    const ids = await askedIds(flags, host);
    const password = await newPfxPassword(flags, host);
    if (password === undefined) throw noPassword();
    const passphrase = await givenPassphrase(flags, host);
    const { exportPfx } = await import("../../pki/export-pfx.ts");
    const exported = await withProgress(host, "writing PFX files", (work) =>
      exportPfx({
        ...work,
        dir: certsDir(flags, host),
        ids,
        password,
        passphrase,
        protection: flags.legacy ? "3des" : "aes256",
        force: flags.force,
        now: host.now(),
      }),
    );
    host.stdout.write(
      flags.json ? `${JSON.stringify(exported)}\n` : pfxText(exported, flags, host),
    );
  },
});

function pfxText(
  exported: readonly ExportedPfx[],
  flags: PfxFlags,
  host: Pick<Host, "cwd">,
): string {
  const shown = (file: string): string => shownPath(file, flags, host);
  return exported
    .map(({ id, pfxFile, keptFile, certificates }) => {
      const kept = keptFile === null ? "" : `; the old one is ${shown(keptFile)}`;
      return `${id}: ${shown(pfxFile)}, key and ${certificates} certificates${kept}\n`;
    })
    .join("");
}

const noPassword = (): FleetError =>
  new FleetError("USAGE", "the command line is wrong", {
    problems: [
      { place: "--password-env", message: "expected it or --password-file, got no password" },
    ],
    hint: "for a PFX without a password name a variable that is set and empty",
  });
