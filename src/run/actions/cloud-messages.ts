import type { Deferred } from "../../base/deferred.ts";
import { deferred } from "../../base/deferred.ts";
import { FleetError } from "../../base/errors.ts";
import { sleep } from "../../base/retry.ts";
import type { DeviceEvent } from "../../metrics/device-event.ts";
import type { MessageAction } from "../../scenario/message-action.ts";
import { sendCloudMessage } from "../../service/send-cloud-message.ts";
import type { ActionOutcome, ActionRound } from "../timeline/action-doer.ts";
import type { AskedServices } from "./service-doers.ts";
import { atHubs, placesOf } from "./service-doers.ts";

export interface CloudMessagesOptions {
  readonly services: () => Pick<AskedServices, "hubs">;
  /** Whether devices listen to such messages: those of a plan that has none do not. */
  readonly areHeard: boolean;
  readonly now: () => Date;
}

/** Sends cloud-to-device messages, and sees who gets them. */
export class CloudMessages {
  readonly #options: CloudMessagesOptions;
  /** By message id: those that no device has told of yet. */
  readonly #awaited = new Map<string, Deferred<void>>();

  constructor(options: CloudMessagesOptions) {
    this.#options = options;
  }

  /** Takes a device's event, in any order. */
  observe(event: DeviceEvent): void {
    if (event.type !== "cloudMessage" || event.messageId === undefined) return;
    this.#awaited.get(event.messageId)?.resolve();
  }

  /** Sends one to each device; ends when each has got it, or its time is up. */
  async send({ planned, round, devices, signal }: ActionRound): Promise<ActionOutcome> {
    const { action, index } = planned;
    if (action.kind !== "message") throw new TypeError("no message action");
    const { services, areHeard, now } = this.#options;
    if (!areHeard) {
      throw new FleetError("REFUSED", "the devices of this run listen to no messages", {
        hint: "they do where the scenario's timeline has a message: action",
      });
    }
    const { outcomes, errors } = await atHubs({
      places: placesOf(devices, services().hubs),
      pace: "commands",
      signal,
      work: async ({ registrationId, at: { hub, deviceId } }, stop) => {
        const { body, properties, timeoutMs } = action;
        const messageId = `${now().getTime()}-${index}-${round}-${registrationId}`;
        const got = deferred<void>();
        this.#awaited.set(messageId, got);
        const expires = new Date(now().getTime() + timeoutMs);
        try {
          await sendCloudMessage(hub, deviceId, { messageId, body, properties, expires }, stop);
        } catch (error) {
          this.#awaited.delete(messageId);
          throw error;
        }
        return { registrationId, messageId, got: got.promise };
      },
    });
    const sent = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.value] : []));
    const late = await this.#late(sent, action, signal);
    return { done: sent.length - late.length, errors: [...errors, ...late] };
  }

  /** Why messages are taken not to come, once all have come or their time is up. */
  async #late(
    sent: readonly {
      readonly registrationId: string;
      readonly messageId: string;
      readonly got: Promise<void>;
    }[],
    { timeoutMs }: MessageAction,
    signal: AbortSignal,
  ): Promise<readonly string[]> {
    const open = new Set(sent);
    const all = Promise.all(
      sent.map(async (one) => {
        await one.got;
        open.delete(one);
      }),
    );
    const over = new AbortController();
    try {
      await Promise.race([all, sleep(timeoutMs, AbortSignal.any([signal, over.signal]))]);
    } finally {
      over.abort();
      for (const { messageId } of sent) this.#awaited.delete(messageId);
    }
    return [...open].map(
      ({ registrationId }) => `${registrationId} has not got it in ${timeoutMs / 1_000} s`,
    );
  }
}
