import fc from "fast-check";
import { getProxyForUrl } from "proxy-from-env";
import { afterEach, expect, test, vi } from "vitest";
import { FleetError } from "../../../src/base/errors.ts";
import { proxiesOf, proxyName } from "../../../src/base/proxy.ts";

const HUB = "a.azure-devices.net";
const HTTPS_PROXY = "http://proxy.example:3128";
const VARIABLES = ["https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY", "no_proxy", "NO_PROXY"];
afterEach(() => {
  vi.unstubAllEnvs();
});

test("without a proxy in the environment there is none", () => {
  expect(proxiesOf({})(HUB, 443)).toBeUndefined();
  expect(proxiesOf({ HTTPS_PROXY: "", HTTP_PROXY: "http://other:1" })(HUB, 443)).toBeUndefined();
});

test.each([
  [{ HTTPS_PROXY }, "proxy.example:3128"],
  [{ https_proxy: HTTPS_PROXY, HTTPS_PROXY: "http://other:1" }, "proxy.example:3128"],
  [{ ALL_PROXY: HTTPS_PROXY }, "proxy.example:3128"],
  [{ HTTPS_PROXY: "proxy.example:3128" }, "proxy.example:3128"],
  [{ HTTPS_PROXY: "http://proxy.example" }, "proxy.example:80"],
  [{ HTTPS_PROXY: "https://proxy.example/" }, "proxy.example:443"],
  [{ HTTPS_PROXY: "http://[::1]:3128" }, "[::1]:3128"],
])("the environment %j names the proxy %s", (env, name) => {
  const proxy = proxiesOf(env)(HUB, 443);
  expect(proxy && proxyName(proxy)).toBe(name);
});

test("only a proxy of kind https is spoken to over TLS", () => {
  expect(proxiesOf({ HTTPS_PROXY })(HUB, 443)?.secureContext).toBeUndefined();
  const overTls = proxiesOf({ HTTPS_PROXY: "https://proxy.example" })(HUB, 443);
  expect(overTls?.secureContext).toBeDefined();
});

test("name and password of a proxy are percent-decoded, and not in its name", () => {
  const proxy = proxiesOf({ HTTPS_PROXY: "http://me%40home:p%3Aw%2F@proxy:1" })(HUB, 443);
  expect(proxy?.authorization).toBe(`Basic ${btoa("me@home:p:w/")}`);
  expect(proxy && proxyName(proxy)).toBe("proxy:1");
});

test.each(["localhost", "a.localhost", "127.0.0.1", "127.1.2.3", "::1"])(
  "%s is this machine, and never behind a proxy",
  (host) => {
    expect(proxiesOf({ HTTPS_PROXY })(host, 443)).toBeUndefined();
  },
);

test.each([
  ["socks5://me:hunter2@proxy:1080", "got a proxy of kind socks5"],
  ["http://me:hunter2%@proxy:1", "got something else"],
  ["http://me:hunter2@", "got something else"],
  ["http://me:hunter2@proxy:port", "got something else"],
])("the proxy %s cannot be used, which is told without its password", (text, got) => {
  const choose = proxiesOf({ HTTPS_PROXY: text, NO_PROXY: "b.azure-devices.net" });
  expect(choose("b.azure-devices.net", 443)).toBeUndefined();
  let told: unknown;
  try {
    choose(HUB, 443);
  } catch (error) {
    told = error;
  }
  expect(told).toBeInstanceOf(FleetError);
  expect(told).toMatchObject({ code: "USAGE", problems: [{ place: "HTTPS_PROXY" }] });
  expect(JSON.stringify(told)).toContain(got);
  expect(JSON.stringify(told)).not.toContain("hunter2");
});

test.each([
  ["*", true],
  ["a.azure-devices.net", true],
  ["A.AZURE-DEVICES.NET", true],
  [".azure-devices.net", true],
  ["*.azure-devices.net", true],
  ["x.example, a.azure-devices.net:443", true],
  ["x.example .azure-devices.net", true],
  ["azure-devices.net", false],
  ["a.azure-devices.net:8443", false],
  ["b.azure-devices.net", false],
  ["", false],
])("with NO_PROXY=%j a hub is exempt: %s", (noProxy, isExempt) => {
  const proxy = proxiesOf({ HTTPS_PROXY, NO_PROXY: noProxy })(HUB, 443);
  expect(proxy === undefined).toBe(isExempt);
});

test("who is exempt is what the package proxy-from-env says", () => {
  const label = fc.constantFrom("a", "b", "*", "azure-devices", "net", "");
  const name = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join("."));
  const port = fc.constantFrom("", ":443", ":8443", ":0");
  const entry = fc.tuple(name, port).map(([host, its]) => `${host}${its}`);
  const separator = fc.constantFrom(",", " ", ", ");
  const list = fc.tuple(fc.array(entry, { maxLength: 4 }), separator);
  const host = fc.constantFrom("a.azure-devices.net", "b.a.net", "net", "a");
  fc.assert(
    fc.property(list, host, fc.constantFrom(443, 8443), (given, to, toPort) => {
      for (const variable of VARIABLES) vi.stubEnv(variable, "");
      const noProxy = given[0].join(given[1]);
      vi.stubEnv("HTTPS_PROXY", HTTPS_PROXY);
      vi.stubEnv("NO_PROXY", noProxy);
      const theirs = getProxyForUrl(`https://${to}:${toPort}`);
      const ours = proxiesOf({ HTTPS_PROXY, NO_PROXY: noProxy })(to, toPort);
      expect(ours === undefined).toBe(theirs === "");
    }),
  );
});
