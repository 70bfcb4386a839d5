import type { Emulator } from "../../src/emulator/emulator.ts";
import type { EmulatorInfo } from "../../src/service/emulator-file.ts";

/** What `emulator --json` would print of an emulator in this process. */
export function emulatorInfo(emulator: Emulator, caFile: string): EmulatorInfo {
  const { idScope, provisioningHost, dpsHost, mqttPort, httpsPort } = emulator;
  const { dpsConnectionString, hubConnectionStrings, eventsUrl, adminUrl, adminToken } = emulator;
  return {
    idScope,
    provisioningHost,
    dpsHost,
    mqttPort,
    httpsPort,
    dpsConnectionString,
    eventsUrl,
    adminUrl,
    adminToken,
    hubs: [...emulator.hubs],
    hubConnectionStrings: [...hubConnectionStrings],
    address: emulator.host,
    caFile,
    dataDir: null,
  };
}
