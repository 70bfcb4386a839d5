import { X509Certificate } from "node:crypto";

import type { TwinCollection } from "azure-iot-provisioning-service/dist/interfaces.js";
import { z } from "zod";

import { FleetError } from "../base/errors.ts";
import type { JsonObject } from "../base/json.ts";
import { openProvisioningClient } from "./provisioning-client.ts";
import type { ServiceAccess } from "./service-access.ts";
import { serviceCall } from "./service-call.ts";
import { statusOf } from "./service-error.ts";

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

/** The parts of the service's answer that are read. Source: REST reference of DPS, enrollment groups, 2021-10-01. */
const certificateInfo = z.object({
  certificate: z.string().nullish(),
  info: z.object({ sha1Thumbprint: z.string().nullish() }).nullish(),
});
const groupAnswer = z.object({
  provisioningStatus: z.string().nullish(),
  attestation: z.object({
    type: z.string().nullish(),
    x509: z
      .object({
        signingCertificates: z
          .object({ primary: certificateInfo.nullish(), secondary: certificateInfo.nullish() })
          .nullish(),
        caReferences: z.object({}).nullish(),
      })
      .nullish(),
  }),
});
type GroupAnswer = z.infer<typeof groupAnswer>;

const sha1Of = (pem: string): string =>
  new X509Certificate(pem).fingerprint.replaceAll(":", "").toLowerCase();

/** SHA-1 thumbprints of the certificates that a group holds; the service may answer with either form. */
function thumbprintsOf(group: GroupAnswer): readonly string[] {
  const held = group.attestation.x509?.signingCertificates;
  return [held?.primary, held?.secondary].flatMap((one) => {
    const thumbprint = one?.info?.sha1Thumbprint;
    if (typeof thumbprint === "string") return [thumbprint.replaceAll(":", "").toLowerCase()];
    return one?.certificate?.includes("BEGIN CERTIFICATE") === true
      ? [sha1Of(one.certificate)]
      : [];
  });
}

/** @throws {FleetError} `REFUSED` when the leaves of `spec` cannot register through `group` */
function checkGroup(spec: GroupSpec, group: GroupAnswer, host: string): void {
  const place = `enrollment group "${spec.groupId}" at ${host}`;
  if (group.provisioningStatus === "disabled") {
    throw new FleetError("REFUSED", `${place} is disabled`, { hint: "enable it, or name another" });
  }
  // A group may name a CA of the service instead; its thumbprint is not in the answer, so DPS will judge.
  if (group.attestation.x509?.caReferences) return;
  const wanted = [spec.caPem, ...(spec.acceptedCaPems ?? [])].map(sha1Of);
  const held = thumbprintsOf(group);
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

/** A section of the initial twin. */
const collection = (section: JsonObject | undefined): TwinCollection =>
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the SDK's type asks a sender for members that only the service writes
  ({ ...section }) as JsonObject & Pick<TwinCollection, "count" | "metadata" | "version">;

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
  const { client, host, close } = await openProvisioningClient(access);
  const what = `enrollment group "${spec.groupId}" at ${host}`;
  try {
    const found = await serviceCall({ what, signal }, async () => {
      try {
        const answer = await client.getEnrollmentGroup(spec.groupId);
        return groupAnswer.parse(answer.responseBody);
      } catch (error) {
        if (statusOf(error) === 404) return undefined;
        throw error;
      }
    });
    if (found !== undefined) {
      checkGroup(spec, found, host);
      return "kept";
    }
    if (!spec.create) {
      throw new FleetError("REFUSED", `${what} does not exist`, {
        hint: "create it, or set provisioning.createGroup to true",
      });
    }
    await serviceCall({ what, signal }, () =>
      client.createOrUpdateEnrollmentGroup({
        enrollmentGroupId: spec.groupId,
        attestation: {
          type: "x509",
          x509: { signingCertificates: { primary: { certificate: spec.caPem } } },
        },
        provisioningStatus: "enabled",
        ...(spec.allocation === undefined ? {} : { allocationPolicy: spec.allocation }),
        initialTwin: {
          tags: collection(spec.initialTwin?.tags),
          properties: { desired: collection(spec.initialTwin?.properties?.desired) },
        },
      }),
    );
    return "created";
  } finally {
    close();
  }
}
