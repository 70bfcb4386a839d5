import { isIP } from "node:net";
import { resolve } from "node:path";
import type { CommandModule } from "yargs";
import { z } from "zod";

import { FleetError } from "../base/errors.ts";
import { latenciesOf } from "../base/latencies.ts";
import { createLogger } from "../base/log.ts";
import type { EmulatorInfo } from "../service/emulator-file.ts";
import { emulatorText } from "./emulator-text.ts";
import { ENVIRONMENT_HELP } from "./environment.ts";
import {
  flagOf,
  hubName,
  latencies,
  LOG_LEVEL_OPTION,
  logLevel,
  onOff,
  whole,
} from "./flag-fields.ts";
import type { Host } from "./host.ts";

/** Ports where an emulator listens unless told otherwise; `--standard-ports` takes Azure's for HTTPS too. */
const DEFAULT_PORTS = { mqtt: 8883, https: 8443, standardHttps: 443 } as const;

const port = whole(0, 65_535);
const emulatorArguments = z.object({
  json: onOff,
  host: z.string().refine((text) => text === "localhost" || isIP(text) !== 0, {
    error: ({ input }) => `expected an IP address or localhost, got "${String(input)}"`,
  }),
  mqttPort: port.optional(),
  httpsPort: port.optional(),
  standardPorts: onOff,
  hub: z.array(hubName).optional(),
  latency: latencies.optional(),
  idScope: z
    .string()
    .regex(/^[^/\s]+$/, {
      error: ({ input }) => `expected a name without blanks and slashes, got "${String(input)}"`,
    })
    .optional(),
  retryAfter: whole(0, 3600).optional(),
  requireVerifiedCa: onOff,
  certs: z.string().min(1),
  logLevel,
});

/** The options of `emulator`, as they stand on the command line. */
export type EmulatorArguments = z.infer<typeof emulatorArguments>;

const EPILOGUE = `Examples:
  $0 emulator              prints what to paste into your program
  $0 emulator --json > emulator.json
  $0 run --emulator emulator.json

${ENVIRONMENT_HELP}`;

/** DPS, IoT Hubs and their service APIs on this machine, until they are stopped. */
export function emulatorCommand(host: Host): CommandModule {
  return {
    command: "emulator",
    describe: "DPS, IoT Hubs and their service APIs on this machine until Ctrl-C",
    builder: (yargs) =>
      yargs
        .option("json", {
          type: "boolean",
          default: false,
          describe: "print one line of JSON when ready (it carries secrets), nothing else",
        })
        .option("host", {
          type: "string",
          default: "127.0.0.1",
          requiresArg: true,
          describe: "address to listen on",
        })
        .option("mqtt-port", {
          type: "string",
          requiresArg: true,
          describe: "port of MQTT over TLS, 0 = a free one",
          defaultDescription: String(DEFAULT_PORTS.mqtt),
        })
        .option("https-port", {
          type: "string",
          requiresArg: true,
          describe: "port of the service APIs, 0 = a free one",
          defaultDescription: String(DEFAULT_PORTS.https),
        })
        .option("standard-ports", {
          type: "boolean",
          default: false,
          describe: "Azure's own ports, 8883 and 443, for clients that know no other",
        })
        .option("hub", {
          type: "string",
          array: true,
          requiresArg: true,
          describe: "host name of an IoT Hub; repeatable",
          defaultDescription: "cheesecave-hub.azure-devices.net",
        })
        .option("latency", {
          type: "string",
          array: true,
          requiresArg: true,
          describe: "HUB=MS: how far a hub is, for the policy geoLatency; for every hub or none",
        })
        .option("id-scope", {
          type: "string",
          requiresArg: true,
          describe: "ID scope of the DPS instance",
          defaultDescription: "0ne000CA7E5",
        })
        .option("retry-after", {
          type: "string",
          requiresArg: true,
          describe: "seconds that DPS tells devices to wait between polls",
          defaultDescription: "3",
        })
        .option("require-verified-ca", {
          type: "boolean",
          default: false,
          describe:
            "a group's signing certificate counts only once its CA is verified, as in Azure",
        })
        .option("certs", {
          type: "string",
          default: "certs",
          requiresArg: true,
          describe: "directory of certificates; the emulator's own CA is in its folder emulator",
        })
        .option("log-level", LOG_LEVEL_OPTION)
        .epilogue(EPILOGUE),
    handler: async (given) => {
      host.setExitCode(await runEmulator(parseArguments(given), host));
    },
  };
}

/** @throws {FleetError} `USAGE` with every problem */
function parseArguments(given: unknown): EmulatorArguments {
  const parsed = emulatorArguments.safeParse(given);
  if (parsed.success) return parsed.data;
  throw new FleetError("USAGE", "the command line is wrong", {
    hint: "see emulator --help",
    problems: parsed.error.issues.map((issue) => ({
      place: flagOf(String(issue.path[0])),
      message: issue.message,
    })),
  });
}

/**
 * Runs an emulator until it is told to stop.
 *
 * @returns the exit code, 0
 * @throws {FleetError} `ADDRESS_IN_USE`, or what is wrong with the certificates
 */
export async function runEmulator(options: EmulatorArguments, host: Host): Promise<number> {
  // Before anything is started: a stop that comes early must not be lost.
  const stopping = stopRequest(host);
  try {
    // Imported here: `--help` and the other commands need none of it.
    const [{ ensureEmulatorCa }, { issueServer }, { startEmulator, DEFAULT_NAMES }] =
      await Promise.all([
        import("../pki/emulator-ca.ts"),
        import("../pki/certificate.ts"),
        import("../emulator/emulator.ts"),
      ]);
    const dir = resolve(host.cwd, options.certs);
    const hubs = options.hub ?? DEFAULT_NAMES.hubs;
    // Here too, because nothing is to be written where they do not fit.
    latenciesOf(options.latency ?? {}, hubs);
    const ca = await ensureEmulatorCa({ dir, now: host.now() });
    const server = await issueServer({
      names: [
        DEFAULT_NAMES.provisioningHost,
        DEFAULT_NAMES.dpsHost,
        ...hubs,
        "localhost",
        ...new Set(["127.0.0.1", "::1", ...loopbackOf(options.host)]),
      ],
      signer: ca.issuer,
      now: host.now(),
    });
    const log = createLogger({
      level: options.logLevel,
      destination: { write: (line) => void host.stderr.write(line) },
    });
    const standardHttps = options.standardPorts ? DEFAULT_PORTS.standardHttps : DEFAULT_PORTS.https;
    await using emulator = await startEmulator({
      tls: { certificatePem: server.chainPem, privateKeyPem: server.privateKeyPem },
      host: options.host,
      mqttPort: options.mqttPort ?? DEFAULT_PORTS.mqtt,
      httpsPort: options.httpsPort ?? standardHttps,
      hubs,
      ...(options.latency === undefined ? {} : { latencies: options.latency }),
      ...(options.idScope === undefined ? {} : { idScope: options.idScope }),
      ...(options.retryAfter === undefined ? {} : { retryAfterS: options.retryAfter }),
      requireVerifiedCa: options.requireVerifiedCa,
      log,
    });
    const { mqttPort, httpsPort } = emulator;
    log.info({ component: "emulator", mqttPort, httpsPort, hubs }, "emulator listens");
    const info: EmulatorInfo = {
      idScope: emulator.idScope,
      provisioningHost: emulator.provisioningHost,
      dpsHost: emulator.dpsHost,
      hubs: [...emulator.hubs],
      address: dialAddress(emulator.host),
      mqttPort: emulator.mqttPort,
      httpsPort: emulator.httpsPort,
      caFile: ca.caFile,
      dpsConnectionString: emulator.dpsConnectionString,
      hubConnectionStrings: [...emulator.hubConnectionStrings],
      eventsUrl: emulator.eventsUrl,
      adminUrl: emulator.adminUrl,
      adminToken: emulator.adminToken,
      dataDir: null,
    };
    host.stdout.write(options.json ? `${JSON.stringify(info)}\n` : emulatorText(info));
    if (!isLoopback(options.host))
      host.stderr.write(
        `Warning: ${options.host} is not a loopback address. Whoever reaches this machine can reach the emulator.\n`,
      );
    await stopping.requested;
    log.info({ component: "emulator" }, "emulator stops");
    return 0;
  } finally {
    stopping.release();
  }
}

/** Alone, a signal stops, and a second one ends at once; under a run only the run does, by message or by its end. */
function stopRequest(host: Host): { readonly requested: Promise<void>; release(): void } {
  const releases: (() => void)[] = [];
  const requested = new Promise<void>((stop) => {
    const { parent } = host;
    let signals = 0;
    // A Ctrl-C reaches the whole process group: under a run it is the run's to answer.
    releases.push(
      host.onSignal(() => {
        if (parent !== undefined) return;
        signals += 1;
        if (signals > 1) host.exitNow(0);
        stop();
      }),
    );
    if (parent === undefined) return;
    releases.push(
      parent.onDisconnect(stop),
      parent.onMessage((message) => {
        if (z.object({ type: z.literal("stop") }).safeParse(message).success) stop();
      }),
    );
  });
  return {
    requested,
    release: () => {
      for (const release of releases.splice(0)) release();
    },
  };
}

function isLoopback(address: string): boolean {
  return address === "localhost" || address === "::1" || address.startsWith("127.");
}

/** "Every address" cannot be dialled everywhere; loopback is one of them. */
function dialAddress(listening: string): string {
  if (listening === "0.0.0.0") return "127.0.0.1";
  return listening === "::" ? "::1" : listening;
}

/** Another loopback address is a name too; one beyond the CA's name constraints would spoil the whole certificate. */
function loopbackOf(host: string): readonly string[] {
  return isIP(host) === 4 && host.startsWith("127.") ? [host] : [];
}
