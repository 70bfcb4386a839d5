import fc from "fast-check";
import { expect, test } from "vitest";
import { DEVICE_FAULT_NAMES } from "../../../src/base/device-fault-kinds.ts";
import { FAULT_NAMES, faultKind } from "../../../src/base/fault-kinds.ts";
import { FaultReader } from "../../../src/base/fault-order.ts";

const HUB = "my-hub.azure-devices.net";
const READER = new FaultReader({ hubs: [HUB] });

test.each(FAULT_NAMES)(
  "%s is read from its name alone, with the defaults of the catalogue",
  (kind) => {
    const defaults = Object.entries(faultKind(kind).parameters).map(
      ([name, parameter]) => [name, parameter.default] as const,
    );
    expect(READER.read({ kind })).toEqual({
      ok: true,
      order: { kind, parameters: Object.fromEntries(defaults), scope: {}, seed: 1, delayMs: 0 },
    });
  },
);

test.each(FAULT_NAMES)(
  "the parameters of %s take what the catalogue says, and nothing else",
  (kind) => {
    for (const [name, parameter] of Object.entries(faultKind(kind).parameters)) {
      const values = "values" in parameter ? parameter.values : [parameter.least, parameter.most];
      const isRead = (value: unknown) => READER.read({ kind, parameters: { [name]: value } }).ok;
      expect(values.map(isRead)).toEqual(values.map(() => true));
      const others = "values" in parameter ? [0, "x"] : [parameter.least - 1, parameter.most + 1];
      expect([...others, null, {}].map(isRead)).toEqual([false, false, false, false]);
    }
  },
);

test.each(DEVICE_FAULT_NAMES)("%s is refused with where it belongs", (kind) => {
  expect(READER.read({ kind })).toEqual({
    ok: false,
    problems: [
      {
        place: "kind",
        message: `${kind} is a fault of devices, which the emulator cannot put on them`,
        hint: "a scenario can: in its timeline, or under faults of a fleet entry",
      },
    ],
  });
});

test.each(FAULT_NAMES)("%s is narrowed by what the catalogue says, and by nothing else", (kind) => {
  const { at, by } = faultKind(kind);
  const isRead = (scope: object): boolean => READER.read({ kind, scope }).ok;
  expect(isRead({ service: HUB })).toBe(at !== "dps");
  expect(isRead({ service: "dps" })).toBe(at !== "hubs");
  expect(isRead({ devices: ["cave-1"], share: 0.5 })).toBe(by.includes("devices"));
  const operations = [at === "dps" ? "registerDevice" : "readTwin"];
  expect(isRead({ operations })).toBe(by.includes("operations"));
});

test.each(FAULT_NAMES)("a number of strikes ends %s, unless it is on or off", (kind) => {
  expect(READER.read({ kind, times: 3 }).ok).toBe(faultKind(kind).isState !== true);
});

test("a fault without a kind is told once what it misses, beside what else is wrong with it", () => {
  const read = READER.read({ seed: -1 });
  expect(read.ok ? [] : read.problems.map(({ place }) => place)).toEqual(["kind", "seed"]);
});

test("a kind that the emulator cannot have is refused with the reason", () => {
  const reader = new FaultReader({ hubs: [], missing: { killTcp: "there is no network" } });
  expect(reader.read({ kind: "killTcp" })).toEqual({
    ok: false,
    problems: [{ place: "kind", message: "no killTcp here: there is no network" }],
  });
  expect(reader.read({ kind: "halfOpen" }).ok).toBe(true);
});

test("whatever is asked for, reading it never throws, and what is wrong is told with its place", () => {
  const anything = fc.oneof(
    fc.jsonValue(),
    fc.record({
      kind: fc.constantFrom(...FAULT_NAMES, "latncy"),
      parameters: fc.jsonValue(),
      scope: fc.oneof(fc.jsonValue(), fc.record({ service: fc.string(), devices: fc.jsonValue() })),
      times: fc.jsonValue(),
    }),
  );
  fc.assert(
    fc.property(anything, (value) => {
      const read = READER.read(value);
      expect(read.ok || read.problems.length > 0).toBe(true);
    }),
  );
});
