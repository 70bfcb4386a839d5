import { IotDpsClient } from "@azure/arm-deviceprovisioningservices";
import { IotHubClient } from "@azure/arm-iothub";

/** Any will do for an emulator. */
export const RESOURCE_GROUP = "conformance";
const SUBSCRIPTION = "00000000-0000-0000-0000-000000000000";

/** Microsoft's clients for what Azure Resource Manager does with DPS instances and hubs. */
export interface Management {
  readonly dps: IotDpsClient;
  readonly hubs: IotHubClient;
}

/**
 * @param given `adminUrl`: any address under the emulator's HTTPS origin; `ca`: whom to trust, where the process does not
 */
export function managementClients(given: {
  readonly adminUrl: string;
  readonly adminToken: string;
  readonly ca?: string;
}): Management {
  // In Azure a token of Entra; the emulator wants its admin token.
  const credential = {
    getToken: () =>
      Promise.resolve({ token: given.adminToken, expiresOnTimestamp: Number.MAX_SAFE_INTEGER }),
  };
  const options = {
    endpoint: new URL(given.adminUrl).origin,
    retryOptions: { maxRetries: 0 },
    ...(given.ca === undefined ? {} : { tlsOptions: { ca: given.ca } }),
  };
  return {
    dps: new IotDpsClient(credential, SUBSCRIPTION, options),
    hubs: new IotHubClient(credential, SUBSCRIPTION, options),
  };
}
