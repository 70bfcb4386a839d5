import { hostNameOf } from "../../base/connection-string.ts";
import { FleetError } from "../../base/errors.ts";
import type { EventFilter } from "../../service/hub-events.ts";
import { givenConnectionString } from "../connection-string.ts";
import type { EventsFlags } from "./events-flags.ts";
import type { Host } from "../host.ts";
import { shellWord } from "../shell-word.ts";

/**
 * Why nothing can be read without an emulator file: no hub is named, or one of Azure, whose events are in an Event Hub.
 *
 * @throws {FleetError} `FILE_INVALID` where the connection string's file cannot be read
 */
export async function withoutEmulator(
  { filter, hubConnectionStringFile }: EventsFlags,
  host: Pick<Host, "cwd" | "env">,
): Promise<FleetError> {
  const given = await givenConnectionString(
    {
      file: hubConnectionStringFile,
      flag: "--hub-connection-string-file",
      variable: "IOTHUB_CONNECTION_STRING",
    },
    host,
  );
  if (given === undefined)
    return new FleetError("USAGE", "no emulator is given", {
      problems: [{ place: "--emulator", message: "expected a file, got nothing" }],
      hint: "start one with `emulator --json > emulator.json` and give --emulator emulator.json",
    });
  const name = hostNameOf(given.text, given.source, "hub").split(".")[0] ?? "";
  return new FleetError("USAGE", `events of ${name} in Azure cannot be read yet`, {
    problems: [
      { place: given.source, message: "they are in an Event Hub, which takes an AMQP reader" },
    ],
    hint: `where az is logged in, run: ${monitorLine(name, filter)}; for an emulator give --emulator FILE`,
  });
}

/** What shows the same in Azure. Source: Microsoft Learn, Azure CLI reference, "az iot hub monitor-events". */
function monitorLine(hubName: string, filter: EventFilter): string {
  const { from, consumerGroup, deviceIds } = filter;
  const [deviceId] = deviceIds;
  return [
    `az iot hub monitor-events --hub-name ${shellWord(hubName)}`,
    ...(deviceId !== undefined && deviceIds.length === 1
      ? [`--device-id ${shellWord(deviceId)}`]
      : []),
    ...(consumerGroup === "$Default" ? [] : [`--consumer-group ${shellWord(consumerGroup)}`]),
    ...(from instanceof Date ? [`--enqueued-time ${from.getTime()}`] : []),
    "--properties all",
  ].join(" ");
}
