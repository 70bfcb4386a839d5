import type { DeviceFault } from "../../base/device-fault.ts";
import type { Json, JsonObject } from "../../base/json.ts";
import { isJsonObject } from "../../base/json.ts";

/** A fault that acts on what a device makes of its twin. */
export type TwinFault = Extract<DeviceFault, { readonly kind: "stuck" | "wrongReport" }>;

/** The twin faults of one device that are on, and what they make of desired and reported properties. */
export class TwinFaults {
  readonly #on = new Map<string, TwinFault>();

  begin(id: string, fault: TwinFault): void {
    this.#on.set(id, fault);
  }

  end(id: string): void {
    this.#on.delete(id);
  }

  /** Whether desired properties come to nothing. */
  get isStuck(): boolean {
    return [...this.#on.values()].some(({ kind }) => kind === "stuck");
  }

  /** A reported patch as it goes out. */
  reported(patch: JsonObject): JsonObject {
    let told = patch;
    for (const fault of this.#on.values()) {
      if (fault.kind === "wrongReport") told = wrongly(told, fault);
    }
    return told;
  }
}

function wrongly(
  patch: JsonObject,
  { property, by }: { readonly property?: string | undefined; readonly by: number },
): JsonObject {
  return Object.fromEntries(
    Object.entries(patch).map(([name, value]) => [
      name,
      property === undefined || property === name ? altered(value, by) : value,
    ]),
  );
}

/** Another value of the same type; of an acknowledgment the value alone, and null stays: it removes. */
function altered(value: Json, by: number): Json {
  if (typeof value === "number") return value + by;
  if (typeof value === "boolean") return !value;
  if (typeof value === "string") return `${value}?`;
  if (!isJsonObject(value)) return value;
  if (Object.hasOwn(value, "value"))
    return { ...value, value: altered(value["value"] ?? null, by) };
  return wrongly(value, { by });
}
