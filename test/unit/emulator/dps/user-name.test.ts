import fc from "fast-check";
import { expect, test } from "vitest";
import {
  formatDpsUserName,
  isDpsUserName,
  isRegistrationId,
  parseDpsUserName,
} from "../../../../src/emulator/dps/user-name.ts";

const word = fc.stringMatching(/^[A-Za-z0-9:._-]+$/);

test("parsing a user name undoes formatting it", () => {
  fc.assert(
    fc.property(word, word, fc.option(word, { nil: undefined }), (idScope, id, apiVersion) => {
      const name = { idScope, registrationId: id, apiVersion };
      expect(parseDpsUserName(formatDpsUserName(name))).toEqual(name);
      expect(isDpsUserName(formatDpsUserName(name))).toBe(true);
    }),
  );
});

test("parsing any user name never throws", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(() => parseDpsUserName(text)).not.toThrow();
    }),
  );
});

test.for([
  "0ne1/registrations/a/api-version=2019-03-31&ClientVersion=azure-iot-provisioning-device%2F1.9.1",
  "0ne1/registrations/a/?API-Version=2019-03-31&clientversion=x%2F1",
])("the user name %s of an SDK is read", (userName) => {
  expect(parseDpsUserName(userName)).toEqual({
    idScope: "0ne1",
    registrationId: "a",
    apiVersion: "2019-03-31",
  });
});

test("a hub's user name is not for DPS", () => {
  expect(isDpsUserName("hub.azure-devices.net/dev/?api-version=2021-04-12")).toBe(false);
});

test("registration ids keep to their characters, their end and 128 of them", () => {
  for (const good of ["a", "dev-1", "A.b_c:d-", "x".repeat(128)])
    expect(isRegistrationId(good)).toBe(true);
  for (const bad of ["", "a.", "a b", "ä", "a/b", "x".repeat(129)])
    expect(isRegistrationId(bad)).toBe(false);
});
