import { X509Certificate } from "node:crypto";

import type { ServiceAccess } from "../../service/service-access.ts";
import { hostOf } from "../../service/service-access.ts";
import { heldCertificates, sha1Of } from "../../service/certificate-slots.ts";
import { enrollmentsOf } from "../../service/enrollments.ts";
import { openHubClient } from "../../service/hub-client.ts";
import { openProvisioningClient } from "../../service/provisioning-client.ts";
import { registrationsOf } from "../../service/registrations.ts";
import { serviceCall } from "../../service/service-call.ts";
import { statusOf } from "../../service/service-error.ts";
import type { Area, Finding } from "../finding.ts";
import { fail, ofError, ok } from "../finding.ts";
import type { ProbeLimit } from "./probed.ts";
import { probed } from "./probed.ts";

/** An id that no device has; what is not there can be asked for without harm. */
const NOBODY = "dps-fleet-doctor";

/** The policy of a connection string, which is no secret. */
const policyOf = ({ connectionString }: ServiceAccess): string =>
  /SharedAccessKeyName=([^;]*)/.exec(connectionString)?.[1] ?? "unknown";

/** A group that a fleet belongs to. */
export interface ExpectedGroup {
  readonly id: string;
  /** CAs that the fleet's leaves lead to; empty = not known yet. */
  readonly caPems: readonly string[];
  /** Whether a run makes it where it is missing. */
  readonly isCreated: boolean;
}

/** Whether a DPS connection string is one, works, and has the rights that a run and these commands need. */
export async function checkDps(
  access: ServiceAccess,
  group: ExpectedGroup | undefined,
  limit: ProbeLimit,
): Promise<readonly Finding[]> {
  return probed("DPS", access.source, limit, async (signal) => {
    const host = hostOf(access, "dps");
    const opened = await openProvisioningClient(access);
    try {
      const enrollments = enrollmentsOf(opened, { signal });
      const rights = await Promise.all([
        right("DPS", access, host, "EnrollmentRead", () =>
          enrollments.find({ kind: "group", id: NOBODY }),
        ),
        right("DPS", access, host, "RegistrationStatusRead", () =>
          registrationsOf(opened, { signal }).find(NOBODY),
        ),
      ]);
      const mayRead = rights[0]?.state === "ok";
      if (group === undefined || !mayRead) return rights;
      const found = await enrollments.find({ kind: "group", id: group.id });
      return [...rights, judgeGroup(group, found?.document, host)];
    } finally {
      opened.close();
    }
  });
}

/** The same for a hub. */
export async function checkHub(
  access: ServiceAccess,
  limit: ProbeLimit,
): Promise<readonly Finding[]> {
  return probed("hub", access.source, limit, async (signal) => {
    const { registry, host, close } = await openHubClient(access);
    const asked = (what: string, ask: () => Promise<unknown>): Promise<unknown> =>
      serviceCall({ what: `${what} at ${host}`, signal }, async () => {
        try {
          await ask();
        } catch (error) {
          if (statusOf(error) !== 404) throw error;
        }
      });
    try {
      return await Promise.all([
        right("hub", access, host, "RegistryRead", () =>
          asked("reading an identity", () => registry.get(NOBODY)),
        ),
        right("hub", access, host, "ServiceConnect", () =>
          asked("reading a twin", () => registry.getTwin(NOBODY)),
        ),
      ]);
    } finally {
      close();
    }
  });
}

async function right(
  area: Area,
  access: ServiceAccess,
  host: string,
  name: string,
  ask: () => Promise<unknown>,
): Promise<Finding> {
  const policy = policyOf(access);
  try {
    await ask();
    return ok(area, `${host}: policy ${policy} has ${name}`);
  } catch (error) {
    // A stop and the limit are not this right's: they are thrown on.
    const [first] = ofError(area, error);
    const what = `${host}: policy ${policy} and ${name}: ${first?.what ?? "refused"}`;
    return fail(area, what, first?.mend);
  }
}

function judgeGroup(
  { id, caPems, isCreated }: ExpectedGroup,
  document: Parameters<typeof heldIn>[0] | undefined,
  host: string,
): Finding {
  if (document === undefined) {
    return isCreated
      ? ok("enrollment", `group ${id} is not at ${host} yet: a run makes it`)
      : fail(
          "enrollment",
          `group ${id} is not at ${host}`,
          `enroll group ${id} --certificate FILE`,
        );
  }
  if (document.provisioningStatus === "disabled")
    return fail("enrollment", `group ${id} at ${host} is disabled`, `enroll enable ${id}`);
  const held = heldIn(document);
  const own = caPems.map((pem) => sha1Of(new X509Certificate(pem)));
  if (held.length === 0 || own.length === 0)
    return ok("enrollment", `group ${id} at ${host} is enabled`);
  if (own.some((sha1) => held.includes(sha1)))
    return ok("enrollment", `group ${id} at ${host} is enabled and holds the CA of these leaves`);
  return fail(
    "enrollment",
    `group ${id} at ${host}: expected a CA of these leaves (SHA-1 ${own.join(" or ")}), got ${held.join(", ")}`,
    "give --certs the folder of the group's CA, or put this CA into the group: enroll group",
  );
}

/** Thumbprints of what a group holds; none where it has keys, or names CA certificates of DPS. */
const heldIn = (document: {
  readonly attestation: Parameters<typeof heldCertificates>[0];
  readonly provisioningStatus?: string | null | undefined;
}): readonly string[] => heldCertificates(document.attestation).flatMap(({ sha1 }) => sha1 ?? []);
