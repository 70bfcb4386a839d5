import { setTimeout as delay } from "node:timers/promises";
import type { Json } from "../../base/json.ts";
import { ServiceFault } from "../fault.ts";
import type { Surroundings } from "../surroundings.ts";
import type { AllocationRequest } from "./allocation-request.ts";
import { allocationRequestBody } from "./allocation-request.ts";
import { parseAllocationResponse } from "./allocation-response.ts";
import type { TwinSeed } from "./hub-link.ts";
import type { WebhookAnswer } from "./webhook.ts";
import { callWebhook } from "./webhook.ts";

/** What a webhook decided. */
export interface Allocation {
  readonly hostName: string;
  /** In place of the enrollment's, where the identity is made anew and brings no data along. */
  readonly initialTwin: TwinSeed | undefined;
  /** For the device. */
  readonly payload: Json | undefined;
}

/**
 * Asks the webhook of an enrollment which hub a device gets.
 * Source: Microsoft Learn, "Understand custom allocation policies with Azure IoT Hub Device Provisioning Service" and
 * "How to use custom allocation policies": an answer of 429 or more is asked for again up to 10 times, first after 1 s and
 * then 9 s later each time. No answer at all counts as such a one (`?`).
 *
 * @throws {ServiceFault} `noHubSpecified`, `customAllocationUnauthorized`, `customAllocationFailed`
 * @throws what ended the wait, when `signal` does
 */
export async function allocateByWebhook(
  { around, signal }: { readonly around: Surroundings; readonly signal: AbortSignal },
  request: AllocationRequest,
): Promise<Allocation> {
  const { limits } = around;
  const { id, customAllocation } = request.device.enrollment;
  if (customAllocation === undefined || request.linkedHubs.length === 0)
    throw new ServiceFault("noHubSpecified", "No linked IoT hub fits the enrollment.");
  const body = allocationRequestBody(request);
  // It is told of no registration that a kill could undo.
  await around.state.saved();
  for (let retries = 0; ; retries += 1) {
    const answer = await callWebhook(customAllocation.webhookUrl, body, {
      timeoutMs: limits.webhookTimeoutMs,
      maxBytes: limits.webhookAnswerMaxBytes,
      signal,
    });
    // Its URL may carry a key, so it is not told.
    const facts = { component: "dps", enrollment: id, status: answer?.status, retries };
    around.log.debug(facts, "webhook asked");
    if (answer !== undefined && answer.status < 429)
      return judged(answer, { linkedHubs: request.linkedHubs, limits });
    if (retries >= limits.webhookRetriesMax) throw failed(answer);
    const waitMs = limits.webhookRetryFirstMs + retries * limits.webhookRetryGrowthMs;
    await delay(waitMs, undefined, { signal });
  }
}

function judged(
  answer: WebhookAnswer,
  context: Parameters<typeof parseAllocationResponse>[1],
): Allocation {
  if (answer.status === 401)
    throw new ServiceFault(
      "customAllocationUnauthorized",
      "Custom allocation failed with status code: 401",
    );
  if (answer.status !== 200) throw failed(answer);
  return parseAllocationResponse(answer.body, context);
}

/** The text with a number is the one of Azure/azure-sdk-for-c, tests of its provisioning client. */
function failed(answer: WebhookAnswer | undefined): ServiceFault {
  return new ServiceFault(
    "customAllocationFailed",
    answer === undefined
      ? "Custom allocation failed: the webhook gave no answer."
      : `Custom allocation failed with status code: ${answer.status}`,
  );
}
