import { expect, test } from "vitest";
import type { MachineClass } from "../../../../../devices/conveyor/physical/iso-zone.ts";
import { isoZone } from "../../../../../devices/conveyor/physical/iso-zone.ts";

test.each([
  ["I", 0.71, 1.8, 4.5],
  ["II", 1.12, 2.8, 7.1],
  ["III", 1.8, 4.5, 11.2],
  ["IV", 2.8, 7.1, 18],
] as const)(
  "class %s goes from A to B above %d mm/s, to C above %d and to D above %d",
  (machine: MachineClass, a, b, c) => {
    const zones = [0, a - 0.01, a + 0.01, b - 0.01, b + 0.01, c - 0.01, c + 0.01].map((mmPerS) =>
      isoZone(mmPerS / 1_000, machine),
    );
    expect(zones.join("")).toBe("AABBCCD");
  },
);
