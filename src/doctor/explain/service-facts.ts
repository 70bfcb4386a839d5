import { X509Certificate } from "node:crypto";

import { z } from "zod";

import { oneLine } from "../../pki/name.ts";
import type { CaCertificates } from "../../service/ca-certificates.ts";
import { heldCertificates } from "../../service/certificate-slots.ts";
import type { AttestationDocument, Enrollment } from "../../service/enrollment-document.ts";
import { enrollmentsOf } from "../../service/enrollments.ts";
import type { OpenHubClient } from "../../service/hub-client.ts";
import { openHubClient } from "../../service/hub-client.ts";
import { openProvisioningClient } from "../../service/provisioning-client.ts";
import { registrationsOf } from "../../service/registrations.ts";
import type { ServiceAccess } from "../../service/service-access.ts";
import { hostOf } from "../../service/service-access.ts";
import { serviceCall } from "../../service/service-call.ts";
import { statusOf } from "../../service/service-error.ts";
import { sha1Of } from "./certificate-text.ts";
import type {
  CaFacts,
  EnrollmentFacts,
  GroupFacts,
  HubFacts,
  IndividualFacts,
} from "./device-facts.ts";

/** What DPS and hubs tell of devices. Each call may be `REFUSED` or `UNREACHABLE`. */
export interface ServiceFacts {
  enrollment(registrationId: string): Promise<EnrollmentFacts>;
  /** @returns undefined where the device is assigned to no hub, or to one that is not at hand */
  hub(registrationId: string): Promise<HubFacts | undefined>;
  /** Closes idle connections; safe to call twice. */
  close(): void;
}

/** What service access there is. */
export interface ServiceAccesses {
  readonly dps: ServiceAccess;
  readonly hubs: readonly ServiceAccess[];
  /** CA certificates of DPS, where they can be read. */
  readonly cas?: Pick<CaCertificates, "read"> | undefined;
}

const identity = z.object({
  status: z.string().nullish(),
  authentication: z
    .object({
      type: z.string().nullish(),
      x509Thumbprint: z
        .object({
          primaryThumbprint: z.string().nullish(),
          secondaryThumbprint: z.string().nullish(),
        })
        .nullish(),
    })
    .nullish(),
});

/**
 * Opens them; groups are read once, with the first device.
 *
 * @throws {FleetError} `USAGE` where a connection string is of another kind
 */
export async function openServiceFacts(
  { dps, hubs, cas }: ServiceAccesses,
  signal?: AbortSignal,
): Promise<ServiceFacts> {
  const opened = await openProvisioningClient(dps);
  const enrollments = enrollmentsOf(opened, { signal });
  const registrations = registrationsOf(opened, { signal });
  const hubClients = new Map<string, Promise<OpenHubClient>>();
  const hubClient = (host: string): Promise<OpenHubClient> | undefined => {
    const access = hubs.find((one) => hostOf(one, "hub").toLowerCase() === host.toLowerCase());
    if (access === undefined) return undefined;
    const client = hubClients.get(host) ?? openHubClient(access);
    hubClients.set(host, client);
    return client;
  };
  const found = async <T>(what: string, read: () => Promise<T>): Promise<T | undefined> =>
    serviceCall({ what, signal }, async () => {
      try {
        return await read();
      } catch (error) {
        if (statusOf(error) === 404) return undefined;
        throw error;
      }
    });
  let groups: Promise<readonly GroupFacts[]> | undefined;
  const readGroups = async (): Promise<readonly GroupFacts[]> => {
    const all: GroupFacts[] = [];
    for await (const page of enrollments.list("group"))
      all.push(...(await Promise.all(page.map((group) => groupFacts(group, cas)))));
    return all;
  };
  return {
    enrollment: async (registrationId) => {
      groups ??= readGroups();
      const own = await enrollments.find({ kind: "individual", id: registrationId });
      return {
        individual: own === undefined ? undefined : individualFacts(own),
        groups: await groups,
      };
    },
    hub: async (registrationId) => {
      const answer = await registrations.find(registrationId);
      const host = answer?.assignedHub ?? "";
      const client = host === "" ? undefined : await hubClient(host);
      if (client === undefined) return undefined;
      const deviceId = answer?.deviceId ?? registrationId;
      const seen = await found(`reading device ${deviceId} at ${host}`, async () =>
        identity.parse((await client.registry.get(deviceId)).responseBody),
      );
      return { host, identity: seen === undefined ? undefined : identityFacts(seen) };
    },
    close: () => {
      opened.close();
      for (const client of hubClients.values()) void client.then(({ close }) => close());
    },
  };
}

const kindOf = ({ type }: AttestationDocument): GroupFacts["attestation"] =>
  type === "x509" || type === "symmetricKey" ? type : "other";

function individualFacts({ document }: Enrollment): IndividualFacts {
  const { attestation, provisioningStatus } = document;
  return {
    isEnabled: provisioningStatus !== "disabled",
    attestation: kindOf(attestation),
    thumbprints: heldCertificates(attestation).flatMap(({ sha1 }) => sha1?.toUpperCase() ?? []),
  };
}

async function groupFacts(
  { id, document }: Enrollment,
  cas: ServiceAccesses["cas"],
): Promise<GroupFacts> {
  const { attestation, provisioningStatus } = document;
  const { primary, secondary } = attestation.x509?.caReferences ?? {};
  const names = [primary, secondary].filter((name) => typeof name === "string" && name !== "");
  const referred: CaFacts[] = [];
  const unknownCas: string[] = [];
  for (const name of names) {
    const ca = await cas?.read(name ?? "");
    if (ca === undefined) unknownCas.push(name ?? "");
    else referred.push({ ...caFacts(ca.certificate), isVerified: ca.isVerified });
  }
  return {
    id,
    isEnabled: provisioningStatus !== "disabled",
    attestation: kindOf(attestation),
    cas: [...heldCas(attestation), ...referred],
    unknownCas,
  };
}

function heldCas(attestation: AttestationDocument): readonly CaFacts[] {
  return heldCertificates(attestation).flatMap(({ sha1, document }): CaFacts[] => {
    const certificate = parsed(document.certificate ?? undefined);
    if (certificate !== undefined) return [caFacts(certificate)];
    if (sha1 === undefined) return [];
    const subject = document.info?.subjectName ?? undefined;
    return [{ sha1: sha1.toUpperCase(), subject, certificate: undefined }];
  });
}

/** What a CA certificate is, as groups hold it. */
export const caFacts = (certificate: X509Certificate): CaFacts => ({
  sha1: sha1Of(certificate),
  subject: oneLine(certificate.subject),
  certificate,
});

/** PEM, or base64 of DER. */
function parsed(text: string | undefined): X509Certificate | undefined {
  if (text === undefined || text === "") return undefined;
  try {
    return new X509Certificate(text.includes("BEGIN") ? text : Buffer.from(text, "base64"));
  } catch {
    return undefined;
  }
}

const AUTHENTICATIONS = ["selfSigned", "certificateAuthority", "sas"] as const;

function identityFacts({
  status,
  authentication,
}: z.infer<typeof identity>): NonNullable<HubFacts["identity"]> {
  const { primaryThumbprint, secondaryThumbprint } = authentication?.x509Thumbprint ?? {};
  return {
    isEnabled: status !== "disabled",
    authentication: AUTHENTICATIONS.find((one) => one === authentication?.type) ?? "other",
    thumbprints: [primaryThumbprint, secondaryThumbprint]
      .map((text) => (text ?? "").replaceAll(/[^0-9a-f]/gi, "").toUpperCase())
      .filter((text) => text !== ""),
  };
}
