import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { join, resolve } from "node:path";
import { expect, test } from "vitest";
import { issueEmulatorCa } from "../../src/pki/emulator-ca.ts";
import { parseSummary } from "../../src/output/summary-schema.ts";
import { parseEmulatorFile } from "../../src/service/emulator-file.ts";
import type { ComposeService } from "../support/compose-file.ts";
import { COMPOSE } from "../support/compose-file.ts";
import { execForm, HEALTH_COMMAND, IMAGE_ENVIRONMENT, only } from "../support/container-image.ts";
import { temporaryDir } from "../support/pki.ts";
import { Program } from "../support/program.ts";

const APP = only("WORKDIR");

/** The file system of the image and its volumes as a folder: both services have a volume at the same place. */
function imageFolder(dir: string) {
  const inImage = (path: string): string => path.replace(`${APP}/`, `${dir}/`);
  for (const name of ["dist", "scenarios", "scripts"]) symlinkSync(resolve(name), join(dir, name));
  for (const { volumes } of [COMPOSE.services.emulator, COMPOSE.services.fleet])
    for (const { target } of volumes) mkdirSync(inImage(target), { recursive: true });
  const [, entry = ""] = execForm(only("ENTRYPOINT"));
  const [, healthScript = ""] = HEALTH_COMMAND;
  return {
    /** The service as a process. */
    start: ({ command }: ComposeService, env: Readonly<Record<string, string>>): Program =>
      new Program(command, env, { cwd: dir, script: inImage(entry) }),
    /** What a container of the service has in its environment; `more` is what this machine has in place of containers. */
    environmentOf: ({ environment }: ComposeService, more: Readonly<Record<string, string>>) => {
      const all = { ...IMAGE_ENVIRONMENT, ...environment, ...more };
      return Object.fromEntries(Object.entries(all).map(([name, v]) => [name, inImage(v)]));
    },
    /** What the health check says: nothing where all is well. */
    health: async (env: Readonly<Record<string, string>>): Promise<string> => {
      const checking = new Program([], env, { script: inImage(healthScript) });
      const { exitCode, stderr } = await checking.ended;
      expect(exitCode).toBe(stderr === "" ? 0 : 1);
      return stderr;
    },
  };
}

test("the services of the compose file, started as it says, are the demo", async () => {
  await using dir = temporaryDir();
  const { start, environmentOf, health } = imageFolder(dir.path);
  const { emulator, fleet } = COMPOSE.services;

  // One machine in place of two containers: free ports, and an address that is there without a network.
  const machine = { DPS_FLEET_STANDARD_PORTS: "false", DPS_FLEET_ADDRESS: "127.0.0.1" };
  const ports = { DPS_FLEET_MQTT_PORT: "0", DPS_FLEET_HTTPS_PORT: "0" };
  const env = environmentOf(emulator, { ...machine, ...ports, DPS_FLEET_RETRY_AFTER: "0" });
  const file = env["DPS_FLEET_WRITE"] ?? "";
  expect(await health(env)).toContain("no such file");
  await using serving = start(emulator, env);
  await serving.printed(/while it runs/);
  expect(await health(env)).toBe("");

  const info = parseEmulatorFile(readFileSync(file, "utf8"), file);
  expect(readFileSync(env["DPS_FLEET_WRITE_TOKEN"] ?? "", "utf8")).toBe(info.adminToken);
  const otherCa = join(dir.path, "other.cert.pem");
  writeFileSync(otherCa, (await issueEmulatorCa(new Date())).certificatePem);
  for (const [wrong, told] of [
    [{ adminToken: "of-an-earlier-start" }, "position is answered 401"],
    [{ caFile: otherCa }, "certificate"],
  ] as const) {
    const other = join(dir.path, "other.json");
    writeFileSync(other, JSON.stringify({ ...info, ...wrong }));
    expect(await health({ ...env, DPS_FLEET_WRITE: other })).toContain(told);
  }

  const small = { DPS_FLEET_DEVICES: "6", DPS_FLEET_DURATION: "4s", DPS_FLEET_PROMETHEUS: "0" };
  const untimed = { DPS_FLEET_THRESHOLD: "devices_assigned == 100%" };
  const running = environmentOf(fleet, { ...small, ...untimed });
  await using caves = start(fleet, running);
  const { exitCode, stdout, stderr } = await caves.ended;
  expect(stderr).toBe("");
  expect(stdout).toContain("passed");
  expect(exitCode).toBe(0);
  const [results = ""] = readdirSync(join(dir.path, "runs"));
  const summary = readFileSync(join(dir.path, "runs", results, "summary.json"), "utf8");
  expect(parseSummary(JSON.parse(summary))).toMatchObject({
    devices: { planned: 6, assigned: 6, connected: 6, failed: 0 },
    ledger: { missing: 0, duplicated: 0 },
  });

  serving.signal("SIGTERM");
  const end = await serving.ended;
  expect(end.exitCode).toBe(0);
  expect(end.stderr).toContain("not a loopback address");
  // Docker keeps what is printed.
  for (const secret of [info.adminToken, "SharedAccessKey="])
    expect(end.stdout + end.stderr).not.toContain(secret);
  expect(existsSync(file)).toBe(false);
});
