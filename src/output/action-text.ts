import type { Json, JsonObject } from "../base/json.ts";
import { isJsonObject } from "../base/json.ts";
import type { ActionEvent } from "./output.ts";
import { presenceText } from "./presence-text.ts";
import { plural } from "./terminal-text.ts";

/** A member of what is done, as text. */
const shown = (value: Json | undefined): string =>
  typeof value === "string" ? value : JSON.stringify(value);

/** What an action of the timeline does, as it begins. */
export function begunText({
  kind,
  what,
  selected,
  round,
  rounds,
}: Pick<ActionEvent, "kind" | "what" | "selected" | "round" | "rounds">): string {
  const again = rounds > 1 ? `, ${round} of ${rounds}` : "";
  const whom = selected === 0 ? "" : ` for ${plural(selected, "device")}`;
  switch (kind) {
    case "twin":
      return `desired ${JSON.stringify(what["desired"])} for ${plural(selected, "device")}${again}`;
    case "stop":
    case "start":
    case "churn":
      return `${presenceText(kind, what, selected)}${again}`;
    case "mark":
      return `mark: ${shown(what["text"])}${again}`;
    case "method":
      return `method ${shown(what["name"])}${whom}${again}`;
    case "identity":
    case "enrollment":
    case "hub": {
      const host = what["host"] === undefined ? "" : ` ${shown(what["host"])}`;
      return `${kind}${host}: ${shown(what["do"])}${whom}${again}`;
    }
    case "message":
      return `message ${JSON.stringify(what["body"])}${whom}${again}`;
    case "renew":
      return `new certificates${whom}${again}`;
    case "fault":
      return `${faultText(what)}${whom}${again}`;
    default:
      return `${kind} ${JSON.stringify(what)}${whom}${again}`;
  }
}

/** `fault hubGone at my-hub.azure-devices.net for 10s`. */
function faultText({ fault, end, service, times, for: lasting, parameters }: JsonObject): string {
  if (end !== undefined) return `fault of ${shown(end)} ends`;
  const has = isJsonObject(parameters) && Object.keys(parameters).length > 0;
  return [
    `fault ${shown(fault)}`,
    has ? ` ${JSON.stringify(parameters)}` : "",
    service === undefined ? "" : ` at ${shown(service)}`,
    times === undefined ? "" : `, ${shown(times)} times`,
    lasting === undefined ? "" : `, ${shown(lasting)}`,
  ].join("");
}

/** What came of it where it was done; undefined where that says nothing new. */
export function doneText({ kind, done }: ActionEvent): string | undefined {
  switch (kind) {
    case "twin":
      return `${plural(done, "twin")} patched`;
    case "mark":
      return undefined;
    default:
      return done === 0 ? `${kind} done` : `${kind} done at ${plural(done, "device")}`;
  }
}

/** Why it was not, or not everywhere. */
export function failedText({ kind, failed, error = "unknown" }: ActionEvent): string {
  const where = failed > 1 ? ` ${failed} times` : "";
  return `${kind === "twin" ? "twin change" : kind} failed${where}: ${error}`;
}
