import type { ConnectionRules } from "../base/connection-rules.ts";
import { deferred } from "../base/deferred.ts";
import { DeviceFailure } from "../base/failure.ts";
import { withTimeout } from "../base/retry.ts";
import type {
  DeviceRegistrationResult,
  ProvisioningMqtt,
  RegistrationRequest,
  SymmetricKeyProvisioningTransport,
  X509ProvisioningTransport,
} from "./azure-sdk.ts";
import { throttledWaitMs } from "./retry-wait.ts";
import type { Slots } from "./slots.ts";
import type { ConnectionTrace } from "./connection-trace.ts";

export interface PacingOptions {
  readonly slots: Slots;
  readonly rules: ConnectionRules;
  readonly random: () => number;
  readonly requestTimeoutMs: number;
  readonly totalTimeoutMs: number;
  readonly signal: AbortSignal;
  readonly transport: { readonly clock: () => number };
  /** Resolves when a register request may go out, with how long it waited for that, ms. */
  readonly attempt: () => Promise<number>;
  readonly onThrottled: (retryAfterMs: number) => void;
}

type Answer = (
  error?: Error,
  result?: DeviceRegistrationResult,
  response?: unknown,
  pollingIntervalMs?: number,
) => void;

type Send = (done: Answer) => void;

/**
 * A wrapper around the SDK's provisioning transport: a slot and a time limit for each request, jitter on retry-after,
 * a limit on the whole registration (the SDK has none and repeats a 429 for ever), the count of attempts and of 429s,
 * and the moments of `accepted` and `assigned`.
 */
export class PacedTransport
  implements X509ProvisioningTransport, SymmetricKeyProvisioningTransport
{
  readonly #inner: ProvisioningMqtt;
  readonly #options: PacingOptions;
  readonly #traceOf: () => ConnectionTrace | undefined;
  /** Waits for the fleet's own limit do not count. */
  #deadlineMs: number;
  readonly #gaveUp = deferred<never>();
  #sentMs: number | undefined;
  /** Answers in a row that put the device off. */
  #putOff = 0;
  /** Of the connection that brought the first answer. */
  firstTrace: ConnectionTrace | undefined;
  /** When the request that DPS accepted could go out; throttled ones, and the waits that they cost, came before. */
  acceptingMs: number | undefined;
  acceptedMs: number | undefined;
  assignedMs: number | undefined;

  constructor(
    inner: ProvisioningMqtt,
    options: PacingOptions,
    traceOf: () => ConnectionTrace | undefined,
  ) {
    this.#inner = inner;
    this.#options = options;
    this.#traceOf = traceOf;
    this.#gaveUp.promise.catch(() => undefined);
    this.#deadlineMs = options.transport.clock() + options.totalTimeoutMs;
  }

  /**
   * Rejects when this wrapper itself ends the registration. The SDK hears of it too, but settles only after an orderly
   * end of its connection, which waits for ever where the service does not acknowledge.
   */
  get gaveUp(): Promise<never> {
    return this.#gaveUp.promise;
  }

  setAuthentication(auth: Parameters<X509ProvisioningTransport["setAuthentication"]>[0]): void {
    this.#inner.setAuthentication(auth);
  }

  setSharedAccessSignature(token: string): void {
    this.#inner.setSharedAccessSignature(token);
  }

  setTransportOptions(
    options: Parameters<X509ProvisioningTransport["setTransportOptions"]>[0],
  ): void {
    this.#inner.setTransportOptions(options);
  }

  registrationRequest(request: RegistrationRequest, callback: Answer): void {
    const register: Send = (done) => this.#inner.registrationRequest(request, done);
    void this.#request(register, callback, this.#options.attempt);
  }

  queryOperationStatus(request: RegistrationRequest, operationId: string, callback: Answer): void {
    void this.#request(
      (done) => this.#inner.queryOperationStatus(request, operationId, done),
      callback,
    );
  }

  cancel(callback: (error?: Error) => void): void {
    this.#inner.cancel(callback);
  }

  disconnect(callback: (error?: Error) => void): void {
    this.#inner.disconnect(callback);
  }

  async #request(
    send: Send,
    callback: Answer,
    attempt = (): Promise<number> => Promise.resolve(0),
  ): Promise<void> {
    const { slots, signal, transport } = this.#options;
    let answer: Parameters<Answer>;
    try {
      answer = await slots(async () => {
        // Where the abort came while the SDK waited between two polls, this is the place that ends its loop.
        signal.throwIfAborted();
        const waitedMs = await attempt();
        this.#deadlineMs += waitedMs;
        const nowMs = transport.clock();
        if (this.#sentMs !== undefined && nowMs >= this.#deadlineMs) throw this.#limitReached();
        this.#sentMs = nowMs;
        return wellFormed(await this.#answerWithin(send));
      });
    } catch (error) {
      this.#gaveUp.reject(error);
      callback(error instanceof Error ? error : new Error(String(error)));
      return;
    }
    const [error, result, response, intervalMs] = answer;
    callback(error, result, response, this.#next(result, intervalMs));
  }

  async #answerWithin(send: Send): Promise<Parameters<Answer>> {
    const limit = { what: "the answer of DPS", timeoutMs: this.#options.requestTimeoutMs };
    return await withTimeout(
      limit,
      () => new Promise((resolve) => send((...answer) => resolve(answer))),
    );
  }

  /** Notes the moment of an answer and gives the wait before the next request. */
  #next(
    result: DeviceRegistrationResult | undefined,
    intervalMs: number | undefined,
  ): number | undefined {
    this.firstTrace ??= this.#traceOf();
    if (result === undefined) return intervalMs;
    const now = this.#options.transport.clock();
    if (result.status === "assigned") this.assignedMs = now;
    if ((this.#traceOf()?.dpsStatus ?? 0) >= 429) {
      this.#putOff += 1;
      // The SDK makes an interval of its own of an answer that asks for none.
      const askedMs = this.#traceOf()?.dpsRetryAfterMs;
      const { rules, random } = this.#options;
      const waitMs = Math.ceil(throttledWaitMs(rules, askedMs, this.#putOff, random));
      this.#options.onThrottled(waitMs);
      return waitMs;
    }
    this.#putOff = 0;
    if (this.acceptedMs === undefined) {
      // The SDK connects within the first request.
      this.acceptingMs = Math.max(this.#sentMs ?? now, this.#traceOf()?.connackMs ?? -Infinity);
      this.acceptedMs = now;
    }
    return intervalMs;
  }

  #limitReached(): DeviceFailure {
    const { totalTimeoutMs } = this.#options;
    const throttled = (this.#traceOf()?.dpsStatus ?? 0) >= 429;
    const [failureClass, why] = throttled
      ? (["throttled", "the service asked to wait each time"] as const)
      : (["timeout", "the service is still assigning"] as const);
    const text = `not assigned within ${totalTimeoutMs} ms: ${why}`;
    return new DeviceFailure(failureClass, text, { transient: false });
  }
}

/** The SDK takes an answer without a status for granted, and its exception would end the process. */
function wellFormed(answer: Parameters<Answer>): Parameters<Answer> {
  const [error, result] = answer;
  if (error instanceof Error || typeof result?.status === "string") return answer;
  throw new DeviceFailure("protocol", "DPS gave an answer without a status");
}
