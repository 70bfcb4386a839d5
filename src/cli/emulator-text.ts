import type { EmulatorInfo } from "../service/emulator-file.ts";
import { shellWord } from "./shell-word.ts";

/** What `emulator` prints for a reader: names, ports, and the lines to paste. It shows connection strings. */
export function emulatorText(info: EmulatorInfo): string {
  const names = [...new Set([info.provisioningHost, info.dpsHost, ...info.hubs])];
  const lines = [
    "DPS and IoT Hub are emulated on this machine. Ctrl-C stops them.",
    "",
    `ID scope        ${info.idScope}`,
    `provisioning    ${info.provisioningHost}`,
    `DPS service     ${info.dpsHost}`,
    ...info.hubs.map((hub) => `IoT Hub         ${hub}`),
    `MQTT over TLS   ${info.address}:${info.mqttPort}`,
    `HTTPS           ${info.address}:${info.httpsPort}`,
    `CA certificate  ${info.caFile}`,
    "",
    "For clients that know nothing of it, add these lines to the hosts file:",
    ...names.map((name) => `  ${info.address} ${name}`),
    ...(info.mqttPort === 8883 && info.httpsPort === 443
      ? []
      : ["(those that know Azure's ports alone, 8883 and 443, need --standard-ports)"]),
    "and let them trust its CA (Node.js; others have a setting of their own):",
    `  export NODE_EXTRA_CA_CERTS=${shellWord(info.caFile)}`,
    "",
    "Connection strings, new at every start:",
    `  export DPS_CONNECTION_STRING=${shellWord(info.dpsConnectionString)}`,
    ...info.hubConnectionStrings.map((text, n) => {
      const suffix = n === 0 ? "" : `_${n + 1}`;
      return `  export IOTHUB_CONNECTION_STRING${suffix}=${shellWord(text)}`;
    }),
    "",
    `Ingested messages  ${info.eventsUrl}?from=earliest&follow=true`,
    `Its header         Authorization: Bearer ${info.adminToken}`,
    "",
  ];
  return `${lines.join("\n")}\n`;
}
