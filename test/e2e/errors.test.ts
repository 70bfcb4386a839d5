import { readdir } from "node:fs/promises";
import { createServer } from "node:net";

import { expect, test } from "vitest";

import { parseSummary } from "../../src/output/summary-schema.ts";
import type { Ended, Workplace } from "../support/program.ts";
import { Program, workplace } from "../support/program.ts";
import { hasXmllint, junitProblems } from "../support/xmllint.ts";

async function runProgram(args: readonly string[]): Promise<Ended> {
  await using program = new Program(args);
  return await program.ended;
}

const where = (place: Workplace): string[] => ["--out", place.out, "--certs", place.certs];

test.each([
  ["an unknown command", ["rn"], "did you mean run?"],
  ["a scenario that is not there", ["run", "nowhere.yaml"], "nowhere.yaml"],
])("%s is told with what to do, ends 2 and writes nothing", async (_name, args, text) => {
  await using place = await workplace();
  const options = args[0] === "run" ? where(place) : [];
  const { exitCode, stdout, stderr } = await runProgram([...args, ...options]);
  expect(exitCode).toBe(2);
  expect(stderr).toContain(text);
  expect(stderr).not.toMatch(/\n\s+at /);
  expect(stdout).toBe("");
  expect(await readdir(place.dir)).toEqual([]);
});

test("every problem of a scenario is told at once", async () => {
  await using place = await workplace();
  const scenario = await place.scenario({ arrival: { rate: "-3/s" }, telemetri: 1, duration: 5 });
  const { exitCode, stderr } = await runProgram(["run", scenario, ...where(place)]);
  expect(exitCode).toBe(2);
  for (const text of ["arrival.rate", "telemetri", "duration"]) expect(stderr).toContain(text);
  expect(await readdir(place.dir)).toEqual(["scenario.yaml"]);
});

test("a provisioning host that does not resolve ends 3 with all files", async () => {
  await using place = await workplace();
  const args = ["--provisioning-host", "nowhere.invalid", ...where(place)];
  const { exitCode, stderr } = await runProgram(["run", await place.scenario(), ...args]);
  expect(exitCode).toBe(3);
  expect(stderr).toContain("nowhere.invalid");
  expect(stderr).toContain("hint:");
  const summary = parseSummary(JSON.parse(await place.result("summary.json")));
  expect(summary).toMatchObject({ verdict: "failed", devices: { planned: 6, assigned: 0 } });
  const junit = await place.result("junit.xml");
  expect(junit).toContain('<error type="UNREACHABLE" message="');
  expect(hasXmllint ? junitProblems(junit) : "").toBe("");
});

test("a port where nobody listens is told as such", async () => {
  await using place = await workplace();
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  await new Promise((resolve) => server.close(resolve));
  const rule = `global.azure-devices-provisioning.net=127.0.0.1:${port}`;
  const args = ["--connect-to", rule, ...where(place)];
  const { exitCode, stderr } = await runProgram(["run", await place.scenario(), ...args]);
  expect(exitCode).toBe(3);
  expect(stderr).toContain("nothing listens there");
});

test("a CA that did not sign the server's certificate is told as such", async () => {
  await using place = await workplace();
  const scenario = await place.scenario();
  // The fleet's own root is a CA, and not the one of the emulator.
  await runProgram([
    "run",
    scenario,
    "--duration",
    "1s",
    "--out",
    `${place.out}1`,
    "--certs",
    place.certs,
  ]);
  const ca = `${place.certs}/azure-iot-test-only.root.ca.cert.pem`;
  const { exitCode, stderr } = await runProgram(["run", scenario, "--ca", ca, ...where(place)]);
  expect(exitCode).toBe(3);
  expect(stderr).toContain("--ca FILE");
});

test("a wrong ID scope ends 3 with what DPS said", async () => {
  await using place = await workplace();
  const args = ["--id-scope", "0ne00000000", ...where(place)];
  const { exitCode, stderr } = await runProgram(["run", await place.scenario(), ...args]);
  expect(exitCode).toBe(3);
  expect(stderr).toContain("not one device was assigned");
  expect(stderr).toMatch(/unauthorized|notFound/);
});

test("a group that is missing and must not be created ends 3", async () => {
  await using place = await workplace();
  const scenario = await place.scenario({
    provisioning: { group: "not-there", createGroup: false },
  });
  const { exitCode, stderr } = await runProgram(["run", scenario, ...where(place)]);
  expect(exitCode).toBe(3);
  expect(stderr).toContain('"not-there"');
  expect(stderr).toContain("does not exist");
});

test("an emulator file is used, checked, and a foreign one refused", async () => {
  await using place = await workplace();
  const scenario = await place.scenario({ emulator: { retryAfterS: 2, config: "not-there.yaml" } });
  await using emulator = new Program([
    "emulator",
    "--json",
    "--mqtt-port=0",
    "--https-port=0",
    "--retry-after=1",
    `--certs=${place.certs}`,
  ]);
  const [line] = await emulator.printed(/^\{.*\}\n/);
  const file = await place.file("emulator.json", line);
  const args = ["run", scenario, "--emulator", file, "--duration", "3s", ...where(place)];
  args.push("--emulator-units", "3");
  const passed = await runProgram(args);
  expect(passed).toMatchObject({ exitCode: 0 });
  const unused =
    /emulator settings are not used \(retryAfterS, config, --emulator-units\): --emulator/g;
  expect(passed.stdout.match(unused)).toHaveLength(1);

  const bad = await place.file("bad.json", "{}");
  const out = `${place.out}2`;
  const into = ["--out", out, "--certs", place.certs];
  const refused = await runProgram(["run", scenario, "--emulator", bad, ...into]);
  expect(refused.exitCode).toBe(2);
  expect(refused.stderr).toContain("emulator --json");
  expect(await readdir(place.dir)).not.toContain("out2");
  emulator.signalGroup("SIGINT");
  expect((await emulator.ended).exitCode).toBe(0);
});
