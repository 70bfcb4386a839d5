import { z } from "zod";

import { certificateFacts } from "../../pki/certificate-facts.ts";
import { COMMON_NAME_MAX } from "../../pki/name.ts";
import { passphrasesFrom } from "../ca-passphrase.ts";
import type { Action } from "../command-group.ts";
import { commonFields, commonOptions } from "../common-flags.ts";
import { once } from "../flag-fields.ts";
import type { Host } from "../host.ts";
import { parseFlags } from "../parse-flags.ts";
import {
  passphraseFields,
  passphraseOptions,
  signerPassphraseFields,
  signerPassphraseOptions,
} from "../secret-flags.ts";
import { signerField, signerOption } from "./certs-flags.ts";
import { certificateLines, certsDir, shownPath } from "./certs-text.ts";

const SCHEMA = z.object({
  ...commonFields,
  ...signerField,
  ...passphraseFields,
  ...signerPassphraseFields,
  code: once.refine(
    (text) => {
      const length = Array.from(text).length;
      return length >= 1 && length <= COMMON_NAME_MAX;
    },
    { error: `expected a code of 1 to ${COMMON_NAME_MAX} characters` },
  ),
});

/** `certs verify CODE`: the certificate that proves to DPS that we have a CA's key. */
export const verifyAction = (host: Host): Action => ({
  command: "verify <code>",
  describe: "sign the certificate that proves that you have a CA's key",
  examples: ["verify 106A5SD242AF512B3498BD6098C4941E66R34H268DDB3288"],
  notes: `CODE comes from \`ca code\`, the portal or the Azure CLI and becomes the common name.
Nobody needs the certificate's own key: it is forgotten.`,
  options: (yargs) => {
    yargs.positional("code", { type: "string", describe: "verification code of DPS" });
    signerOption(yargs, "the root");
    return commonOptions(signerPassphraseOptions(passphraseOptions(yargs, "the signer's key")));
  },
  run: async (read) => {
    const flags = parseFlags(SCHEMA, read, "certs verify", { code: "CODE" });
    const { passphraseOf } = await passphrasesFrom(flags, host);
    const { writeVerification } = await import("../../pki/write-verification.ts");
    const { file, certificate } = await writeVerification({
      dir: certsDir(flags, host),
      code: flags.code,
      signer: flags.signer,
      now: host.now(),
      passphraseOf,
    });
    const facts = certificateFacts(certificate);
    if (flags.json) {
      host.stdout.write(`${JSON.stringify({ files: { certificate: file }, ...facts })}\n`);
      return;
    }
    const lines = certificateLines(facts, [["certificate", shownPath(file, flags, host)]]);
    host.stdout.write(`signed the verification code\n${lines.join("\n")}\n`);
    host.stderr.write("next: ca verify NAME hands it in; in the portal, upload that file\n");
  },
});
