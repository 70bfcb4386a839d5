import { readFile } from "node:fs/promises";
import { resolve } from "node:path";

import { FleetError } from "../../base/errors.ts";
import { fileTrouble } from "../../base/file-trouble.ts";
import { isSymmetricKey } from "../../base/symmetric-key.ts";
import { readSecret } from "../../secrets/secret.ts";
import type { AttestationSettings, EnrollmentSettings } from "../../service/enrollment-settings.ts";
import type { Host } from "../host.ts";
import { secretFileRef } from "../secret-file.ts";
import { readInitialTwin } from "./initial-twin-file.ts";
import type { SettingsFlags } from "./enroll-flags.ts";

/**
 * What the command line asks for; all files that it names are read here.
 *
 * @param certificateOf reads and judges a certificate file
 * @throws {FleetError} `FILE_INVALID`, `CERTIFICATE_INVALID`
 */
export async function givenSettings(
  flags: SettingsFlags,
  host: Pick<Host, "cwd" | "env">,
  certificateOf: (file: string) => string,
): Promise<EnrollmentSettings> {
  const { initialTwin, secondaryCertificate, removeSecondary, allocation, reprovision } = flags;
  return {
    attestation: await attestationOf(flags, host, certificateOf),
    secondaryCertificate:
      secondaryCertificate === undefined
        ? removeSecondary
          ? null
          : undefined
        : certificateOf(secondaryCertificate),
    deviceId: flags.deviceId,
    initialTwin:
      initialTwin === undefined ? undefined : await readInitialTwin(initialTwin, host.cwd),
    allocation,
    hubs: flags.allHubs ? [] : flags.hub,
    webhookUrl: flags.webhook ?? (await webhookOf(flags.webhookFile, host)),
    reprovision,
    enabled: flags.disabled ? false : undefined,
  };
}

async function attestationOf(
  { certificate, caReference, symmetricKey, keyEnv, keyFile }: SettingsFlags,
  host: Pick<Host, "cwd" | "env">,
  certificateOf: (file: string) => string,
): Promise<AttestationSettings | undefined> {
  if (certificate !== undefined) return { type: "certificate", pem: certificateOf(certificate) };
  if (caReference !== undefined) return { type: "caReference", name: caReference };
  if (!symmetricKey) return undefined;
  if (keyEnv === undefined && keyFile === undefined)
    return { type: "symmetricKey", primaryKey: undefined };
  const ref = keyEnv === undefined ? secretFileRef(keyFile ?? "", host) : { env: keyEnv };
  const key = await readSecret(ref, host.env);
  const primaryKey = key.trim();
  if (isSymmetricKey(primaryKey)) return { type: "symmetricKey", primaryKey };
  const place = keyEnv ?? keyFile ?? "";
  // The text is not shown: it may be a key after all.
  const message = "expected the base64 of 16 to 64 bytes, got something else";
  throw new FleetError("FILE_INVALID", `${place}: ${message}`, {
    problems: [{ place, message }],
    hint: "make one with: openssl rand -base64 48",
  });
}

async function webhookOf(
  shown: string | undefined,
  { cwd }: Pick<Host, "cwd">,
): Promise<string | undefined> {
  if (shown === undefined) return undefined;
  let text: string;
  try {
    text = (await readFile(resolve(cwd, shown), "utf8")).trim();
  } catch (cause) {
    throw noWebhook(shown, fileTrouble(cause), cause);
  }
  if (URL.canParse(text) && /^https?:/.test(text)) return text;
  throw noWebhook(shown, "something else");
}

function noWebhook(place: string, got: string, cause?: unknown): FleetError {
  const message = `expected a file with an http or https URL, got: ${got}`;
  return new FleetError("FILE_INVALID", `${place}: ${message}`, {
    cause,
    problems: [{ place, message }],
    hint: "check --webhook-file",
  });
}
