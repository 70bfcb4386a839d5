import { expect, test } from "vitest";
import { createRandom } from "../../../../src/base/random.ts";
import type { MessageFault } from "../../../../src/device/faults/message-faults.ts";
import { MessageFaults } from "../../../../src/device/faults/message-faults.ts";

const MESSAGE = { body: '{"t":1}', properties: {} };
const AS_IT_IS = { message: MESSAGE, copies: 1, lateMs: 0, fails: false };

function faultsOf(...faults: readonly MessageFault[]): MessageFaults {
  const all = new MessageFaults();
  for (const [index, fault] of faults.entries()) {
    const random = createRandom(1, "fault", String(index));
    all.begin(String(index), fault, () => random.next());
  }
  return all;
}

test("without a fault a message goes out as it is, and again after the fault", () => {
  const faults = faultsOf({ kind: "sendFailure", messages: 1 });
  expect(faults.apply(MESSAGE)).toEqual({ ...AS_IT_IS, fails: true });
  faults.end("0");
  expect(faults.apply(MESSAGE)).toEqual(AS_IT_IS);
});

test("several faults strike one message together", () => {
  const faults = faultsOf(
    { kind: "wrongType", messages: 1 },
    { kind: "clockSkew", by: -5_000, messages: 1 },
    { kind: "duplicate", times: 3, messages: 1 },
    { kind: "duplicate", times: 2, messages: 1 },
    { kind: "late", by: 700, messages: 1 },
    { kind: "oversizedBody", size: 12, messages: 1 },
  );
  expect(faults.apply(MESSAGE)).toEqual({
    message: { body: '{"t":"1"}   ', properties: {} },
    skewMs: -5_000,
    copies: 3,
    lateMs: 700,
    fails: false,
  });
});

/** For each of many messages whether it is left out. */
const left = (faults: MessageFaults): readonly boolean[] =>
  Array.from({ length: 2_000 }, () => faults.apply(MESSAGE) === undefined);

test("a part of the messages is struck, and no fault shifts what another one strikes", () => {
  const alone = left(faultsOf({ kind: "dropout", messages: 0.25 }));
  const share = alone.filter(Boolean).length / alone.length;
  // Four standard deviations of 2,000 draws.
  expect(Math.abs(share - 0.25)).toBeLessThan(4 * Math.sqrt((0.25 * 0.75) / 2_000));
  const beside = left(
    faultsOf({ kind: "dropout", messages: 0.25 }, { kind: "dropout", messages: 0.5 }),
  );
  expect(beside.filter((one, index) => alone[index] === true && !one)).toEqual([]);
});
