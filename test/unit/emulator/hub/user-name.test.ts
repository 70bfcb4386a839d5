import fc from "fast-check";
import { expect, test } from "vitest";
import { formatHubUserName, parseHubUserName } from "../../../../src/emulator/hub/user-name.ts";

const word = fc.stringMatching(/^[\w.:%@-]+$/);
const maybe = fc.option(fc.stringMatching(/^[\w.:;-]+$/), { nil: undefined });

test("parsing a user name undoes formatting it", () => {
  fc.assert(
    fc.property(
      word,
      fc.option(word, { nil: undefined }),
      maybe,
      maybe,
      (id, module, api, model) => {
        const name = {
          hostName: "hub.azure-devices.net",
          deviceId: id,
          moduleId: module,
          apiVersion: api,
          modelId: model,
        };
        expect(parseHubUserName(formatHubUserName(name))).toEqual(name);
      },
    ),
  );
});

test("parsing any user name never throws", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(() => parseHubUserName(text)).not.toThrow();
    }),
  );
});

test.for([
  ["Hub.Azure-Devices.net/dev/?api-version=2021-04-12&DeviceClientType=x%2F1", "2021-04-12"],
  ["hub.azure-devices.net/dev/api-version=2016-11-14", "2016-11-14"],
  ["hub.azure-devices.net/dev/", undefined],
  ["hub.azure-devices.net/dev", undefined],
] as const)("the user name %s is read", ([userName, apiVersion]) => {
  expect(parseHubUserName(userName)).toMatchObject({
    hostName: "hub.azure-devices.net",
    deviceId: "dev",
    moduleId: undefined,
    apiVersion,
  });
});

test("a model id that is not encoded, as Node sends it, is read", () => {
  const userName = "hub/dev/?api-version=2021-04-12&model-id=dtmi:com:example:Cave;1";
  expect(parseHubUserName(userName)?.modelId).toBe("dtmi:com:example:Cave;1");
});
