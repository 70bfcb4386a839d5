import type { Json, JsonObject } from "../base/json.ts";
import { plural } from "./terminal-text.ts";

/** The actions of the timeline by which devices leave and come back. */
export type PresenceKind = "stop" | "start" | "churn";

const after = (word: string, value: Json | undefined): string =>
  typeof value === "string" ? ` ${word} ${value}` : "";

/** `4 devices lose power for 2s`, as it begins. @param what as the action's events have it @param selected devices */
export function presenceText(kind: PresenceKind, what: JsonObject, selected: number): string {
  const whom = plural(selected, "device");
  const isCut = what["how"] === "powerCut";
  switch (kind) {
    case "stop": {
      const does = isCut ? (selected === 1 ? "loses" : "lose") : selected === 1 ? "stops" : "stop";
      return `${whom} ${does}${isCut ? " power" : ""}${after("for", what["for"])}`;
    }
    case "start": {
      const over = what["over"] === "0s" ? "" : after("over", what["over"]);
      return `${whom} ${selected === 1 ? "starts" : "start"}${over}`;
    }
    case "churn": {
      const rate = `${whom} churn${after("at", what["rate"])}${after("for", what["for"])}`;
      return `${rate}, each is off${after("for", what["away"])}${isCut ? " by a power cut" : ""}`;
    }
    default:
      return kind satisfies never;
  }
}
