/** Names that an emulator has unless told otherwise. */
export const DEFAULT_NAMES = {
  idScope: "0ne000CA7E5",
  provisioningHost: "global.azure-devices-provisioning.net",
  dpsHost: "cheesecave-dps.azure-devices-provisioning.net",
  hubs: ["cheesecave-hub.azure-devices.net"],
} as const;
