import type { JsonObject } from "../base/json.ts";
import { FleetError } from "../base/errors.ts";
import { heldCertificates, sha1Of } from "./certificate-slots.ts";
import type { AttestationDocument, EnrollmentDocument } from "./enrollment-document.ts";
import { enrollmentText } from "./enrollment-document.ts";
import type { Enrollments } from "./enrollments.ts";
import { isConflict, openEnrollments } from "./enrollments.ts";
import type { ServiceAccess } from "./service-access.ts";

/** What the devices of a group show DPS. */
export type GroupAttestation =
  | {
      readonly type: "x509";
      /** The CA that signs the leaves, as the group must hold it. */
      readonly caPem: string;
      /** CAs above it: a group that holds one of these accepts the same leaves. */
      readonly acceptedCaPems?: readonly string[] | undefined;
    }
  | {
      readonly type: "symmetricKey";
      /** base64; the devices' own keys are derived from it. */
      readonly groupKey: string;
    };

/** What an enrollment group must look like for a run. */
export interface GroupSpec {
  readonly groupId: string;
  readonly attestation: GroupAttestation;
  /** Of a group that is created; undefined = that of the DPS instance. */
  readonly allocation?: "hashed" | "geoLatency" | undefined;
  readonly initialTwin?:
    | {
        readonly tags?: JsonObject | undefined;
        readonly properties?: { readonly desired?: JsonObject | undefined } | undefined;
      }
    | undefined;
  /** Create it if it is missing. */
  readonly create: boolean;
  /** false = it is to let none of these devices in, so that one that is there is right as it is. Default true. */
  readonly admits?: boolean | undefined;
}

/** @throws {FleetError} `REFUSED` when the devices of `spec` are to register through the group that is there, and cannot */
async function checkGroup(
  { groupId, attestation, admits = true }: GroupSpec,
  group: EnrollmentDocument,
  { place, enrollments }: { readonly place: string; readonly enrollments: Enrollments },
): Promise<void> {
  if (!admits) return;
  if (group.provisioningStatus === "disabled") {
    throw new FleetError("REFUSED", `${place} is disabled`, {
      hint: `enable it (enroll enable ${groupId}), or name another`,
    });
  }
  const found = group.attestation.type ?? attestation.type;
  if (found !== attestation.type) {
    const expected = `expected attestation by ${attestation.type} as the fleet has it`;
    throw new FleetError("REFUSED", `${place}: ${expected}, got ${found}`, {
      hint: "name another group, or change the fleet's credentials",
    });
  }
  if (attestation.type === "x509") checkCas(attestation, group, place);
  else checkKey(attestation, await enrollments.attestationWithKeys(nameOf(groupId)), place);
}

function checkCas(
  { caPem, acceptedCaPems = [] }: Extract<GroupAttestation, { type: "x509" }>,
  group: EnrollmentDocument,
  place: string,
): void {
  // A group may name a CA of the service instead; its thumbprint is not in the answer, so DPS will judge.
  if (group.attestation.x509?.caReferences) return;
  const wanted = [caPem, ...acceptedCaPems].map((pem) => sha1Of(pem));
  const held = heldCertificates(group.attestation).flatMap(({ sha1 }) => sha1 ?? []);
  if (held.some((thumbprint) => wanted.includes(thumbprint))) return;
  throw new FleetError("REFUSED", `${place} holds another CA than the one that signs the leaves`, {
    problems: [
      {
        place: "signing certificate, SHA-1",
        message: `expected ${wanted.join(" or ")}, got ${held.join(", ") || "none"}`,
      },
    ],
    hint: "give --certs the folder of the group's CA, delete the group, or name another group",
  });
}

function checkKey(
  { groupKey }: Extract<GroupAttestation, { type: "symmetricKey" }>,
  { symmetricKey }: AttestationDocument,
  place: string,
): void {
  if ([symmetricKey?.primaryKey, symmetricKey?.secondaryKey].includes(groupKey)) return;
  throw new FleetError("REFUSED", `${place} has other keys than the one that the fleet has`, {
    hint: "give credentials.key the group's primary or secondary key, or name another group",
  });
}

const nameOf = (groupId: string) => ({ kind: "group", id: groupId }) as const;

/**
 * Makes sure that devices of `spec.attestation` can register through the group: creates it, or checks the one that is there.
 * A group that exists is never changed.
 *
 * @throws {FleetError} `REFUSED` or `UNREACHABLE`, with what to change
 */
export async function ensureEnrollmentGroup(
  spec: GroupSpec,
  access: ServiceAccess,
  signal?: AbortSignal,
): Promise<"created" | "kept"> {
  const enrollments = await openEnrollments(access, { signal });
  const name = nameOf(spec.groupId);
  const place = `${enrollmentText(name)} at ${enrollments.host}`;
  try {
    const found = await enrollments.find(name);
    if (found !== undefined) {
      await checkGroup(spec, found.document, { place, enrollments });
      return "kept";
    }
    if (!spec.create) {
      throw new FleetError("REFUSED", `${place} does not exist`, {
        hint: "create it, or set provisioning.createGroup to true",
      });
    }
    try {
      await enrollments.put({ ...name, document: documentOf(spec) }, undefined);
      return "created";
    } catch (error) {
      // Another part of the same plan may have made it meanwhile.
      const there = isConflict(error) ? await enrollments.find(name) : undefined;
      if (there === undefined) throw error;
      await checkGroup(spec, there.document, { place, enrollments });
      return "kept";
    }
  } finally {
    enrollments.close();
  }
}

const documentOf = ({ attestation, allocation, initialTwin }: GroupSpec): EnrollmentDocument => ({
  attestation:
    attestation.type === "x509"
      ? {
          type: "x509",
          x509: { signingCertificates: { primary: { certificate: attestation.caPem } } },
        }
      : // The service makes the secondary key.
        { type: "symmetricKey", symmetricKey: { primaryKey: attestation.groupKey } },
  provisioningStatus: "enabled",
  ...settingsOf({ allocation, initialTwin }),
});

/** What the run asks of an enrollment that it makes. */
export function settingsOf({
  allocation,
  initialTwin,
}: Pick<GroupSpec, "allocation" | "initialTwin">): Pick<
  EnrollmentDocument,
  "allocationPolicy" | "initialTwin"
> {
  return {
    ...(allocation === undefined ? {} : { allocationPolicy: allocation }),
    initialTwin: {
      tags: { ...initialTwin?.tags },
      properties: { desired: { ...initialTwin?.properties?.desired } },
    },
  };
}
