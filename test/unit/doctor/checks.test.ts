import { join } from "node:path";
import { expect, test } from "vitest";
import { checkArrival } from "../../../src/doctor/checks/fleet.ts";
import { checkMemory, checkNode, checkPorts } from "../../../src/doctor/checks/machine.ts";
import { judgeClock } from "../../../src/doctor/checks/network.ts";
import { findingsText } from "../../../src/doctor/findings-text.ts";
import { parseRunFailures } from "../../../src/doctor/explain/run-failures.ts";
import { temporaryDir, writeTestFile } from "../../support/pki.ts";

test.for([
  ["v20.19.0", "ok"],
  ["v22.1.0", "ok"],
  ["v20.18.3", "fail"],
  ["v18.20.0", "fail"],
  ["", "fail"],
] as const)("Node %s is judged %s", ([version, state]) => {
  expect(checkNode(version).state).toBe(state);
});

test.for([
  [0, "ok"],
  [-59_000, "ok"],
  [61_000, "warn"],
  [-299_000, "warn"],
  [301_000, "fail"],
  [-86_400_000, "fail"],
] as const)("a clock that is %i ms off is judged %s", ([offMs, state]) => {
  expect(judgeClock("h", offMs).state).toBe(state);
});

test("a clock that is off says which way", () => {
  expect(judgeClock("h", 90_000).what).toBe("90 s ahead of h");
  expect(judgeClock("h", -90_000).what).toBe("90 s behind h");
});

test.for([
  [100, "ok"],
  [600, "warn"],
  [1_001, "fail"],
] as const)(
  "%i devices on a machine of 1,000 local ports are judged %s",
  async ([devices, state]) => {
    await using dir = temporaryDir();
    const range = writeTestFile(join(dir.path, "range"), "1000\t1999\n");
    const [finding] = await checkPorts({ devices }, range);
    expect(finding?.state).toBe(state);
  },
);

test("a system that does not tell its ports is not judged", async () => {
  expect(await checkPorts({ devices: 1 }, "/nowhere/range")).toEqual([]);
});

test("a fleet that needs more memory than is free is warned of", () => {
  const size = { devices: 1_000, workers: 2, ownEmulator: false };
  expect(checkMemory(size, 10_000).state).toBe("ok");
  expect(checkMemory(size, 400).state).toBe("warn");
});

test.for([
  ["azure", 5_000, 10, "ok"],
  ["azure", 5_000, 100, "warn"],
  ["azure", 900, 100, "ok"],
  ["emulator", 5_000, 100, "ok"],
] as const)("against %s %i devices at %i/s are judged %s", ([target, count, ratePerS, state]) => {
  const devices = Array.from({ length: count }, (_, index) => ({
    ...DEVICE,
    startMs: (index * 1_000) / ratePerS,
  }));
  const arrival = { way: "rate", ratePerS } as const;
  expect(checkArrival({ arrival }, { target, devices }).state).toBe(state);
});

test("how fast a fleet may arrive is what the scenario says of its DPS", () => {
  const devices = Array.from({ length: 300 }, () => DEVICE);
  const judged = (dpsLimitPerMinute?: number) =>
    checkArrival({ arrival: { way: "auto", dpsLimitPerMinute } }, { target: "azure", devices });
  expect(judged().state).toBe("ok");
  expect(judged(200)).toMatchObject({
    state: "warn",
    what: "300 devices within 0s: at most 300 registrations in a minute, DPS lets 200 through",
  });
});
const DEVICE = {
  index: 0,
  registrationId: "d",
  model: "m",
  settings: {},
  credentials: { format: "pem" },
  telemetry: { intervalMs: 1, jitter: 0 },
  startMs: 0,
} as const;

test("findings are a line each, the mend below, and what others wrote moves no cursor", () => {
  expect(
    findingsText([
      { area: "node", state: "ok", what: "fine" },
      { area: "mqtt-ws", state: "fail", what: "h: \u001B[2Jbad", mend: "mend it" },
    ]),
  ).toBe(
    "ok    node        fine\nfail  mqtt-ws     h: bad\n                  mend: mend it\n1 ok, 0 to watch, 1 to mend\n",
  );
});

test("a run's devices.csv tells who was refused, and where", () => {
  const text = [
    "registrationId,deviceId,hub,errorClass,error",
    'a,,,unauthorized,"refused: ""x"", why"',
    "b,b,h.net,unauthorized,not authorized",
    "c,c,h.net,network,reset",
    "d,,,disabled,off",
  ].join("\n");
  expect([...parseRunFailures(text, "f")]).toEqual([
    ["a", { errorClass: "unauthorized", error: 'refused: "x", why', at: "dps" }],
    ["b", { errorClass: "unauthorized", error: "not authorized", at: "hub" }],
    ["d", { errorClass: "disabled", error: "off", at: "dps" }],
  ]);
  for (const foreign of ["a,b\n1,2\n", 'a,"b\n', "registrationId\n\n"])
    expect(() => parseRunFailures(foreign, "f")).toThrow(/^f: expected /);
});
