import { Agent } from "node:https";
import { dialAddress } from "../base/dial.ts";
import type { Emulator, EmulatorOptions, ServerTls, ServiceNames } from "../emulator/emulator.ts";
import { startEmulator as startOnCertificate } from "../emulator/emulator.ts";
import { issueEmulatorCa } from "../pki/emulator-ca.ts";
import { issueEmulatorServer } from "../pki/emulator-server.ts";
import { checkOptions } from "./check-options.ts";

export type {
  EmulatorMetrics,
  FaultControl,
  FaultDocument,
  FaultRequest,
  ThrottlingControl,
  ThrottlingState,
  TierChange,
} from "../emulator/emulator.ts";

/** A server certificate, and the CA that clients shall trust for it. */
export interface TrustedTls extends ServerTls {
  readonly caPem: string;
}

/** All options have defaults; see the members for units and Azure's values. */
export interface EmbeddedEmulatorOptions extends Omit<EmulatorOptions, "tls"> {
  /**
   * Its names must cover every host name, and `host`; default: made for this emulator, in memory, by a CA that may vouch
   * for nothing else.
   */
  readonly tls?: TrustedTls;
}

/** A running emulator, and what its clients trust. */
export interface EmbeddedEmulator extends Emulator {
  /** PEM of the CA that signed the server's certificate. */
  readonly caPem: string;
  /**
   * Dials the emulator whatever the host name is, and checks its certificate against that name: for `webSocketAgent` of
   * Microsoft's device SDKs and the `http` agent of their service SDKs. It is closed with the emulator.
   */
  readonly agent: Agent;
}

/**
 * Starts DPS and IoT Hubs in this process, on free ports of the loopback address unless told otherwise; any number may
 * run side by side. It logs nothing unless `log` is given.
 *
 *     await using emulator = await startEmulator();
 *
 * @throws {FleetError} an Error with `code`: `USAGE` for options that are wrong, every problem in `problems`;
 *   `ADDRESS_IN_USE` where a port is taken. Nothing is left running then
 */
export async function startEmulator(
  options: EmbeddedEmulatorOptions = {},
): Promise<EmbeddedEmulator> {
  checkOptions(options);
  let caPem = options.tls?.caPem ?? "";
  const newServer = async (names: ServiceNames): Promise<ServerTls> => {
    const made = await newCertificate(names, options.host);
    ({ caPem } = made);
    return made;
  };
  const emulator = await startOnCertificate({ ...options, tls: options.tls ?? newServer });
  const agent = new Agent({
    host: dialAddress(emulator.host),
    port: emulator.httpsPort,
    ca: caPem,
    keepAlive: true,
  });
  const stop = async (): Promise<void> => {
    await emulator.stop();
    agent.destroy();
  };
  return { ...emulator, caPem, agent, stop, [Symbol.asyncDispose]: stop };
}

async function newCertificate(
  { provisioningHost, dpsHost, hubs }: ServiceNames,
  host = "127.0.0.1",
): Promise<TrustedTls> {
  const own = [provisioningHost, dpsHost, ...hubs, dialAddress(host)];
  const names = [...new Set([...own, "localhost", "127.0.0.1", "::1"])];
  const now = new Date();
  const ca = await issueEmulatorCa(now, names);
  return { ...(await issueEmulatorServer({ names, signer: ca, now })), caPem: ca.certificatePem };
}
