import fc from "fast-check";
import { expect, test } from "vitest";
import { disabledBody, parseRegisterBody } from "../../../../src/emulator/dps/bodies.ts";

test("a register body may be empty, or carry an id and any payload", () => {
  fc.assert(
    fc.property(fc.string(), fc.jsonValue(), (registrationId, payload) => {
      const bytes = Buffer.from(JSON.stringify({ registrationId, payload }));
      expect(parseRegisterBody(bytes)).toEqual({
        ok: true,
        registrationId,
        payload: JSON.parse(JSON.stringify(payload)),
      });
    }),
  );
  expect(parseRegisterBody(Buffer.alloc(0))).toMatchObject({ ok: true });
});

test("any other bytes are refused without a throw", () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void parseRegisterBody(Buffer.from(bytes))));
  for (const text of ["{", "[]", '"a"', '{"registrationId":1}'])
    expect(parseRegisterBody(Buffer.from(text))).toMatchObject({ ok: false });
});

test("a disabled enrollment has an empty operation id", () => {
  expect(JSON.parse(disabledBody("a"))).toEqual({
    operationId: "",
    status: "disabled",
    registrationState: { registrationId: "a", status: "disabled" },
  });
});
