import { expect, test } from "vitest";

import { Program, workplace } from "../support/program.ts";

test("what a run made on an emulator is removed after it, also when it was interrupted", async () => {
  await using place = await workplace();
  const ports = ["--mqtt-port=0", "--https-port=0"];
  await using emulator = new Program([
    "emulator",
    "--json",
    "--retry-after=0",
    ...ports,
    "--certs",
    place.certs,
  ]);
  const [info] = await emulator.printed(/^\{.*\}\n/);
  const env = { DPS_FLEET_EMULATOR: await place.file("emulator.json", info) };
  const scenario = await place.scenario({ duration: "1h" });
  await using run = new Program(["run", scenario, "--out", place.out, "--certs", place.certs], env);
  await place.appears(run, "run.ndjson", '"to":"streaming"', 6);
  run.signal("SIGINT");
  expect((await run.ended).exitCode).toBe(130);
  await using cleanup = new Program(["cleanup", place.out, "--yes"], env);
  expect(await cleanup.ended).toMatchObject({
    exitCode: 0,
    stdout: expect.stringMatching(
      /identities: 6 deleted\nregistration records: 6 deleted\nenrollment group \S+: deleted\n/,
    ),
  });
  await using list = new Program(["enroll", "list", "--json"], env);
  expect(await list.ended).toMatchObject({ exitCode: 0, stdout: "[]\n" });
});
