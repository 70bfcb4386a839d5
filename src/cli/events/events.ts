import type { CommandModule } from "yargs";

import { FleetError } from "../../base/errors.ts";
import { createLogger } from "../../base/log.ts";
import { ENVIRONMENT_HELP } from "../environment.ts";
import { withoutEmulator } from "./events-azure.ts";
import type { EventsFlags } from "./events-flags.ts";
import { parseEventsFlags } from "./events-flags.ts";
import { EventText } from "./events-text.ts";
import { LOG_LEVEL_OPTION } from "../flag-fields.ts";
import type { Host } from "../host.ts";

const EPILOGUE = `Examples:
  $0 events --emulator emulator.json
  $0 events cheesecave-device1 cheesecave-device2 --from 2026-01-31T12:00:00Z
  $0 events --follow --json | jq .body

A line has the time, the device, partition/sequence number, the application
properties and the body. A follower that is stopped ends 0: it has done its work.

${ENVIRONMENT_HELP}`;

/** `dps-fleet events [ids..]`. */
export function eventsCommand(host: Host): CommandModule {
  return {
    command: "events [ids..]",
    describe: "what the hubs ingested, with properties and annotations",
    builder: (yargs) =>
      yargs
        .positional("ids", {
          type: "string",
          array: true,
          describe: "device ids; without any, all devices",
        })
        .option("from", {
          type: "string",
          requiresArg: true,
          describe: "earliest, latest, or a time such as 2026-01-31T12:00:00Z",
          defaultDescription: "earliest; with --follow latest",
        })
        .option("follow", { type: "boolean", describe: "wait for more, until Ctrl-C" })
        .option("endpoint", {
          type: "string",
          requiresArg: true,
          describe: "endpoint of the hub that messages are routed to",
          defaultDescription: "events, the built-in one",
        })
        .option("consumer-group", {
          type: "string",
          requiresArg: true,
          describe: "under which consumer group to read",
          defaultDescription: "$Default",
        })
        .option("json", {
          type: "boolean",
          describe: "print the lines of JSON as they come, with annotations",
        })
        .option("emulator", {
          type: "string",
          requiresArg: true,
          describe: "file with the line of emulator --json",
        })
        .option("hub-connection-string-file", {
          type: "string",
          requiresArg: true,
          describe: "file with the connection string of a hub in Azure; tells what reads it there",
        })
        .option("log-level", LOG_LEVEL_OPTION)
        .epilogue(EPILOGUE),
    handler: async (given) => {
      await printEvents(parseEventsFlags(given), host);
    },
  };
}

/** @throws {FleetError} `USAGE`, `FILE_INVALID`, `REFUSED`, `UNREACHABLE`; `INTERRUPTED` where it does not follow */
async function printEvents(flags: EventsFlags, host: Host): Promise<void> {
  if (flags.emulatorFile === undefined) throw await withoutEmulator(flags, host);
  const stop = new AbortController();
  // Before anything is opened: a stop that comes early must not be lost.
  const releases = [
    host.onSignal((signal) => stop.abort(new FleetError("INTERRUPTED", `stopped by ${signal}`))),
    // Who reads stdout has seen enough (`| head`).
    host.onStdoutClosed?.(() => stop.abort()),
  ];
  try {
    await copyEvents({ ...flags, emulatorFile: flags.emulatorFile }, host, stop.signal);
    const { reason }: { readonly reason: unknown } = stop.signal;
    if (reason instanceof FleetError && !flags.filter.follow) throw reason;
  } finally {
    for (const release of releases) release?.();
  }
}

async function copyEvents(
  { emulatorFile, filter, json, logLevel }: EventsFlags & { readonly emulatorFile: string },
  host: Host,
  signal: AbortSignal,
): Promise<void> {
  const [{ emulatorRoute, readEmulatorFile }, { readCaFile }, { readHubEvents }] =
    await Promise.all([
      import("../../service/emulator-file.ts"),
      import("../../run/target.ts"),
      import("../../service/hub-events.ts"),
    ]);
  const info = await readEmulatorFile(emulatorFile, host.cwd);
  const { eventsUrl, adminUrl, adminToken } = info;
  const caPem = await readCaFile(info.caFile);
  const log = createLogger({
    level: logLevel,
    destination: { write: (line) => void host.stderr.write(line) },
  });
  log.debug({ component: "events", eventsUrl, ...filter }, "reading events");
  const text = new EventText({ hubShown: info.hubs.length > 1 });
  const events = { eventsUrl, adminUrl, adminToken, route: emulatorRoute(info, caPem) };
  let isEmpty = true;
  for await (const line of readHubEvents(events, filter, signal)) {
    isEmpty = false;
    if (json) host.stdout.write(`${line.json}\n`);
    else if ("lost" in line.content)
      host.stderr.write(`${line.content.lost} messages are lost: they are not kept any more\n`);
    else host.stdout.write(`${text.line(line.content)}\n`);
  }
  if (signal.aborted) return;
  if (filter.follow) host.stderr.write("the emulator has ended the events\n");
  else if (isEmpty) host.stderr.write("there are no messages\n");
}
