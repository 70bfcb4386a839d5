import { DeviceFailure } from "../base/failure.ts";
import { sleep } from "../base/retry.ts";
import type { DeviceContext } from "./device-context.ts";
import type { DeviceStatus } from "./device-status.ts";
import type { DeviceIdentity } from "./identity.ts";
import { attempt } from "./attempt.ts";
import { isExpected } from "./expected-refusal.ts";
import type { Assignment } from "./provisioning.ts";
import { register } from "./provisioning.ts";
import { retryWaitMs } from "./retry-wait.ts";

export interface RegisteringOptions {
  readonly context: DeviceContext;
  readonly status: DeviceStatus;
  readonly identity: DeviceIdentity;
  /** DTMI that a Plug and Play device announces. */
  readonly modelId: string | undefined;
  /** When the registration was due, ms since time 0; latencies count from there. */
  readonly dueMs: number;
  /** Uniform in [0, 1). */
  readonly random: () => number;
  /** How far the device's clock is ahead, ms; negative = behind. */
  readonly skewMs: () => number;
  readonly signal: AbortSignal;
  /** An attempt failed and is repeated. */
  readonly onRetry: (failure: DeviceFailure) => void;
}

/**
 * Registers a device, repeating what can succeed later until `registrationTotalMs` after it was due.
 *
 * @throws {DeviceFailure} the last failure; the signal's reason when aborted
 */
export async function registerUntilAssigned(options: RegisteringOptions): Promise<Assignment> {
  const { context, dueMs, signal } = options;
  const { recorder, clock, limits } = context;
  let deadlineMs = dueMs + limits.registrationTotalMs;
  const attemptOnce = async (): Promise<number> => {
    const waitedMs = await attempt(context, "dps", signal);
    deadlineMs += waitedMs;
    options.status.attempts += 1;
    recorder.count("registration_attempts");
    return waitedMs;
  };
  for (let tries = 1; ; tries += 1) {
    try {
      const assignment = await registerOnce(options, deadlineMs - clock(), attemptOnce);
      recordAssignment(options, assignment);
      return assignment;
    } catch (error) {
      if (!(error instanceof DeviceFailure)) throw error;
      const waitMs = retryWaitMs(limits, error, tries, options.random);
      if (!mayPass(error, options.status) || clock() + waitMs >= deadlineMs) {
        const name = isExpected(context, error) ? "refusals_expected" : "registration_failed";
        recorder.count(name, 1, { class: error.failureClass });
        throw error;
      }
      options.onRetry(error);
      await sleep(waitMs, signal);
    }
  }
}

/**
 * Whether the same question can have another answer later. Whoever disabled the enrollment of a device that was at work
 * before can enable it again, and it must come back by itself then.
 */
const mayPass = (
  { transient, failureClass }: DeviceFailure,
  { connectionMs }: Pick<DeviceStatus, "connectionMs">,
): boolean => transient || (failureClass === "disabled" && connectionMs !== null);

function registerOnce(
  options: RegisteringOptions,
  totalTimeoutMs: number,
  attemptOnce: () => Promise<number>,
): Promise<Assignment> {
  const { context, identity, signal } = options;
  const { spec, recorder, clock, limits, way } = context;
  const { connectTimeoutMs, requestTimeoutMs } = limits;
  return register({
    registrationId: spec.registrationId,
    provisioningHost: context.provisioningHost,
    idScope: context.idScope,
    key: identity.tokenKey?.key,
    skewMs: options.skewMs,
    modelId: options.modelId,
    transport: { secureContext: identity.secureContext, way, connectTimeoutMs, clock },
    slots: context.slots,
    rules: limits,
    random: options.random,
    requestTimeoutMs,
    totalTimeoutMs,
    signal,
    attempt: attemptOnce,
    onThrottled: (retryAfterMs) => {
      recorder.count("throttled");
      const deviceId = spec.registrationId;
      recorder.event({ type: "throttled", t: clock(), deviceId, retryAfterMs });
    },
  });
}

function recordAssignment(
  { context: { recorder, log }, status, dueMs }: RegisteringOptions,
  { hub, deviceId, assignedMs, phases }: Assignment,
): void {
  const ms = assignedMs - dueMs;
  status.hub = hub;
  status.deviceId = deviceId;
  status.registrationMs ??= ms;
  const there = recorder.at(hub);
  there.count("registration_assigned");
  there.observe("registration_ms", ms, dueMs);
  there.observe("registration_tcp_ms", phases.tcp, dueMs);
  there.observe("registration_tls_ms", phases.tls, dueMs);
  there.observe("registration_connack_ms", phases.connack, dueMs);
  there.observe("registration_accepted_ms", phases.accepted, dueMs);
  there.observe("registration_assigned_ms", phases.assigned, dueMs);
  const { attempts } = status;
  log.debug({ hub, attempt: attempts, durationMs: Math.round(ms) }, "assigned by DPS");
  recorder.event({ type: "registration", t: assignedMs, deviceId, hub, attempts, ms, phases });
}
