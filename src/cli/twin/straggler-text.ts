import type { Followed } from "../../service/verify-twin.ts";
import type { PropertyShown } from "../../service/property-shown.ts";
import { showValue } from "../../base/show-value.ts";
import type { Json } from "../../base/json.ts";
import { isJsonObject } from "../../base/json.ts";

/** A device that did not report in time. */
export type Straggler = Exclude<Followed, { state: "reported" }>;

const valueText = (value: Json | undefined): string =>
  typeof value === "object" && value !== null && (isJsonObject(value) || Array.isArray(value))
    ? JSON.stringify(value)
    : showValue(value);

/** What is known of a property that is not there yet: `never reported`, `acknowledged version 3 of 5`. */
export function propertyText(property: PropertyShown, version: number): string {
  const { path, state, reported, ac, av, ad } = property;
  const words = ad === undefined || ad === "" ? "" : `: ${ad}`;
  switch (state) {
    case "shown":
      return `${path} is there`;
    case "missing":
      return `${path} was never reported`;
    case "earlier":
      return av === undefined
        ? `${path} shows ${valueText(reported)} as before the patch`
        : `${path} shows ${valueText(reported)}, acknowledged version ${av} of ${version}`;
    case "differs":
      return `${path} is ${valueText(reported)}${av === undefined || av >= version ? "" : `, version ${av} of ${version}`}`;
    case "busy":
      return `${path} is being worked on (ac 202${words})`;
    case "refused":
      return `${path} was refused (ac ${ac}${words})`;
    default:
      return state satisfies never;
  }
}

/** All that is known of what a straggler reports. */
export function stragglerText({ state, properties, patch }: Straggler): string {
  if (state === "late") return "reported it too late";
  const open = properties.filter((property) => property.state !== "shown");
  return open.map((property) => propertyText(property, patch.version)).join("; ");
}
