import { z } from "zod";

import { DEFAULT_DAYS } from "../../pki/certificate.ts";
import { passphrasesFrom } from "../ca-passphrase.ts";
import type { Action } from "../command-group.ts";
import { commonFields, commonOptions } from "../common-flags.ts";
import type { Host } from "../host.ts";
import { parseFlags } from "../parse-flags.ts";
import {
  passphraseFields,
  passphraseOptions,
  signerPassphraseFields,
  signerPassphraseOptions,
} from "../secret-flags.ts";
import { printCa } from "./ca-report.ts";
import { caName, issueFields, issueOptions, signerField, signerOption } from "./certs-flags.ts";
import { certsDir } from "./certs-text.ts";

const SCHEMA = z.object({
  ...commonFields,
  ...issueFields,
  ...signerField,
  ...passphraseFields,
  ...signerPassphraseFields,
  name: caName
    .refine((name) => name !== "root", "expected the name of an intermediate, got that of the root")
    .default("intermediate"),
});

/** `certs intermediate [NAME]`: a CA below the root or below another intermediate. */
export const intermediateAction = (host: Host): Action => ({
  command: "intermediate [name]",
  describe: "make an intermediate CA: the default one, or one with a name",
  examples: ["intermediate", "intermediate conveyors", "intermediate line-2 --signer conveyors"],
  notes: "Without a NAME it is the one that signs leaves where nothing else is asked.",
  options: (yargs) => {
    yargs.positional("name", { type: "string", describe: "its name, for one per product line" });
    signerOption(issueOptions(yargs, DEFAULT_DAYS.intermediate), "the root");
    return commonOptions(signerPassphraseOptions(passphraseOptions(yargs, "its key")));
  },
  run: async (read) => {
    const flags = parseFlags(SCHEMA, read, "certs intermediate", { name: "NAME" });
    const { makeCa } = await import("../../pki/make-ca.ts");
    const { given: passphrase, ...passphrases } = await passphrasesFrom(flags, host);
    const ca = await makeCa({
      dir: certsDir(flags, host),
      name: flags.name,
      signer: flags.signer,
      keyKind: flags.key,
      days: flags.days,
      force: flags.force,
      now: host.now(),
      passphrase,
      ...passphrases,
    });
    const by = flags.name === "intermediate" ? "" : ` --signer ${flags.name}`;
    printCa(ca, `certs leaf ID…${by} issues certificates of devices`, flags, host);
  },
});
