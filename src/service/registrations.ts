import { z } from "zod";

import type { CallOptions } from "./enrollments.ts";
import type { OpenProvisioningClient } from "./provisioning-client.ts";
import { queryPages } from "./query-pages.ts";
import { serviceCall } from "./service-call.ts";
import { statusOf } from "./service-error.ts";

const text = z
  .string()
  .nullish()
  .transform((given) => given || null);

/** Source: Azure REST API reference, "Device Provisioning Service", DeviceRegistrationState, 2021-10-01. */
const registrationRecord = z.object({
  registrationId: z.string(),
  deviceId: text,
  assignedHub: text,
  status: z
    .string()
    .nullish()
    .transform((given) => given ?? "unknown"),
  substatus: text,
  createdDateTimeUtc: text,
  lastUpdatedDateTimeUtc: text,
  errorCode: z
    .number()
    .nullish()
    .transform((given) => given ?? null),
  errorMessage: text,
  etag: text,
});

/** What DPS keeps of a registration; null = it says nothing of it. */
export type RegistrationRecord = z.output<typeof registrationRecord>;

/** The registration records of one DPS instance. Every call may be `REFUSED` or `UNREACHABLE`. */
export interface Registrations {
  /** @returns undefined where the device never registered, or its record was deleted */
  find(registrationId: string): Promise<RegistrationRecord | undefined>;
  /** Of a group's devices, a page at a time, to the last. */
  ofGroup(groupId: string): AsyncGenerator<readonly RegistrationRecord[]>;
  /** @returns false where there was none */
  delete(registrationId: string): Promise<boolean>;
}

/** The records behind an open client; its caller closes that. */
export function registrationsOf(
  { client, host }: Pick<OpenProvisioningClient, "client" | "host">,
  options: CallOptions,
): Registrations {
  return {
    find: (id) =>
      serviceCall(
        { ...options, what: `reading the registration record of ${id} at ${host}` },
        async () => {
          try {
            const { responseBody } = await client.getDeviceRegistrationState(id);
            return registrationRecord.parse(responseBody);
          } catch (error) {
            if (statusOf(error) === 404) return undefined;
            throw error;
          }
        },
      ),
    ofGroup: async function* (groupId) {
      const query = client.createEnrollmentGroupDeviceRegistrationStateQuery(
        { query: "SELECT * FROM registrations" },
        groupId,
      );
      const what = `listing the registration records of enrollment group "${groupId}" at ${host}`;
      for await (const page of queryPages(query, (work) => serviceCall({ ...options, what }, work)))
        yield page.map((item) => registrationRecord.parse(item));
    },
    delete: (id) =>
      serviceCall(
        { ...options, what: `deleting the registration record of ${id} at ${host}` },
        async () => {
          try {
            await client.deleteDeviceRegistrationState(id, "");
            return true;
          } catch (error) {
            if (statusOf(error) === 404) return false;
            throw error;
          }
        },
      ),
  };
}
