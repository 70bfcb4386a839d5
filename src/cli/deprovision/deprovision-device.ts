import { existsSync } from "node:fs";
import { resolve } from "node:path";

import { certsLayout } from "../../pki/layout.ts";
import type { DevicePlan, DeviceStep } from "../../service/deprovision-device.ts";
import type { AttestationSettings } from "../../service/enrollment-settings.ts";
import { confirmOrRefuse } from "../confirm.ts";
import { deviceCertificate } from "../enroll/enroll-certificate.ts";
import type { Host } from "../host.ts";
import { withRemovalServices } from "../removal.ts";
import type { DeprovisionFlags } from "./deprovision-flags.ts";

/** Shows what will be done, asks, and takes one device out. */
export async function deprovisionOne(
  id: string,
  flags: DeprovisionFlags,
  host: Host,
): Promise<void> {
  const { deprovisionDevice, planDevice } = await import("../../service/deprovision-device.ts");
  const { file, attestation } = proofOf(id, flags, host);
  const { keepIdentity, json, yes } = flags;
  await withRemovalServices(flags, host, async (services, signal) => {
    const plan = await planDevice(services, id);
    host.stderr.write(planText(plan, { file, keepIdentity, dps: services.enrollments.host }));
    await confirmOrRefuse(host, signal, { yes, question: `Take ${id} out for good?` });
    const steps: DeviceStep[] = [];
    try {
      await deprovisionDevice(services, id, {
        attestation,
        keepIdentity,
        signal,
        onStep: (step) => {
          steps.push(step);
          if (!json) host.stdout.write(`${stepText(step)}\n`);
        },
      });
    } finally {
      if (json) host.stdout.write(`${JSON.stringify({ registrationId: id, steps })}\n`);
    }
  });
}

/** What the entry that shuts the device out holds; one with keys shuts out a device with a certificate too. */
function proofOf(
  id: string,
  { certificate, symmetricKey, certs }: DeprovisionFlags,
  host: Host,
): { readonly file: string | undefined; readonly attestation: AttestationSettings } {
  const stored = certsLayout(certs).leafCert(id);
  const file =
    certificate ?? (!symmetricKey && existsSync(resolve(host.cwd, stored)) ? stored : undefined);
  return file === undefined
    ? { file, attestation: { type: "symmetricKey", primaryKey: undefined } }
    : { file, attestation: { type: "certificate", pem: deviceCertificate(file, id, host) } };
}

function planText(
  { registrationId, entry, record, deviceId, hubs }: DevicePlan,
  more: { readonly file: string | undefined; readonly keepIdentity: boolean; readonly dps: string },
): string {
  const { file, keepIdentity, dps } = more;
  const proof = file === undefined ? "with a symmetric key" : `with ${file}`;
  const entries = {
    create: `create it, disabled, ${proof}`,
    disable: "disable it",
    keep: "is disabled already",
  };
  const hubNames = hubs.map(({ host }) => host).join(", ");
  return [
    `${registrationId} at ${dps}${record === undefined ? " has no registration record" : ""}`,
    `  1. individual enrollment: ${entries[entry]}`,
    `  2. identity ${deviceId} at ${hubNames}: ${keepIdentity ? "disable" : "delete"} it`,
    "  3. registration record: delete it",
    "",
  ].join("\n");
}

function stepText(step: DeviceStep): string {
  switch (step.step) {
    case "enrollment":
      return `individual enrollment: ${step.done === "kept" ? "is disabled already" : step.done}${step.done === "created" ? ", disabled" : ""}`;
    case "identity":
      return `identity ${step.deviceId} at ${step.hub}: ${step.done}`;
    case "record":
      return `registration record: ${step.done}`;
    default:
      return step satisfies never;
  }
}
