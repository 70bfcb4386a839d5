import type { AlertCondition, AlertMessage } from "../metrics/alert-condition.ts";
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

/** An alert as it stands at one device. */
interface WatchedAlert {
  readonly alert: Alert;
  /** For how many messages in a row it has held. */
  streak: number;
  isRaised: boolean;
}

const NO_CHANGES: readonly AlertChange[] = [];

/** The alerts of one device: what it sends goes in, one message after the other, changes come out. */
export class DeviceAlerts {
  readonly #watched: readonly WatchedAlert[];

  constructor(alerts: readonly Alert[]) {
    this.#watched = alerts.map((alert) => ({ alert, streak: 0, isRaised: false }));
  }

  /** Takes the next message of the device. */
  observe({ body, properties }: Pick<Message, "body" | "properties">): readonly AlertChange[] {
    let message: AlertMessage | undefined;
    let changes: AlertChange[] | undefined;
    for (const watched of this.#watched) {
      const { name, condition, where } = watched.alert;
      if (!hasAll(properties, where)) continue;
      // Read once, and only where an alert looks at it: this is done for every message.
      message ??= { body: jsonOf(body), properties };
      const holds = meets(condition, message);
      if (holds === undefined) continue;
      watched.streak = holds ? watched.streak + 1 : 0;
      if (watched.isRaised ? holds : watched.streak < condition.messages) continue;
      watched.isRaised = holds;
      const state = holds ? "raised" : "cleared";
      changes ??= [];
      changes.push({ name, state, reading: readingOf(condition, message) });
    }
    return changes ?? NO_CHANGES;
  }

  /** The device is off: nothing holds any more. @returns what went off */
  clear(): readonly AlertChange[] {
    const raised = this.#watched.filter(({ isRaised }) => isRaised);
    for (const watched of this.#watched) Object.assign(watched, { streak: 0, isRaised: false });
    return raised.map(({ alert }) => ({ name: alert.name, state: "cleared", reading: undefined }));
  }
}

function hasAll(properties: Message["properties"], where: Alert["where"]): boolean {
  for (const name in where) if (properties[name] !== where[name]) return false;
  return true;
}

/** undefined where it is no JSON. */
function jsonOf(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return undefined;
  }
}
