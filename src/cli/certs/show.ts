import { z } from "zod";

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
import { certsFields, certsOptions } from "./certs-flags.ts";
import { certsDir } from "./certs-text.ts";
import { withProgress } from "./certs-work.ts";
import { pfxPassword } from "./pfx-password.ts";
import { certificateText } from "./show-text.ts";
import { storeText } from "./store-text.ts";

const SCHEMA = z.object({
  ...certsFields,
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
    "show device.pfx --password-env DEVICE_PFX_PASSWORD",
  ],
  notes: "A name means a device or a CA of the store first, and a file where it is neither.",
  options: (yargs) => {
    yargs.positional("what", {
      type: "string",
      describe: "registration id, name of a CA, or a file: PEM, DER or PFX",
    });
    return certsOptions(
      passphraseOptions(passwordOptions(yargs, "a PFX"), "an encrypted key in a file"),
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
      const survey = await withProgress(host, "reading certificates", (work) =>
        surveyStore(dir, { ...work, now }),
      );
      print(survey, storeText(survey, flags.certs));
      return;
    }
    const { showCertificate } = await import("../../pki/shown-certificate.ts");
    const passphrase = await givenPassphrase(flags, host);
    const password = await pfxPassword(flags, /\.(pfx|p12)$/i.test(what), host);
    const shown = await withProgress(host, "reading certificates", (work) =>
      showCertificate(dir, what, { ...work, now, cwd: host.cwd, passphrase, password }),
    );
    print(shown, certificateText(shown, flags, host));
  },
});
