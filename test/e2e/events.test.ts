import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

import { Program, workplace } from "../support/program.ts";

const MAIN = fileURLToPath(new URL("../../dist/src/main.js", import.meta.url));

test("followers see a run's messages as they come; each ends in its own way", async () => {
  await using place = await workplace();
  const ports = ["--mqtt-port=0", "--https-port=0"];
  const emulatorArgs = ["emulator", "--json", ...ports, "--retry-after=1", "--certs", place.certs];
  await using emulator = new Program(emulatorArgs);
  const [info] = await emulator.printed(/^\{.*\}\n/);
  const file = await place.file("emulator.json", info);
  const env = { DPS_FLEET_EMULATOR: file };

  await using interrupted = new Program(["events", "--follow", "--from=earliest"], env);
  await using cutOff = new Program(["events", "--follow", "--json", "--from=earliest"], env);
  const head = spawn(process.execPath, [MAIN, "events", "--follow", "--from=earliest"], { env });
  const headEnded = once(head, "close");
  head.stdout.setEncoding("utf8").once("data", () => head.stdout.destroy());
  const scenario = await place.scenario();
  const where = ["--out", place.out, "--certs", place.certs];
  await using run = new Program(["run", scenario, "--emulator", file, ...where]);

  // The run goes on, so what is read next finds a closed pipe.
  expect(await headEnded).toEqual([0, null]);
  await interrupted.printed(/cheesecave-device3 .* seq=2 /);
  interrupted.signalGroup("SIGINT");
  expect(await interrupted.ended).toMatchObject({ exitCode: 0, stderr: "" });
  expect((await run.ended).exitCode).toBe(0);

  const args = ["events", "cheesecave-device2", "--json"];
  await using afterwards = new Program(args, env);
  const { exitCode, stdout, stderr } = await afterwards.ended;
  expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: "" });
  const lines = stdout.trimEnd().split("\n");
  const events: { deviceId: string; sequenceNumber: number; properties: { seq: string } }[] =
    lines.map((line) => JSON.parse(line));
  expect(new Set(events.map(({ deviceId }) => deviceId))).toEqual(new Set(["cheesecave-device2"]));
  expect(events.map(({ properties }) => Number(properties.seq))).toEqual(
    events.map((_event, at) => at + 1),
  );

  emulator.signalGroup("SIGKILL");
  const killed = await cutOff.ended;
  expect(killed.exitCode).toBe(3);
  expect(killed.stderr).toContain("broke off");
  expect(killed.stdout.split("\n")).toEqual(expect.arrayContaining(lines));
});
