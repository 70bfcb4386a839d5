import { z } from "zod";

import { FleetError } from "../base/errors.ts";
import type { Management } from "./management.ts";
import { ManagementRefusal } from "./management.ts";

/** The hubs that a DPS instance assigns devices to. Every call may be `REFUSED` or `UNREACHABLE`. */
export interface LinkedHubs {
  /** @returns false where it was not linked */
  unlink(host: string): Promise<boolean>;
  /** @returns false where it was linked already */
  link(host: string): Promise<boolean>;
}

/** What is read is written back as it is, members that are not known here included. */
const resource = z.looseObject({
  etag: z.string(),
  properties: z.looseObject({ iotHubs: z.array(z.looseObject({ name: z.string() })) }),
});
type Hub = z.output<typeof resource>["properties"]["iotHubs"][number];

/** So often somebody else may come between reading and writing. */
const ATTEMPTS = 5;

/**
 * Links and unlinks hubs as Azure Resource Manager does it.
 *
 * @param open opens the emulator's management API; it is closed after each call
 * @param connectionStrings of the hubs that can be linked, by host name in lower case; they are secrets
 */
export function linkedHubs(
  open: () => Management,
  connectionStrings: ReadonlyMap<string, string>,
): LinkedHubs {
  const change = async (
    what: string,
    next: (hubs: readonly Hub[]) => readonly object[] | undefined,
  ): Promise<boolean> => {
    const management = open();
    try {
      for (let attempt = 1; ; attempt += 1) {
        const now = resource.parse(await management.call(what, "GET", ""));
        const iotHubs = next(now.properties.iotHubs);
        if (iotHubs === undefined) return false;
        const body = { ...now, properties: { ...now.properties, iotHubs } };
        try {
          await management.call(what, "PUT", "", { body, ifMatch: now.etag });
          return true;
        } catch (error) {
          const isStale = error instanceof ManagementRefusal && error.status === 412;
          if (!isStale || attempt === ATTEMPTS) throw error;
        }
      }
    } finally {
      management.close();
    }
  };
  return {
    unlink: (host) =>
      change(`unlinking ${host}`, (hubs) => {
        const left = hubs.filter((hub) => !isSame(hub.name, host));
        return left.length === hubs.length ? undefined : left;
      }),
    link: (host) => {
      const connectionString = connectionStrings.get(host.toLowerCase());
      if (connectionString === undefined) {
        throw new FleetError("REFUSED", `linking ${host}: the emulator runs no such hub`);
      }
      return change(`linking ${host}`, (hubs) =>
        hubs.some((hub) => isSame(hub.name, host))
          ? undefined
          : [...hubs, { connectionString, location: "local" }],
      );
    },
  };
}

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
