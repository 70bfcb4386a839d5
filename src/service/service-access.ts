import { hostNameOf } from "../base/connection-string.ts";
import type { ServiceRoute } from "./connection.ts";

/** What it takes to call a service: who may, where it is, and how it is reached. It carries a secret. */
export interface ServiceAccess {
  /** Never goes into a message. */
  readonly connectionString: string;
  /** Where that came from, for messages. */
  readonly source: string;
  readonly route: ServiceRoute;
}

/**
 * Host name of the service.
 *
 * @throws {FleetError} `USAGE` when the connection string is none, or one of another kind
 */
export const hostOf = (
  { connectionString, source }: Pick<ServiceAccess, "connectionString" | "source">,
  kind: "dps" | "hub",
): string => hostNameOf(connectionString, source, kind);
