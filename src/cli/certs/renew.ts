import { existsSync } from "node:fs";

import { z } from "zod";

import { DEFAULT_DAYS } from "../../pki/certificate.ts";
import { certsLayout } from "../../pki/layout.ts";
import { passphrasesFrom } from "../ca-passphrase.ts";
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
  signerPassphraseFields,
  signerPassphraseOptions,
} from "../secret-flags.ts";
import { askedFields, askedOptions, oneWayOfAsking } from "./asked-flags.ts";
import { askedIds } from "./asked-leaves.ts";
import { issueFields, issueOptions, signerField, signerOption } from "./certs-flags.ts";
import { certsDir } from "./certs-text.ts";
import { withProgress } from "./certs-work.ts";
import { pfxPassword } from "./pfx-password.ts";
import { confirmedText, discardedText, renewedText } from "./renew-text.ts";

/** What has no meaning for a pair that is made already. */
const MAKING = ["key", "days", "signer", "force"] as const;

const SCHEMA = z
  .object({
    ...commonFields,
    ...issueFields,
    ...signerField,
    ...passphraseFields,
    ...signerPassphraseFields,
    ...passwordFields,
    ...askedFields,
    confirm: onOff.default(false),
    discard: onOff.default(false),
  })
  .superRefine((flags, context) => {
    oneWayOfAsking(flags, context);
    const { confirm, discard } = flags;
    const step = confirm ? "--confirm" : "--discard";
    if (confirm && discard) {
      const message = "expected no --discard with --confirm";
      context.addIssue({ code: "custom", path: ["discard"], message });
    }
    if (!confirm && !discard) return;
    for (const name of MAKING) {
      if (flags[name] === undefined || flags[name] === false) continue;
      const message = `expected none with ${step}: the new pair is made already`;
      context.addIssue({ code: "custom", path: [name], message });
    }
  });
type RenewFlags = z.output<typeof SCHEMA>;

/** `certs renew ID…`: a new pair beside the old one, and then in its place. */
export const renewAction = (host: Host): Action => ({
  command: "renew [ids..]",
  describe: "make new keys and certificates for devices, kept beside the old ones until confirmed",
  examples: [
    "renew cheesecave-device1               makes the new pair",
    "renew cheesecave-device1 --confirm     puts it in the place of the old one",
    "renew cheesecave-device1 --discard     gives it up",
    "renew --pattern 'cheesecave-device{1..30}'",
  ],
  notes: `Between the two, an individual enrollment gets the new certificate beside the old one.
The old pair stays as ID.<first 8 digits of its SHA-1>.cert.pem and its key.`,
  options: (yargs) => {
    const asked = askedOptions(yargs);
    const making = signerOption(issueOptions(asked, DEFAULT_DAYS.leaf), "the CA that signed before")
      .option("key", { defaultDescription: "that of the old key" })
      .option("force", { type: "boolean", describe: "make it anew where one is pending" })
      .option("confirm", {
        type: "boolean",
        describe: "put the pending pair in the place of the old one, which is kept beside",
      })
      .option("discard", { type: "boolean", describe: "remove the pending pair" });
    return commonOptions(
      passwordOptions(
        signerPassphraseOptions(passphraseOptions(making, "the devices' keys")),
        "the devices' PFX, which gets the new pair too",
      ),
    );
  },
  run: async (given) => {
    const flags = parseFlags(SCHEMA, given, "certs renew", { ids: "ID" });
    const ids = await askedIds(flags, host);
    const { value, text, next } = await act({ ...flags, ids: [...ids] }, host);
    host.stdout.write(flags.json ? `${JSON.stringify(value)}\n` : text);
    if (!flags.json && next !== undefined) host.stderr.write(`next: ${next}\n`);
  },
});

/** Does it. @returns what `--json` prints, what people read, and what to do then */
async function act(
  flags: RenewFlags,
  host: Host,
): Promise<{ readonly value: unknown; readonly text: string; readonly next?: string }> {
  const dir = certsDir(flags, host);
  if (flags.discard) {
    const { discardRenewals } = await import("../../pki/discard-renewal.ts");
    const discarded = await withProgress(host, "discarding renewals", ({ signal }) =>
      discardRenewals({ dir, ids: flags.ids, signal }),
    );
    return {
      value: flags.ids.map((id) => ({ id, discarded: discarded.has(id) })),
      text: discardedText(flags.ids, discarded),
    };
  }
  const given = {
    dir,
    ids: flags.ids,
    passphrase: await givenPassphrase(flags, host),
    password: await pfxPassword(flags, needsPfx(flags, dir), host),
    now: host.now(),
  };
  if (flags.confirm) {
    const { confirmRenewals } = await import("../../pki/confirm-renewal.ts");
    const confirmed = await withProgress(host, "confirming renewals", (work) =>
      confirmRenewals({ ...given, ...work }),
    );
    const next = "devices that are not in a running fleet register again with the new certificate";
    return { value: confirmed, text: confirmedText(confirmed, flags, host), next };
  }
  const { renewLeaves } = await import("../../pki/renew-leaves.ts");
  const { signerPassphraseEnv, signerPassphraseFile } = flags;
  const { passphraseOf } = await passphrasesFrom(
    { signerPassphraseEnv, signerPassphraseFile },
    host,
  );
  const renewed = await withProgress(host, "renewing certificates", (work) =>
    renewLeaves({
      ...given,
      ...work,
      signer: flags.signer,
      keyKind: flags.key,
      days: flags.days,
      force: flags.force,
      passphraseOf,
    }),
  );
  const next =
    "add the new certificate to individual enrollments that hold the old one, then the same with --confirm";
  return { value: renewed, text: renewedText(renewed, flags, host), next };
}

/** Whether a PFX is to be opened: to get the new pair, or since it holds the only leaf that is there. */
function needsPfx({ ids: asked, confirm }: RenewFlags, dir: string): boolean {
  const { leafPfx, leafCert, leafFullChain } = certsLayout(dir);
  return asked.some(
    (id) =>
      existsSync(leafPfx(id)) &&
      (confirm || !(existsSync(leafCert(id)) || existsSync(leafFullChain(id)))),
  );
}
