import type { GeneratorKind, Recipe } from "../generator.ts";
import type { Json } from "../../../src/model/model.ts";
import { unknownProperty } from "../unknown-property.ts";

/** `{ constant: … }`: any JSON, as it is. */
export const constant: GeneratorKind = { read: (raw) => always(raw) };

/** A value without a generator. In its texts `{deviceId}` is the device's id. */
export function bareValue(raw: Json): Recipe {
  if (typeof raw !== "string" || !raw.includes(DEVICE_ID)) return always(raw);
  return ({ deviceId }) => {
    const text = raw.replaceAll(DEVICE_ID, deviceId);
    return { next: () => text };
  };
}

const DEVICE_ID = "{deviceId}";

function always(value: Json): Recipe {
  return () => ({ next: () => value });
}

/** `{ from: setpoint }`: what a desired property holds at the moment. */
export const fromProperty: GeneratorKind = {
  read(raw, path, { tell, properties }) {
    const name = typeof raw === "string" ? raw : "";
    if (!properties.has(name)) {
      tell(
        path,
        typeof raw === "string"
          ? unknownProperty(name, properties)
          : "expected the name of a desired property",
      );
    }
    return ({ property }) => ({ next: () => property(name) });
  },
};
