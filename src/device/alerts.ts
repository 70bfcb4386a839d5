import type { AlertCondition } from "../metrics/alert-condition.ts";
import { meets, readingOf } from "../metrics/alert-condition.ts";
import type { Message } from "../model/model.ts";

/** An alert of the scenario, ready to be held against messages. */
export interface Alert {
  readonly name: string;
  readonly condition: AlertCondition;
  /** Application properties that a message must have for the alert to look at it. */
  readonly where: Readonly<Record<string, string>>;
}

/** An alert came on at this device, or went off. */
export interface AlertChange {
  readonly name: string;
  readonly state: "raised" | "cleared";
  /** What the message says of it, as text. */
  readonly reading: string | undefined;
}

/** The alerts of one device: what it sends goes in, one message after the other, changes come out. */
export class DeviceAlerts {
  readonly #alerts: readonly Alert[];
  /** For how many messages in a row each has held. */
  readonly #streaks: number[];
  readonly #raised: boolean[];

  constructor(alerts: readonly Alert[]) {
    this.#alerts = alerts;
    this.#streaks = alerts.map(() => 0);
    this.#raised = alerts.map(() => false);
  }

  /** Takes the next message of the device. */
  observe({ body, properties }: Pick<Message, "body" | "properties">): readonly AlertChange[] {
    if (this.#alerts.length === 0) return [];
    const message = { body: jsonOf(body), properties };
    const changes: AlertChange[] = [];
    for (const [index, { name, condition, where }] of this.#alerts.entries()) {
      if (!Object.entries(where).every(([key, value]) => properties[key] === value)) continue;
      const holds = meets(condition, message);
      if (holds === undefined) continue;
      const streak = holds ? (this.#streaks[index] ?? 0) + 1 : 0;
      this.#streaks[index] = streak;
      const raised = this.#raised[index] === true;
      if (raised ? holds : streak < condition.messages) continue;
      this.#raised[index] = !raised;
      const state = raised ? "cleared" : "raised";
      changes.push({ name, state, reading: readingOf(condition, message) });
    }
    return changes;
  }
}

/** undefined where it is no JSON. */
function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
