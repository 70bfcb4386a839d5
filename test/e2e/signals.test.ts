import { expect, test } from "vitest";

import { runHere } from "../support/cli.ts";
import { isAlive, Program, workerPids, workplace } from "../support/program.ts";
import { checkedSummary } from "../support/run-accounts.ts";

test.concurrent("Ctrl-C while certificates are issued writes all files and ends 130", async () => {
  await using place = await workplace();
  const args = ["--devices", "2000", "--rate", "1000/s", "--out", place.out];
  const scenario = await place.scenario();
  await using program = new Program(["run", scenario, ...args, "--certs", place.certs]);
  await program.printed(/issuing certificates/);
  program.signalGroup("SIGINT");
  expect((await program.ended).exitCode).toBe(130);
  const summary = await checkedSummary(place);
  expect(summary.verdict).toBe("interrupted");
  expect(summary.devices).toMatchObject({ planned: 2000, assigned: 0, connected: 0, failed: 0 });
  expect(await place.result("run.ndjson")).toContain('"type":"summary"');
  expect(program.groupAlive).toBe(false);
});

test.concurrent(
  "SIGHUP while the emulator starts writes all files, ends 130 and leaves no process",
  async () => {
    await using place = await workplace();
    const args = ["--out", place.out, "--certs", place.certs];
    await using program = new Program(["run", await place.scenario(), ...args]);
    await program.printed(/starting the emulator/);
    program.signalGroup("SIGHUP");
    expect((await program.ended).exitCode).toBe(130);
    const summary = await checkedSummary(place);
    expect(summary).toMatchObject({ verdict: "interrupted", ledger: null });
    expect(program.groupAlive).toBe(false);
  },
);

test.concurrent(
  "Ctrl-C in the final drain ends 130, and a worker that hangs then loses nothing",
  async () => {
    await using place = await workplace();
    const args = ["--workers", "2", "--duration", "3s", "--out", place.out, "--certs", place.certs];
    // Assigned with the first poll: on a busy machine too all stream before the end.
    const scenario = await place.scenario({ emulator: { retryAfterS: 0 } });
    await using program = new Program(["run", scenario, ...args]);
    await place.appears(program, "run.ndjson", '"to":"streaming"', 6);
    const [hanging] = workerPids(await place.result("run.ndjson"));
    process.kill(hanging ?? 0, "SIGSTOP");
    await place.appears(program, "run.ndjson", '"state":"stopped"');
    program.signalGroup("SIGINT");
    await program.printedError(/stopping/);
    process.kill(hanging ?? 0, "SIGCONT");
    expect((await program.ended).exitCode).toBe(130);
    const summary = await checkedSummary(place);
    expect(summary.verdict).toBe("interrupted");
    expect(summary.ledger).not.toBeNull();
    await expect(place.result("control.json")).rejects.toMatchObject({ code: "ENOENT" });
    expect(program.groupAlive).toBe(false);
  },
);

test.concurrent("when the emulator dies, the run ends 3 with all files", async () => {
  await using place = await workplace();
  const args = ["--duration", "60s", "--out", place.out, "--certs", place.certs];
  await using program = new Program(["run", await place.scenario(), ...args]);
  await place.appears(program, "run.ndjson", '"to":"streaming"', 6);
  const workers = workerPids(await place.result("run.ndjson"));
  const [emulator] = program
    .groupPids()
    .filter((pid) => pid !== program.pid && !workers.includes(pid));
  process.kill(emulator ?? 0, "SIGKILL");
  const { exitCode, stderr } = await program.ended;
  expect(exitCode).toBe(3);
  expect(stderr).toContain("the emulator of this run ended (SIGKILL)");
  const summary = await checkedSummary(place);
  expect(summary).toMatchObject({ verdict: "failed", ledger: null });
  expect(program.groupAlive).toBe(false);
});

test("when the supervisor is killed, workers and emulator leave by themselves", async () => {
  await using place = await workplace();
  const args = ["--workers", "2", "--duration", "60s", "--out", place.out, "--certs", place.certs];
  await using program = new Program(["run", await place.scenario(), ...args]);
  await place.appears(program, "run.ndjson", '"to":"streaming"', 6);
  const workers = workerPids(await place.result("run.ndjson"));
  expect(workers.filter(isAlive)).toHaveLength(2);
  program.signal("SIGKILL");
  await expect.poll(() => program.groupAlive, { timeout: 20_000 }).toBe(false);
  const { exitCode, stderr } = await runHere(place.dir, ["ctl", "pause", "--run", place.out]);
  expect(exitCode).toBe(3);
  expect(stderr).toContain("was killed: nobody listens there");
});
