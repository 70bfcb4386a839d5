import { z } from "zod";

import { DEFAULT_DAYS } from "../../pki/certificate.ts";
import { passphrasesFrom } from "../ca-passphrase.ts";
import type { Action } from "../command-group.ts";
import { commonFields, commonOptions } from "../common-flags.ts";
import type { Host } from "../host.ts";
import { parseFlags } from "../parse-flags.ts";
import { passphraseFields, passphraseOptions } from "../secret-flags.ts";
import { printCa } from "./ca-report.ts";
import { issueFields, issueOptions } from "./certs-flags.ts";
import { certsDir } from "./certs-text.ts";

const SCHEMA = z.object({ ...commonFields, ...issueFields, ...passphraseFields });

/** `certs root`: the CA that everything else leads to. */
export const rootAction = (host: Host): Action => ({
  command: "root",
  describe: "make the root CA, where there is none yet",
  examples: ["root", "root --key p384 --days 7300 --passphrase-file root.pass"],
  options: (yargs) =>
    commonOptions(passphraseOptions(issueOptions(yargs, DEFAULT_DAYS.root), "its key")),
  run: async (read) => {
    const flags = parseFlags(SCHEMA, read, "certs root");
    const { makeCa } = await import("../../pki/make-ca.ts");
    const { given: passphrase, ...passphrases } = await passphrasesFrom(flags, host);
    const ca = await makeCa({
      dir: certsDir(flags, host),
      name: "root",
      keyKind: flags.key,
      days: flags.days,
      force: flags.force,
      now: host.now(),
      passphrase,
      ...passphrases,
    });
    const next =
      ca.done === "replaced"
        ? "make anew what the old root signed: certs intermediate --force, then certs leaf"
        : "certs intermediate, or certs leaf ID; ca add NAME uploads this root to DPS";
    printCa(ca, next, flags, host);
  },
});
