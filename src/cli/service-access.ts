import { resolve } from "node:path";

import { FleetError } from "../base/errors.ts";
import { proxiesOf } from "../base/proxy.ts";
import { accessBy, emulatorAccess, readCaFile } from "../run/target.ts";
import { readEmulatorFile } from "../service/emulator-file.ts";
import type { ServiceAccess } from "../service/service-access.ts";
import type { ConnectionStringPlace } from "./connection-string.ts";
import { givenConnectionString } from "./connection-string.ts";
import type { Host } from "./host.ts";
import type { ServiceFlags } from "./service-flags.ts";

/**
 * Access to the DPS instance that the command line or the environment names.
 *
 * @throws {FleetError} `USAGE` where neither does, or the connection string is of another kind; `FILE_INVALID`
 */
export async function dpsAccess(
  flags: ServiceFlags & { readonly dpsConnectionStringFile?: string | undefined },
  host: Pick<Host, "cwd" | "env">,
): Promise<ServiceAccess> {
  const given = await givenEmulator(flags, host);
  if (given !== undefined) return given.dps;
  const file = flags.dpsConnectionStringFile;
  const from = { file, flag: "--dps-connection-string-file", variable: "DPS_CONNECTION_STRING" };
  return connectionStringAccess(from, "dps", flags, host);
}

/**
 * Access to the hubs that the command line or the environment names: all of an emulator, in its order, or the one of a
 * connection string; never none.
 *
 * @throws {FleetError} `USAGE` where neither names one, or the connection string is of another kind; `FILE_INVALID`
 */
export async function hubAccess(
  flags: ServiceFlags & { readonly hubConnectionStringFile?: string | undefined },
  host: Pick<Host, "cwd" | "env">,
): Promise<readonly ServiceAccess[]> {
  const given = await givenEmulator(flags, host);
  if (given !== undefined) return given.hubs;
  const file = flags.hubConnectionStringFile;
  const from = { file, flag: "--hub-connection-string-file", variable: "IOTHUB_CONNECTION_STRING" };
  return [await connectionStringAccess(from, "hub", flags, host)];
}

async function givenEmulator(
  { emulator, ca, connectTo }: ServiceFlags,
  { cwd }: Pick<Host, "cwd">,
): Promise<ReturnType<typeof emulatorAccess> | undefined> {
  if (emulator === undefined) return undefined;
  const info = await readEmulatorFile(emulator, cwd);
  const caPem = await readCaFile(ca === undefined ? info.caFile : resolve(cwd, ca));
  return emulatorAccess(info, emulator, { connectTo, caPem });
}

async function connectionStringAccess(
  from: Pick<ConnectionStringPlace, "file" | "flag" | "variable">,
  kind: "dps" | "hub",
  { ca, connectTo }: ServiceFlags,
  host: Pick<Host, "cwd" | "env">,
): Promise<ServiceAccess> {
  const caPem = ca === undefined ? undefined : await readCaFile(resolve(host.cwd, ca));
  const given = await givenConnectionString({ ...from, connectTo, caPem }, host);
  if (given === undefined) {
    const service = kind === "dps" ? "DPS instance" : "hub";
    throw new FleetError("USAGE", `no ${service} is given`, {
      problems: [{ place: from.flag, message: `expected it, ${from.variable} or --emulator` }],
      hint: "for an emulator give --emulator FILE, which `emulator --json > FILE` writes",
    });
  }
  const proxyFor = proxiesOf(host.env, caPem);
  return accessBy(given.text, given.source, kind, { connectTo, caPem, proxyFor });
}
