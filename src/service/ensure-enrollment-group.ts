import type { JsonObject } from "../base/json.ts";
import { FleetError } from "../base/errors.ts";
import { heldCertificates, sha1Of } from "./certificate-slots.ts";
import type { EnrollmentDocument } from "./enrollment-document.ts";
import { enrollmentText } from "./enrollment-document.ts";
import { openEnrollments } from "./enrollments.ts";
import type { ServiceAccess } from "./service-access.ts";

/** What an enrollment group must look like for a run. */
export interface GroupSpec {
  readonly groupId: string;
  /** The CA that signs the leaves, as the group must hold it. */
  readonly caPem: string;
  /** CAs above it: a group that holds one of these accepts the same leaves. */
  readonly acceptedCaPems?: readonly string[];
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
}

/** @throws {FleetError} `REFUSED` when the leaves of `spec` cannot register through `group` */
function checkGroup(spec: GroupSpec, group: EnrollmentDocument, place: string): void {
  if (group.provisioningStatus === "disabled") {
    throw new FleetError("REFUSED", `${place} is disabled`, {
      hint: `enable it (enroll enable ${spec.groupId}), or name another`,
    });
  }
  // A group may name a CA of the service instead; its thumbprint is not in the answer, so DPS will judge.
  if (group.attestation.x509?.caReferences) return;
  const wanted = [spec.caPem, ...(spec.acceptedCaPems ?? [])].map((pem) => sha1Of(pem));
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

/**
 * Makes sure that leaves of `spec.caPem` can register through the group: creates it, or checks the one that is there.
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
  const name = { kind: "group", id: spec.groupId } as const;
  const place = `${enrollmentText(name)} at ${enrollments.host}`;
  try {
    const found = await enrollments.find(name);
    if (found !== undefined) {
      checkGroup(spec, found.document, place);
      return "kept";
    }
    if (!spec.create) {
      throw new FleetError("REFUSED", `${place} does not exist`, {
        hint: "create it, or set provisioning.createGroup to true",
      });
    }
    await enrollments.put({ ...name, document: documentOf(spec) }, undefined);
    return "created";
  } finally {
    enrollments.close();
  }
}

const documentOf = ({ caPem, allocation, initialTwin }: GroupSpec): EnrollmentDocument => ({
  attestation: {
    type: "x509",
    x509: { signingCertificates: { primary: { certificate: caPem } } },
  },
  provisioningStatus: "enabled",
  ...(allocation === undefined ? {} : { allocationPolicy: allocation }),
  initialTwin: {
    tags: { ...initialTwin?.tags },
    properties: { desired: { ...initialTwin?.properties?.desired } },
  },
});
