import fc from "fast-check";
import { expect, test } from "vitest";
import { isNameOf, parseHubUserName } from "../../../../../src/emulator/hub/login/user-name.ts";

// Source: Microsoft Learn, "Understand the identity registry in your IoT hub", "Device identity properties".
const deviceId = fc.stringMatching(/^[A-Za-z0-9\-.%_*?!(),:;=@$'+#]{1,40}$/);
const model = fc.stringMatching(/^dtmi:[\w:]+;\d$/);

test("every device id is found in a user name, whether it is percent-encoded or not", () => {
  fc.assert(
    fc.property(deviceId, fc.constantFrom("/", "/?", "/api-version=2016-11-14", ""), (id, rest) => {
      for (const text of [id, encodeURIComponent(id)]) {
        const name = parseHubUserName(`Hub.Azure-Devices.net/${text}${rest}`);
        expect(name).toMatchObject({ hostName: "hub.azure-devices.net", moduleId: undefined });
        expect(isNameOf(name?.deviceId ?? "", id)).toBe(true);
      }
    }),
  );
});

test("members of the query stand in any order, and a model id is encoded or not", () => {
  fc.assert(
    fc.property(model, fc.boolean(), fc.boolean(), fc.boolean(), (id, mark, encoded, last) => {
      const members = ["api-version=2021-04-12", "DeviceClientType=azure-iot%2F1"];
      const announced = `model-id=${encoded ? encodeURIComponent(id) : id}`;
      const query = (last ? [...members, announced] : [announced, ...members]).join("&");
      const name = parseHubUserName(`hub/dev/${mark ? "?" : ""}${query}`);
      expect(name).toMatchObject({ deviceId: "dev", apiVersion: "2021-04-12", modelId: id });
    }),
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

test.for([
  ["hub/dev/module/?api-version=2021-04-12", "module"],
  ["hub/dev/module/api-version=2021-04-12", "module"],
  ["hub/dev/module", "module"],
  ["hub/dev/$edgeAgent/", "$edgeAgent"],
] as const)("the user name %s is that of a module", ([userName, moduleId]) => {
  expect(parseHubUserName(userName)).toMatchObject({ deviceId: "dev", moduleId });
});

test.for(["", "hub", "hub/", "/dev/", "hub//?api-version=1", "hub/dev/module/more/?a=1"])(
  "%j is no user name",
  (userName) => expect(parseHubUserName(userName)).toBeUndefined(),
);
