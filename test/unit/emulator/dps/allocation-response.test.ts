import fc from "fast-check";
import { expect, test } from "vitest";
import { AZURE_DEFAULTS } from "../../../../src/emulator/defaults.ts";
import { parseAllocationResponse } from "../../../../src/emulator/dps/allocation-response.ts";
import { ServiceFault } from "../../../../src/emulator/fault.ts";

const context = { linkedHubs: ["a.net", "b.net"], limits: AZURE_DEFAULTS };
const plain = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fc.integer());

test("what a webhook wrote is read, however its members are written", () => {
  const answer = fc.record({
    iotHubHostName: fc.constantFrom(...context.linkedHubs),
    initialTwin: fc.option(fc.record({ tags: plain, properties: fc.record({ desired: plain }) })),
    payload: fc.jsonValue(),
  });
  fc.assert(
    fc.property(answer, fc.boolean(), (given, upper) => {
      const members = Object.entries(given).map(
        ([name, value]) => [upper ? name.toUpperCase() : name, value] as const,
      );
      const { initialTwin: twin } = given;
      expect(parseAllocationResponse(JSON.stringify(Object.fromEntries(members)), context)).toEqual(
        {
          hostName: given.iotHubHostName,
          initialTwin:
            twin === null ? undefined : { tags: twin.tags, desired: twin.properties.desired },
          // JSON knows no -0.
          payload: JSON.parse(JSON.stringify(given.payload)) ?? undefined,
        },
      );
    }),
  );
});

function codeOf(text: string | undefined): number {
  try {
    parseAllocationResponse(text, context);
    return 0;
  } catch (error) {
    if (error instanceof ServiceFault) return error.code;
    throw error;
  }
}

test("any text is read, or fails the registration", () => {
  const someAnswer = fc.record(
    {
      iotHubHostName: fc.oneof(fc.jsonValue(), fc.constantFrom(...context.linkedHubs)),
      initialTwin: fc.oneof(fc.jsonValue(), fc.record({ tags: fc.jsonValue() })),
    },
    { requiredKeys: [] },
  );
  const texts = fc.oneof(
    fc.string(),
    fc.json(),
    someAnswer.map((one) => JSON.stringify(one)),
  );
  fc.assert(
    fc.property(texts, (text) => {
      expect([0, 400_207, 400_208]).toContain(codeOf(text));
    }),
  );
});

test("an answer without a hub names none, and one that is too large is unfit", () => {
  for (const text of ["", "{}", '{"iotHubHostName":null}', '{"iotHubHostName":""}'])
    expect(codeOf(text)).toBe(400_208);
  expect(codeOf(undefined)).toBe(400_207);
});

test("an answer whose payload nests without end is unfit", () => {
  const payload = "[".repeat(10_000) + "]".repeat(10_000);
  expect(codeOf(`{"iotHubHostName":"a.net","payload":${payload}}`)).toBe(codeOf("{"));
});
