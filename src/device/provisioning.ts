import type { ConnectionRules } from "../base/connection-rules.ts";
import { DeviceFailure } from "../base/failure.ts";
import { orAborted } from "../base/or-aborted.ts";
import {
  createProvisioningTransport,
  PLACEHOLDER_X509,
  ProvisioningDeviceClient,
  SkewedRegistration,
  X509Security,
} from "./azure-sdk.ts";
import { PacedTransport } from "./paced-transport.ts";
import { registrationFailure } from "./registration-failure.ts";
import type { Slots } from "./slots.ts";
import type { ConnectionTrace } from "./connection-trace.ts";
import type { TransportOptions } from "./transport.ts";
import { TracingProvider } from "./transport.ts";

export interface ProvisioningOptions {
  readonly registrationId: string;
  readonly provisioningHost: string;
  readonly idScope: string;
  /** The device's symmetric key, base64; undefined = it has a certificate. */
  readonly key?: string | undefined;
  /** How far the device's clock is ahead as it signs its token, ms; negative = behind, absent = it is right. */
  readonly skewMs?: (() => number) | undefined;
  /** DTMI that a Plug and Play device announces in its payload; undefined = no payload. */
  readonly modelId?: string | undefined;
  /** `sessions` is not used: DPS must see the whole chain. */
  readonly transport: Omit<TransportOptions, "sessions">;
  readonly slots: Slots;
  /** Say how long a device that is put off waits. */
  readonly rules: ConnectionRules;
  /** Uniform in [0, 1), for jitter. */
  readonly random: () => number;
  /** Limit for one register or poll request, ms. */
  readonly requestTimeoutMs: number;
  /** Limit for the whole registration, throttled repeats included, ms. */
  readonly totalTimeoutMs: number;
  readonly signal: AbortSignal;
  /**
   * Asked before each register request, throttled repeats included: resolves when it may go out, with how long that took
   * in ms, which is in no limit.
   */
  readonly attempt: () => Promise<number>;
  /** The service asked to come back later (429 or 5xx); `retryAfterMs` is the wait with jitter. */
  readonly onThrottled: (retryAfterMs: number) => void;
}

/** Where DPS sent the device. */
export interface Assignment {
  readonly hub: string;
  readonly deviceId: string;
  /** Moment of the assigned answer, ms of the transport's clock. */
  readonly assignedMs: number;
  /**
   * Durations in ms: tcp, tls, connack, accepted (the register request that was not throttled to its 202), assigned
   * (202 to 200). What throttling costs is in none of them: their sum may be less than the whole.
   */
  readonly phases: Readonly<Record<"tcp" | "tls" | "connack" | "accepted" | "assigned", number>>;
}

/**
 * Registers one device through DPS with Microsoft's provisioning client.
 *
 * @throws {DeviceFailure} classified from the wire; `signal.reason` when aborted
 */
export async function register(options: ProvisioningOptions): Promise<Assignment> {
  const { signal } = options;
  signal.throwIfAborted();
  const provider = new TracingProvider(options.transport);
  const inner = createProvisioningTransport(provider);
  // A connection lost between two polls is emitted here and is an uncaught exception without a listener; the
  // SDK connects anew with the next poll.
  inner.on("error", () => undefined);
  const transport = new PacedTransport(inner, options, () => provider.trace);
  const security =
    options.key === undefined
      ? new X509Security(options.registrationId, PLACEHOLDER_X509)
      : new SkewedRegistration(options.registrationId, options.key, options.skewMs?.() ?? 0);
  const client = ProvisioningDeviceClient.create(
    options.provisioningHost,
    options.idScope,
    transport,
    security,
  );
  // Microsoft Learn, "IoT Plug and Play conventions": a device announces its model id to DPS in this payload.
  if (options.modelId !== undefined) client.setProvisioningPayload({ modelId: options.modelId });
  try {
    const result = await orAborted(Promise.race([client.register(), transport.gaveUp]), signal);
    if (result === undefined || result.assignedHub === "" || result.deviceId === "") {
      throw new DeviceFailure("protocol", "DPS answered `assigned` without hub or device id");
    }
    return {
      hub: result.assignedHub,
      deviceId: result.deviceId,
      assignedMs: transport.assignedMs ?? options.transport.clock(),
      phases: phasesOf(transport),
    };
  } catch (error) {
    signal.throwIfAborted();
    throw registrationFailure(error, provider.trace);
  } finally {
    // After an abort too: the SDK's cancel() ends neither the wait between polls nor a 429 loop, so we do not wait for it.
    provider.destroy();
  }
}

function phasesOf(transport: PacedTransport): Assignment["phases"] {
  const trace: ConnectionTrace | undefined = transport.firstTrace;
  const { acceptingMs, acceptedMs, assignedMs } = transport;
  return {
    tcp: between(trace?.startedMs, trace?.tcpMs),
    tls: between(trace?.tcpMs, trace?.tlsMs),
    connack: between(trace?.tlsMs, trace?.connackMs),
    accepted: between(acceptingMs, acceptedMs),
    assigned: between(acceptedMs, assignedMs),
  };
}

function between(from: number | undefined, to: number | undefined): number {
  return from === undefined || to === undefined ? 0 : Math.max(0, to - from);
}
