import type { Json } from "../../base/json.ts";
import { ServiceFault } from "../fault.ts";
import { parseJson } from "../parse-json.ts";

export interface MethodResult {
  readonly status: number;
  readonly payload: Json;
}

/** A device's answer. */
export interface MethodAnswer {
  readonly result: MethodResult;
  /** Of the body as the device sent it. */
  readonly bytes: number;
}

interface PendingCall {
  readonly deviceId: string;
  readonly settle: (outcome: MethodAnswer | ServiceFault) => void;
}

const NO_ANSWER = new ServiceFault(
  "gatewayTimeout",
  "Timed out waiting for the response from device.",
);

/** The direct-method calls that wait for their device's answer. */
export class PendingMethods {
  readonly #byRequestId = new Map<string, PendingCall>();
  #lastId = 0;

  /**
   * Sends a call and waits for its answer.
   *
   * @param send is given the request id
   * @throws {ServiceFault} `gatewayTimeout`, also when aborted: then nobody reads it any more
   */
  async call(
    deviceId: string,
    options: { readonly timeoutMs: number; readonly signal: AbortSignal },
    send: (requestId: string) => void,
  ): Promise<MethodAnswer> {
    const requestId = (++this.#lastId).toString(16);
    const over = AbortSignal.any([options.signal, AbortSignal.timeout(options.timeoutMs)]);
    try {
      const outcome = await new Promise<MethodAnswer | ServiceFault>((resolve) => {
        // Aborted already: no event would tell.
        if (over.aborted) return resolve(NO_ANSWER);
        this.#byRequestId.set(requestId, { deviceId, settle: resolve });
        over.addEventListener("abort", () => resolve(NO_ANSWER), { once: true });
        send(requestId);
      });
      if (outcome instanceof ServiceFault) throw outcome;
      return outcome;
    } finally {
      this.#byRequestId.delete(requestId);
    }
  }

  /** A device's answer; one that is late, or to another device's call, is dropped. */
  settle(deviceId: string, requestId: string, status: number, body: Buffer): void {
    const pending = this.#byRequestId.get(requestId);
    if (pending?.deviceId !== deviceId) return;
    const payload = parsePayload(body);
    pending.settle(
      payload === undefined
        ? new ServiceFault("badDeviceResponse", "The device's answer is no JSON.")
        : { result: { status, payload }, bytes: body.length },
    );
  }
}

function parsePayload(body: Buffer): Json | undefined {
  const text = body.toString("utf8").trim();
  if (text === "") return null;
  try {
    return parseJson(text);
  } catch {
    return undefined;
  }
}
