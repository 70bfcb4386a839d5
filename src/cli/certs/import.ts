import { resolve } from "node:path";

import { z } from "zod";

import type { ImportOutcome } from "../../pki/import-certificates.ts";
import type { Action } from "../command-group.ts";
import { commonFields, commonOptions } from "../common-flags.ts";
import { once, onOff } from "../flag-fields.ts";
import type { Host } from "../host.ts";
import { parseFlags } from "../parse-flags.ts";
import {
  givenPassphrase,
  passphraseFields,
  passphraseOptions,
  passwordFields,
  passwordOptions,
} from "../secret-flags.ts";
import { caName } from "./certs-flags.ts";
import { certsDir, shownPath } from "./certs-text.ts";
import { withProgress } from "./certs-work.ts";
import { pfxPassword } from "./pfx-password.ts";

const file = once.min(1, "expected a file, got an empty name").optional();

/** What each source may be given with. */
const BESIDE = {
  certificate: ["key", "chain", "name"],
  pfx: ["chain", "name"],
  dir: [],
} as const satisfies Readonly<Record<string, readonly ("key" | "chain" | "name")[]>>;

const SCHEMA = z
  .object({
    ...commonFields,
    ...passphraseFields,
    ...passwordFields,
    certificate: file,
    key: file,
    chain: file,
    pfx: file,
    dir: file,
    name: caName.optional(),
    force: onOff.default(false),
  })
  .superRefine((flags, context) => {
    const [from, ...more] = (["certificate", "pfx", "dir"] as const).filter(
      (name) => flags[name] !== undefined,
    );
    if (from === undefined) {
      const message = "expected --certificate FILE, --pfx FILE or --dir DIR, got none of them";
      context.addIssue({ code: "custom", path: ["certificate"], message });
      return;
    }
    const beside: readonly string[] = BESIDE[from];
    for (const name of [...more, ...(["key", "chain", "name"] as const)]) {
      if (flags[name] === undefined || beside.includes(name)) continue;
      const message = `expected none with --${from}`;
      context.addIssue({ code: "custom", path: [name], message });
    }
  });
type ImportFlags = z.output<typeof SCHEMA>;

/** `certs import`: certificates that others made, under our names. */
export const importAction = (host: Host): Action => ({
  command: "import",
  describe: "take CAs and devices' certificates that OpenSSL, certGen.sh or others made",
  examples: [
    "import --dir ../CACertificates --passphrase-env CA_PASSPHRASE",
    "import --certificate root.pem --key root.key",
    "import --certificate line.pem --key line.key --chain root.pem --name line",
    "import --pfx device.pfx --password-env DEVICE_PFX_PASSWORD",
  ],
  notes: `A CA that signed itself becomes root, another one intermediate or what --name says;
a device is named by its common name. What is there already stays as it is.
A key that was encrypted stays so, with the same passphrase.`,
  options: (yargs) =>
    commonOptions(
      passwordOptions(
        passphraseOptions(
          yargs
            .option("certificate", {
              type: "string",
              requiresArg: true,
              describe: "file with the certificate, PEM or DER; its chain and key may be in it",
            })
            .option("key", {
              type: "string",
              requiresArg: true,
              describe: "file with its private key; a CA may come without",
            })
            .option("chain", {
              type: "string",
              requiresArg: true,
              describe: "file with the CAs above it",
            })
            .option("pfx", {
              type: "string",
              requiresArg: true,
              describe: "file with key, certificate and chain",
            })
            .option("dir", {
              type: "string",
              requiresArg: true,
              describe: "folder with any of these, all or nothing, as certGen.sh leaves it",
            })
            .option("name", {
              type: "string",
              requiresArg: true,
              describe: "name that the CA is to have: root, intermediate, or another",
            })
            .option("force", {
              type: "boolean",
              describe: "replace others that are there; they are kept beside",
            }),
          "the keys",
        ),
        "the PFX",
      ),
    ),
  run: async (given) => {
    const flags = parseFlags(SCHEMA, given, "certs import");
    const [{ importCertificates }, { importableFiles }] = await Promise.all([
      import("../../pki/import-certificates.ts"),
      import("../../pki/import-sources.ts"),
    ]);
    const passphrase = await givenPassphrase(flags, host);
    const password = await pfxPassword(flags, flags.pfx !== undefined, host);
    const at = (name: string): string => resolve(host.cwd, name);
    const from = flags.dir === undefined ? undefined : at(flags.dir);
    const files =
      from === undefined
        ? [flags.certificate ?? flags.pfx, flags.key, flags.chain].flatMap((name) =>
            name === undefined ? [] : at(name),
          )
        : importableFiles(from);
    const outcome = await withProgress(host, "importing certificates", (work) =>
      importCertificates({
        ...work,
        dir: certsDir(flags, host),
        files,
        from,
        name: flags.name,
        force: flags.force,
        passphrase,
        password,
        now: host.now(),
      }),
    );
    for (const note of outcome.notes) host.stderr.write(`note: ${note}\n`);
    host.stdout.write(
      flags.json ? `${JSON.stringify(outcome)}\n` : importText(outcome, flags, host),
    );
  },
});

const DONE = {
  imported: "imported",
  kept: "is there already",
  completed: "completed",
  replaced: "replaced",
} as const;

function importText(
  { imported }: ImportOutcome,
  flags: ImportFlags,
  host: Pick<Host, "cwd">,
): string {
  const shown = (name: string): string => shownPath(name, flags, host);
  return imported
    .map(({ kind, name, done, certFile, keyFile, keptFiles }) => {
      const key = keyFile === null ? "; without its key it can sign nothing" : "";
      const [kept] = keptFiles;
      const old = kept === undefined ? "" : `; the old one is ${shown(kept)}`;
      const what = kind === "ca" ? "CA" : "device";
      return `${what} ${name}: ${DONE[done]}, ${shown(certFile)}${key}${old}\n`;
    })
    .join("");
}
