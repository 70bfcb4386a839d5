import fc from "fast-check";
import { expect, test } from "vitest";
import { mayAskForFault, parseFaultMessage } from "../../../../src/emulator/hub/fault-message.ts";
import { formatPropertyBag } from "../../../../src/emulator/hub/property-bag.ts";

function bagOf(properties: Readonly<Record<string, string>>): string {
  return formatPropertyBag({ system: new Map(), user: new Map(Object.entries(properties)) });
}

test("a message of Microsoft's tests asks for a fault of its type, after its delay, for its duration", () => {
  const bag = bagOf({
    AzIoTHub_FaultOperationType: "InvokeThrottling",
    AzIoTHub_FaultOperationCloseReason: " throttle connection ",
    AzIoTHub_FaultOperationDurationInSecs: "2.5",
    AzIoTHub_FaultOperationDelayInSecs: "20",
  });
  expect(mayAskForFault(bag)).toBe(true);
  expect(parseFaultMessage(bag)).toEqual({
    type: "InvokeThrottling",
    delayMs: 20_000,
    durationMs: 2500,
  });
});

test.each(["undefined", "", " ", "-1", "0", "NaN", "soon", "-Infinity"])(
  "%j s is what is usual",
  (text) => {
    const bag = bagOf({
      AzIoTHub_FaultOperationType: "KillTcp",
      AzIoTHub_FaultOperationDelayInSecs: text,
      AzIoTHub_FaultOperationDurationInSecs: text,
    });
    expect(parseFaultMessage(bag)).toEqual({ type: "KillTcp", delayMs: 0, durationMs: 5000 });
    expect(parseFaultMessage("AzIoTHub_FaultOperationType=KillTcp")).toEqual(
      parseFaultMessage(bag),
    );
  },
);

test("times are bounded, whatever is written", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.double().map(String)), (text) => {
      const bag = bagOf({
        AzIoTHub_FaultOperationType: "KillTcp",
        AzIoTHub_FaultOperationDelayInSecs: text,
        AzIoTHub_FaultOperationDurationInSecs: text,
      });
      const { delayMs = -1, durationMs = -1 } = parseFaultMessage(bag) ?? {};
      expect([delayMs >= 0, delayMs <= 3_600_000]).toEqual([true, true]);
      expect([durationMs > 0, durationMs <= 3_600_000]).toEqual([true, true]);
    }),
  );
});

test("a bag asks for a fault by the property alone, and only if it may", () => {
  const values = ["AzIoTHub_FaultOperationType", "KillTcp"];
  const bag = bagOf({ note: values.join(" ") });
  expect([mayAskForFault(bag), parseFaultMessage(bag)]).toEqual([true, undefined]);
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(parseFaultMessage(text) === undefined || mayAskForFault(text)).toBe(true);
    }),
  );
});
