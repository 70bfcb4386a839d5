import { isIP } from "node:net";
import { resolve } from "node:path";
import type { CommandModule } from "yargs";

import { defined } from "../../base/defined.ts";
import { addressForOthers } from "../../base/dial.ts";
import { FleetError } from "../../base/errors.ts";
import { throttledText } from "../../base/throttled-text.ts";
import { createLogger } from "../../base/log.ts";
import type { EmulatorOptions, ServiceNames } from "../../emulator/emulator.ts";
import { withSettings } from "../../emulator-config/with-settings.ts";
import type { EmulatorInfo } from "../../service/emulator-file.ts";
import type { EmulatorArguments } from "./emulator-flags.ts";
import { DEFAULT_PORTS, emulatorFlags, parseEmulatorFlags } from "./emulator-flags.ts";
import { emulatorText } from "./emulator-text.ts";
import type { Host } from "../host.ts";
import type { InfoFile } from "./info-file.ts";
import { checkInfoFile, writeInfoFiles } from "./info-file.ts";
import { stopRequest } from "./stop-request.ts";

/** DPS, IoT Hubs and their service APIs on this machine, until they are stopped. */
export function emulatorCommand(host: Host): CommandModule {
  return {
    command: "emulator",
    describe: "DPS, IoT Hubs and their service APIs on this machine until Ctrl-C",
    builder: emulatorFlags,
    handler: async (given) => {
      host.setExitCode(await runEmulator(parseEmulatorFlags(given), host));
    },
  };
}

/**
 * Runs an emulator until it is told to stop.
 *
 * @returns the exit code, 0
 * @throws {FleetError} `ADDRESS_IN_USE`, `USAGE`, or what is wrong with the configuration or the certificates
 */
export async function runEmulator(flags: EmulatorArguments, host: Host): Promise<number> {
  const file = fileOf("--write", flags.write, host);
  const tokenFile = fileOf("--write-token", flags.writeToken, host);
  for (const each of [file, tokenFile]) if (each !== undefined) checkInfoFile(each);
  // Before anything is started: a stop that comes early must not be lost.
  const stopping = stopRequest(host);
  try {
    // Imported here: `--help` and the other commands need none of it.
    const [{ ensureEmulatorCa }, { issueEmulatorServer }, { startEmulator }, config] =
      await Promise.all([
        import("../../pki/emulator-ca.ts"),
        import("../../pki/emulator-server.ts"),
        import("../../emulator/emulator.ts"),
        configOf(flags, host),
      ]);
    const { host: address, advertise } = flags;
    const log = createLogger({
      level: flags.logLevel,
      destination: { write: (line) => void host.stderr.write(line) },
    });
    const options = { ...withSettings(config.options, optionsOf(flags, host)), log };
    let caFile = "";
    const tls = async ({ provisioningHost, dpsHost, hubs }: ServiceNames) => {
      if (advertise === undefined) requireAzureNames(hubs);
      const dir = resolve(host.cwd, flags.certs);
      const now = host.now();
      const ca = await ensureEmulatorCa({ dir, now, advertised: advertise?.host });
      ({ caFile } = ca);
      const loopback = ["localhost", "127.0.0.1", "::1", ...loopbackOf(address)];
      const names = [...new Set([provisioningHost, dpsHost, ...hubs, ...loopback])];
      return issueEmulatorServer({ names, signer: ca.issuer, now });
    };
    const starting = startEmulator({ ...options, tls });
    await using emulator = await starting.catch((error: unknown) => {
      throw withFlags(config.atItsPlace(atItsFlag(error, flags)));
    });
    const { mqttPort, httpsPort, hubs } = emulator;
    const dialled = flags.address ?? addressForOthers(emulator.host, host.addresses());
    log.info({ component: "emulator", mqttPort, httpsPort, hubs }, "emulator listens");
    const info: EmulatorInfo = {
      idScope: emulator.idScope,
      provisioningHost: emulator.provisioningHost,
      dpsHost: emulator.dpsHost,
      hubs: [...emulator.hubs],
      address: dialled,
      mqttPort: emulator.mqttPort,
      httpsPort: emulator.httpsPort,
      caFile,
      dpsConnectionString: emulator.dpsConnectionString,
      hubConnectionStrings: [...emulator.hubConnectionStrings],
      eventsUrl: certifiedUrl(emulator.eventsUrl, dialled),
      adminUrl: certifiedUrl(emulator.adminUrl, dialled),
      adminToken: emulator.adminToken,
      dataDir: options.data ?? null,
    };
    const line = `${JSON.stringify(info)}\n`;
    // Gone before the emulator is: whoever finds it finds an emulator that takes clients.
    using _ = writeInfoFiles([
      [tokenFile, emulator.adminToken],
      [file, line],
    ]);
    const told = {
      advertised: advertisedText(advertise),
      file: flags.write,
      throttled: throttledText(options),
    };
    host.stdout.write(flags.json ? line : emulatorText(info, told));
    if (!isLoopback(address)) {
      const guessed =
        options.seed === undefined ? "" : ", and can guess its keys, which follow from --seed";
      host.stderr.write(
        `Warning: ${address} is not a loopback address. Whoever reaches this machine can reach the emulator${guessed}.\n`,
      );
    }
    const lost = await Promise.race([stopping.requested, emulator.lost]);
    if (lost !== undefined) throw lost;
    log.info({ component: "emulator" }, "emulator stops");
    return 0;
  } finally {
    stopping.release();
  }
}

const fileOf = (
  flag: InfoFile["flag"],
  shown: string | undefined,
  { cwd }: Host,
): InfoFile | undefined => (shown === undefined ? undefined : { flag, shown, cwd });

/**
 * A URL of the emulator with a name that its certificate has: what it is dialled by may not be one, beyond this machine.
 * Clients dial `address` and check the certificate against the URL's name, as curl does with `--connect-to`.
 */
function certifiedUrl(url: string, dialled: string): string {
  const certified = new URL(url);
  const name = certified.hostname.replaceAll(/[[\]]/g, "");
  if (name !== dialled || !isLoopback(name)) certified.hostname = "localhost";
  return certified.href;
}

type Options = Omit<EmulatorOptions, "tls">;

/** What `--config` says, fitted to `--advertise` and `--hub`. */
async function configOf(
  flags: EmulatorArguments,
  host: Host,
): Promise<{ readonly options: Options; readonly atItsPlace: (error: unknown) => unknown }> {
  if (flags.config === undefined) return { options: {}, atItsPlace: (error) => error };
  const { readEmulatorConfig } = await import("../../emulator-config/read-config.ts");
  const config = readEmulatorConfig(flags.config, host);
  const { hubs = [], hubSettings = {} } = config.options;
  if (flags.advertise === undefined || hubs.length === 0) return config;
  const [hub = ""] = hubs;
  if (hubs.length > 1)
    throw usage("--advertise", `names one hub, and ${flags.config} has ${hubs.length}`);
  const { latencies: _, ...options } = config.options;
  const settings = hubSettings[hub] ?? {};
  return {
    ...config,
    options: { ...options, hubSettings: { [flags.advertise.host]: settings } },
  };
}

/** What the command line says; a flag that is not there leaves what the configuration has. */
function optionsOf(flags: EmulatorArguments, { cwd }: Host): Options {
  const { advertise, hub, latency, idScope, retryAfter, requireVerifiedCa, data, seed } = flags;
  const { tier, units, dpsLimit } = flags;
  if (advertise !== undefined && hub !== undefined)
    throw usage("--advertise", "names the one hub: leave out --hub");
  const hubs = advertise === undefined ? hub : [advertise.host];
  const standardHttps = flags.standardPorts ? DEFAULT_PORTS.standardHttps : DEFAULT_PORTS.https;
  return {
    host: flags.host,
    mqttPort: flags.mqttPort ?? DEFAULT_PORTS.mqtt,
    httpsPort: flags.httpsPort ?? standardHttps,
    ...defined({
      hubs,
      advertisedPort: advertise?.port,
      latencies: latency,
      idScope,
      seed,
      data: data === undefined ? undefined : resolve(cwd, data),
      dataUntilFull: flags.dataUntilFull,
      retryAfterS: retryAfter,
      requireVerifiedCa,
      tier,
      units,
      dpsRegistrationsPerMinute: dpsLimit,
    }),
  };
}

const usage = (place: string, message: string): FleetError =>
  new FleetError("USAGE", "the command line is wrong", {
    hint: "see emulator --help",
    problems: [{ place, message }],
  });

/**
 * A folder of state may bring a hub that was advertised; no client would take the usual CA's word for its name.
 *
 * @throws {FleetError} `USAGE`
 */
function requireAzureNames(hubs: readonly string[]): void {
  const advertised = hubs.find((hub) => !hub.endsWith(".azure-devices.net"));
  if (advertised === undefined) return;
  throw usage(
    "--data",
    `its hub was advertised as ${advertised}: add --advertise ${advertised}, with the port if it had one, or name another folder`,
  );
}

/** Units that do not fit, where the command line gave them. */
function atItsFlag(error: unknown, { units }: EmulatorArguments): unknown {
  if (!(error instanceof FleetError) || error.code !== "USAGE" || units === undefined) return error;
  const { message, hint } = error;
  const problems = error.problems.map((problem) =>
    problem.place === "units" ? { ...problem, place: "--units" } : problem,
  );
  return new FleetError("USAGE", message, { hint, problems, cause: error });
}

/** A port that is taken is mended by a flag. */
function withFlags(error: unknown): unknown {
  if (!(error instanceof FleetError) || error.code !== "ADDRESS_IN_USE") return error;
  const hint = error.hint?.replace(
    "choose another port (0",
    "choose another port with --mqtt-port or --https-port (0",
  );
  return new FleetError(error.code, error.message, { hint, cause: error });
}

function advertisedText(advertise: EmulatorArguments["advertise"]): string | undefined {
  if (advertise === undefined) return undefined;
  return advertise.port === undefined ? advertise.host : `${advertise.host}:${advertise.port}`;
}

function isLoopback(address: string): boolean {
  return address === "localhost" || address === "::1" || address.startsWith("127.");
}

/** Another loopback address is a name too; one beyond the CA's name constraints would spoil the whole certificate. */
function loopbackOf(host: string): readonly string[] {
  return isIP(host) === 4 && host.startsWith("127.") ? [host] : [];
}
