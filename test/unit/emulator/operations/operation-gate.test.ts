import { expect, test } from "vitest";
import { deferred } from "../../../../src/base/deferred.ts";
import { ServiceFault } from "../../../../src/emulator/fault.ts";
import type { Guard, Outcome } from "../../../../src/emulator/operations/operation-gate.ts";
import { OperationGate } from "../../../../src/emulator/operations/operation-gate.ts";
import { askedOverMqtt } from "../../../../src/emulator/operations/operation.ts";

const OPERATION = askedOverMqtt("readOwnTwin", "cave-1", 0);
const REFUSAL = new ServiceFault("badRequest", "no");

class Outcomes {
  readonly seen: Outcome[] = [];

  ended(_operation: unknown, outcome: Outcome): void {
    this.seen.push(outcome);
  }
}

const refusing: Guard = {
  admit: () => {
    throw REFUSAL;
  },
};

test("an operation that nothing holds up is done in the same turn", () => {
  const outcomes = new Outcomes();
  const gate = new OperationGate([{ admit: () => undefined }], [outcomes]);
  expect(
    gate.pass(
      OPERATION,
      () => "twin",
      (twin) => twin.length,
    ),
  ).toBe("twin");
  expect(outcomes.seen).toEqual([{ fault: undefined, answerBytes: 4 }]);
});

test("guards are asked in their order, each when those before it have admitted", async () => {
  const asked: string[] = [];
  const open = deferred<undefined>();
  const first: Guard = {
    admit: () => {
      asked.push("first");
      return open.promise;
    },
  };
  const second: Guard = {
    admit: () => {
      asked.push("second");
      return undefined;
    },
  };
  const passed = new OperationGate([first, second], []).pass(OPERATION, () => asked.push("done"));
  expect(asked).toEqual(["first"]);
  open.resolve(undefined);
  await passed;
  expect(asked).toEqual(["first", "second", "done"]);
});

test.for([
  ["at once", [refusing]],
  ["after a wait", [{ admit: () => Promise.resolve() }, refusing]],
] as const)("a guard's refusal %s ends the operation, which is not done", async ([, guards]) => {
  const outcomes = new Outcomes();
  const gate = new OperationGate(guards, [outcomes]);
  const act = async (): Promise<unknown> =>
    gate.pass(OPERATION, () => {
      throw new TypeError("it was done");
    });
  await expect(act()).rejects.toBe(REFUSAL);
  expect(outcomes.seen).toEqual([{ fault: REFUSAL, answerBytes: 0 }]);
});

test("a refusal by the operation itself is seen by the observers, once", () => {
  const outcomes = new Outcomes();
  const gate = new OperationGate([], [outcomes]);
  const act = (): unknown =>
    gate.pass(OPERATION, () => {
      throw REFUSAL;
    });
  expect(act).toThrow(REFUSAL);
  expect(outcomes.seen).toEqual([{ fault: REFUSAL, answerBytes: 0 }]);
});
