import { z } from "zod";

import { DEFAULT_DAYS } from "../../pki/certificate.ts";
import { LEAF_DEFECTS } from "../../base/leaf-defect.ts";
import { passphrasesFrom } from "../ca-passphrase.ts";
import type { Action } from "../command-group.ts";
import { commonFields, commonOptions } from "../common-flags.ts";
import { enumField } from "../../scenario/fields.ts";
import type { Host } from "../host.ts";
import { parseFlags } from "../parse-flags.ts";
import {
  passphraseFields,
  passphraseOptions,
  signerPassphraseFields,
  signerPassphraseOptions,
} from "../secret-flags.ts";
import { askedFields, askedOptions, oneWayOfAsking } from "./asked-flags.ts";
import { askedLeaves } from "./asked-leaves.ts";
import { issueFields, issueOptions, signerField, signerOption } from "./certs-flags.ts";
import { certsDir } from "./certs-text.ts";
import { withProgress } from "./certs-work.ts";
import { LEAVES_MAX } from "./id-pattern.ts";
import { issueDefective } from "./defective-leaf.ts";
import { leavesText, leavesValue } from "./leaf-text.ts";

const SCHEMA = z
  .object({
    ...commonFields,
    ...issueFields,
    ...signerField,
    ...passphraseFields,
    ...signerPassphraseFields,
    ...askedFields,
    defect: enumField(LEAF_DEFECTS).optional(),
  })
  .superRefine(oneWayOfAsking);

/** `certs leaf ID…`: the certificates of devices. */
export const leafAction = (host: Host): Action => ({
  command: "leaf [ids..]",
  describe: "issue certificates of devices: client authentication, the id as common name",
  examples: [
    "leaf cheesecave-device1",
    "leaf --pattern 'cheesecave-device{1..30}'",
    "leaf --from devices.csv --signer conveyors",
    "leaf bad1 --defect expired           to see that it is refused",
  ],
  notes: `A table (--from) has a header with registrationId and, where wanted, keyKind, days and
signer. Good certificates that are there are kept; at most ${LEAVES_MAX} at once.`,
  options: (yargs) => {
    askedOptions(
      issueOptions(
        signerOption(yargs, "the default intermediate if there is one, else the root"),
        DEFAULT_DAYS.leaf,
      ),
    ).option("defect", {
      type: "string",
      requiresArg: true,
      describe: `bad on purpose, to see it refused: ${LEAF_DEFECTS.join(", ")}`,
    });
    return commonOptions(signerPassphraseOptions(passphraseOptions(yargs, "the signer's key")));
  },
  run: async (read) => {
    const flags = parseFlags(SCHEMA, read, "certs leaf", { ids: "ID" });
    const leaves = await askedLeaves(flags, host);
    const { passphraseOf } = await passphrasesFrom(flags, host);
    if (flags.defect !== undefined) {
      await issueDefective({ ...flags, defect: flags.defect }, leaves, passphraseOf, host);
      return;
    }
    const { issueLeaves } = await import("../../pki/issue-leaves.ts");
    const outcomes = await withProgress(host, "issuing certificates", (work) =>
      issueLeaves({
        ...work,
        dir: certsDir(flags, host),
        leaves,
        signer: flags.signer,
        keyKind: flags.key,
        days: flags.days,
        force: flags.force,
        now: host.now(),
        passphraseOf,
        threads: host.cores,
      }),
    );
    if (flags.json) {
      host.stdout.write(`${JSON.stringify(leavesValue(outcomes))}\n`);
      return;
    }
    host.stdout.write(leavesText(outcomes, flags, host));
    host.stderr.write(
      "next: enroll group NAME --certificate FILE takes all devices below that CA\n",
    );
  },
});
