import type { JsonObject } from "../base/json.ts";
import type { ControlResult } from "./summary.ts";

/** The parameter of a request that `ctl` takes without its name: `scale 10`. */
const BARE: Readonly<Record<string, string>> = { scale: "devices", act: "action" };

/** What was asked for by hand, as `ctl` takes it: `rate --arrival 20/s`. */
export function controlText(request: JsonObject): string {
  const { do: what } = request;
  const bare = typeof what === "string" ? BARE[what] : undefined;
  const words = Object.entries(request).map(([name, value]) => {
    const text = typeof value === "string" ? value : JSON.stringify(value);
    return name === "do" || name === bare ? text : `--${name} ${text}`;
  });
  return words.join(" ");
}

/** Of what was asked for by hand, so many are listed. */
const LISTED = 6;

/** What was done by hand, with its time: `pause at 2.0 s, resume at 5.1 s`; undefined = nothing was. */
export function steeredText(control: readonly ControlResult[]): string | undefined {
  const done = control.filter(({ outcome }) => outcome === "done");
  if (done.length === 0) return undefined;
  const told = done
    .slice(0, LISTED)
    .map(({ request, atS }) => `${controlText(request)} at ${atS.toFixed(1)} s`);
  const more = done.length - told.length;
  return [...told, ...(more > 0 ? [`${more} more`] : [])].join(", ");
}
