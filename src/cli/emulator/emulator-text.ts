import { isIP } from "node:net";
import type { EmulatorInfo } from "../../service/emulator-file.ts";
import { shellWord } from "../shell-word.ts";

/**
 * What `emulator` prints for a reader: names, ports, and the lines to paste. It shows connection strings, unless they are
 * in a file.
 *
 * @param more `advertised`: what DPS calls the hub where that is no name of Azure's, `HOST[:PORT]`; `file`: of
 *   `--write`; `throttled`: like what, and how much
 */
export function emulatorText(
  info: EmulatorInfo,
  {
    advertised,
    file,
    throttled,
  }: {
    readonly advertised?: string | undefined;
    readonly file?: string | undefined;
    readonly throttled?: string | undefined;
  } = {},
): string {
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
    ...(throttled === undefined ? [] : [`Throttled       ${throttled}`]),
    ...(info.dataDir === null ? [] : [`Kept state      ${info.dataDir}`]),
    "",
    ...(advertised === undefined
      ? [
          ...namesAt(info.address, names),
          ...(info.mqttPort === 8883 && info.httpsPort === 443
            ? []
            : ["(those that know Azure's ports alone, 8883 and 443, need --standard-ports)"]),
        ]
      : [`Devices are told that their hub is ${advertised}; no hosts file is needed.`]),
    "",
    ...(file === undefined
      ? secretsOf(info, advertised)
      : [`Connection strings and the admin token are in ${file} while it runs.`]),
    "",
  ];
  return `${lines.join("\n")}\n`;
}

/** The lines that carry keys. */
function secretsOf(info: EmulatorInfo, advertised: string | undefined): readonly string[] {
  return [
    `Environment of a program that was written for Azure (${info.dataDir === null ? "keys are new at every start" : "keys stay as long as the state"}):`,
    ...environmentOf(info, advertised),
    "",
    "A first look, at DPS and its linked hubs:",
    `  ${curlLine(info)}`,
    "",
    `Ingested messages  ${info.eventsUrl}?from=earliest&follow=true`,
    `Its header         Authorization: Bearer ${info.adminToken}`,
  ];
}

/** How clients find the names: hosts files know no names of other hosts. */
function namesAt(address: string, names: readonly string[]): readonly string[] {
  if (isIP(address) === 0)
    return [`Clients find it where these names lead to ${address}:`, ...names.map((n) => `  ${n}`)];
  const title = "For clients that know nothing of it, add these lines to the hosts file:";
  return [title, ...names.map((name) => `  ${address} ${name}`)];
}

/** Names as Microsoft's samples have them; `NODE_EXTRA_CA_CERTS` is Node.js', others have a setting of their own. */
function environmentOf(info: EmulatorInfo, advertised: string | undefined): readonly string[] {
  return [
    line("PROVISIONING_HOST", advertised ?? info.provisioningHost),
    line("PROVISIONING_IDSCOPE", info.idScope),
    ...info.hubConnectionStrings.map((text, n) =>
      line(`IOTHUB_CONNECTION_STRING${n === 0 ? "" : `_${n + 1}`}`, text),
    ),
    line("DPS_CONNECTION_STRING", info.dpsConnectionString),
    line("NODE_EXTRA_CA_CERTS", info.caFile),
  ];
}

const line = (name: string, value: string): string => `  export ${name}=${shellWord(value)}`;

/** Azure Resource Manager's view of DPS: it takes the admin token, which does not expire, and always has an answer. */
function curlLine({ adminToken, address, caFile, dpsHost, httpsPort }: EmulatorInfo): string {
  const [name = ""] = dpsHost.split(".", 1);
  const path = `/subscriptions/any/resourceGroups/any/providers/Microsoft.Devices/provisioningServices/${name}`;
  const bracketed = address.includes(":") ? `[${address}]` : address;
  return [
    "curl --silent --show-error",
    `--cacert ${shellWord(caFile)}`,
    `--connect-to ${shellWord(`${dpsHost}:${httpsPort}:${bracketed}:${httpsPort}`)}`,
    `--header ${shellWord(`Authorization: Bearer ${adminToken}`)}`,
    shellWord(`https://${dpsHost}:${httpsPort}${path}`),
  ].join(" ");
}
