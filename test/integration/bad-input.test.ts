import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";

import { expect, test } from "vitest";

import type { CliEnd } from "../support/cli.ts";
import { runHere } from "../support/cli.ts";
import { workplace } from "../support/program.ts";

/** One message, at its place, without a stack, on stderr alone. */
function expectTold({ exitCode, stderr }: CliEnd, code: number, ...texts: string[]): void {
  expect(stderr).not.toMatch(/\n\s+at |ENOENT|EISDIR|ENOTDIR|bug in/);
  expect(stderr.match(/^error: /gm)).toHaveLength(1);
  for (const text of texts) expect(stderr).toContain(text);
  expect(exitCode).toBe(code);
}

test.each<[string, readonly string[], readonly string[]]>([
  ["command", ["rnu"], ["rnu: expected a command", "did you mean run?"]],
  ["flag", ["run", "--durration=3s"], ["--durration: expected an option", "mean --duration?"]],
  ["flag like no other", ["run", "--xyzzy", "3"], ["--xyzzy: expected an option"]],
  ["value", ["run", "--duration"], ["--duration: expected a value, got none"]],
  ["second file", ["run", "a.yaml", "b.yaml"], ["b.yaml: expected no further word here"]],
  [
    "numbers",
    ["run", "--seed", "x", "--devices=-1", "--workers", "many", "--log-level", "loud"],
    ['got "x"', 'got "-1"', 'got "many"', "one of trace, debug, info, warn, error, fatal, silent"],
  ],
  ["number of flags", ["run", "--devices=3", "--devices=4"], ["--devices: expected one value"]],
  ["dialling rule", ["run", "--connect-to", "a=b"], ['got "a=b"', "such as global."]],
  ["port", ["emulator", "--mqtt-port", "70000"], ['0 to 65535, got "70000"']],
  ["hub", ["emulator", "--hub", "x.example"], ['my-hub.azure-devices.net, got "x.example"']],
  ["short hub", ["emulator", "--hub", "a.azure-devices.net"], ["a hub name of 3 to 50 letters"]],
  ["latency", ["emulator", "--latency", "x=1"], ["expected HUB=MILLISECONDS", 'got "x=1"']],
  [
    "set of latencies",
    ["emulator", "--latency", "a-hub.azure-devices.net=1"],
    ["a-hub.azure-devices.net is none of the hubs", "cheesecave-hub.azure-devices.net has no"],
  ],
  ["scenario file", ["run", "nowhere.yaml"], ["nowhere.yaml: expected a scenario file", "hint:"]],
  ["scenario folder", ["run", "."], [".: expected a scenario file, got: it is a folder"]],
])("a wrong %s ends 2 with its place and what was expected", async (_name, argv, texts) => {
  await using place = await workplace();
  expectTold(await runHere(place.dir, argv), 2, ...texts);
  expect(readdirSync(place.dir)).toEqual([]);
});

test("a wrong setting from the environment is told at its variable", async () => {
  await using place = await workplace();
  const of = (env: Record<string, string>) => runHere(place.dir, ["run"], env);
  expectTold(
    await of({ DPS_FLEET_SEED: "x" }),
    2,
    "DPS_FLEET_SEED: expected a whole number",
    '"x"',
  );
  const words = "DPS_FLEET_JSON: expected one of 1, true, yes, on, 0, false, no, off";
  const several = { DPS_FLEET_JSON: "maybe", DPS_FLEET_RATE: "fast", DPS_FLEET_NO_WEB: "x" };
  const alsoTold = ["DPS_FLEET_RATE: expected a rate", "DPS_FLEET_NO_WEB: expected one of"];
  expectTold(await of(several), 2, words, ...alsoTold);
  expect(readdirSync(place.dir)).toEqual([]);
});

test("what is wrong with a scenario, its settings and files ends 2 and writes nothing", async () => {
  await using place = await workplace();
  const scenario = await place.scenario();
  await place.file("text.yaml", "just text");
  await place.file("broken.yaml", "name: [");
  await place.file("bad.json", '{"idScope": 1, "foo": "secret-value"}');
  await place.file("summary.json", "{}");
  const before = readdirSync(place.dir);
  const check = async (argv: readonly string[], ...texts: string[]): Promise<void> => {
    const ended = await runHere(place.dir, ["run", ...argv]);
    expectTold(ended, 2, ...texts);
    expect(ended.stderr).not.toContain("secret-value");
    expect(readdirSync(place.dir)).toEqual(before);
  };
  const fresh = ["--out", "out", "--certs", "certs"];
  await check(["text.yaml", ...fresh], "text.yaml:1:1", "expected a mapping", "thirty-caves.yaml");
  await check(["broken.yaml", ...fresh], "broken.yaml:1:8", "not YAML");
  await check([scenario, "--threshold", "regs < 3s", ...fresh], "--threshold: ", "column 1");
  await check([scenario, "--rate=-5/s", ...fresh], "--rate: expected a rate above 0", "-5/s");
  const emulator = (file: string): readonly string[] => [scenario, "--emulator", file, ...fresh];
  await check(emulator("no.json"), "no.json: expected a file, got: there is no", "emulator --json");
  await check(emulator(scenario), "expected one line of JSON", "emulator --json");
  await check(emulator("bad.json"), "bad.json idScope: expected string, got number", "got foo");
  await check([scenario, "--ca", "no.pem", ...fresh], "no.pem: expected PEM", "--ca");
  await check([scenario, "--ca", scenario, ...fresh], "got something else", "openssl x509");
  await check([scenario, "--out", "text.yaml"], "text.yaml: expected a folder to write to");
  await check([scenario, "--out", "text.yaml/x"], "a part of its path is a file");
  await check([scenario, "--out", "."], "found summary.json", "give another folder");
  await check([scenario, "--certs", "text.yaml", "--out", "out"], "a part of its path is a file");
  await check([scenario, "--target", "azure", ...fresh], "PROVISIONING_IDSCOPE");
});

test("hubs that the run's emulator cannot be end 2 at their place in the scenario", async () => {
  await using place = await workplace();
  const scenario = await place.scenario({ emulator: { hubs: ["hub.example.com"] } });
  const ended = await runHere(place.dir, ["run", scenario, "--certs", "certs", "--out", "out"]);
  expectTold(ended, 2, "emulator.hubs[0]", 'azure-devices.net, got "hub.example.com"');
  expect(readdirSync(place.dir)).toEqual(["scenario.yaml"]);
});

test("a tier, units and a limit that the run's emulator cannot have end 2 at their places", async () => {
  await using place = await workplace();
  const emulator = { tier: "S1", units: 5, config: "emulator.yaml" };
  const scenario = await place.scenario({ emulator });
  await place.file("emulator.yaml", "limits: { retryAfterS: 1 }\nhubs: 3\n");
  const before = readdirSync(place.dir);
  const check = async (
    argv: readonly string[],
    env: Readonly<Record<string, string>>,
    ...texts: readonly string[]
  ): Promise<void> => {
    const files = ["--certs", "certs", "--out", "out"];
    const ended = await runHere(place.dir, ["run", scenario, ...files, ...argv], env);
    expectTold(ended, 2, ...texts);
    expect(readdirSync(place.dir)).toEqual(before);
  };
  const wrong = ["--emulator-tier", "S9", "--emulator-units", "0", "--emulator-dps-limit", "5"];
  const told = ['one of none, F1, B1, B2, B3, S1, S2, S3, got "S9"', '1 to 200, got "0"'];
  await check(wrong, {}, ...told, "--emulator-dps-limit: expected a rate from 1/m", 'got "5"');
  await check([], {}, "emulator.yaml:2:1 hubs: expected a list, got 3");
  await place.file("emulator.yaml", "limits: { retryAfterS: 1 }\n");
  await check(["--emulator-tier=F1"], {}, "--emulator-tier: expected 1 unit of F1, got 5");
  const env = { DPS_FLEET_EMULATOR_TIER: "S3", DPS_FLEET_EMULATOR_UNITS: "11" };
  await check([], env, "DPS_FLEET_EMULATOR_UNITS: expected 1 to 10 units of S3, got 11");
});

test("Microsoft's own variables are judged as the flags are, before anything is written", async () => {
  await using place = await workplace();
  const argv = ["run", await place.scenario(), "--target", "azure", "--yes", "--out", "out"];
  const env = { PROVISIONING_IDSCOPE: "two words", PROVISIONING_HOST: "https://host" };
  const places = [
    "PROVISIONING_IDSCOPE: expected an ID scope",
    "PROVISIONING_HOST: expected a host",
  ];
  expectTold(await runHere(place.dir, argv, env), 2, ...places);
  expect(readdirSync(place.dir)).toEqual(["scenario.yaml"]);
});

test("a file system that takes no folders is told, and is no endless loop", async () => {
  await using place = await workplace();
  const [scenario, nowhere] = [await place.scenario(), "/proc/dps-fleet"];
  const certs = await runHere(place.dir, ["run", scenario, "--certs", nowhere, "--out", "out"]);
  expectTold(certs, 2, `${nowhere}: expected a folder that can be made`, "--certs");
  const out = await runHere(place.dir, ["run", scenario, "--certs", "certs", "--out", nowhere]);
  expectTold(out, 2, `${nowhere}: expected a folder to write to`, "--out");
  expect(existsSync(nowhere)).toBe(false);
});

test("secrets that are not there end 2 by name, and a literal one is never shown", async () => {
  await using place = await workplace();
  const entry = { model: "cheese-cave", count: 1, registrationId: "cave" };
  const check = async (credentials: unknown, ...texts: string[]): Promise<void> => {
    const scenario = await place.scenario({ fleet: [{ ...entry, credentials }] });
    const argv = ["run", scenario, "--certs", "certs", "--out", "out"];
    const ended = await runHere(place.dir, argv);
    expectTold(ended, 2, ...texts);
    expect(ended.stderr).not.toContain("hunter2");
    expect(existsSync(join(place.dir, "certs"))).toBe(false);
  };
  const unset = { format: "pem", passphrase: { env: "CAVE_SECRET" } };
  await check(unset, "CAVE_SECRET: expected an environment variable", "export CAVE_SECRET=");
  const noFile = { format: "pfx", password: { file: "secret.txt" } };
  await check(noFile, "secret.txt: expected a file with a secret, got: there is no", "hint:");
  await check(
    { format: "pfx", password: "hunter2" },
    "expected { env: NAME }, { file: PATH } or { keyVault: URI }",
  );
});
