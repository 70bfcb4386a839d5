import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { parseSummary } from "../../src/output/summary-schema.ts";
import { connectProxy } from "../support/connect-proxy.ts";
import { startTestCloud } from "../support/fleet.ts";
import { Program, workplace } from "../support/program.ts";

const DEVICES = ["--devices", "4"];

test("where only a proxy leads out, a run goes through it with all that it does, and shows no password", async () => {
  await using cloud = await startTestCloud({ group: false });
  const { emulator, pki } = cloud;
  const to = { host: emulator.host, port: emulator.httpsPort };
  const password = "s3cr3t-of-the-proxy";
  await using proxy = await connectProxy({ to, login: `me:${password}` });
  await using place = await workplace();
  const scenario = await place.scenario({
    target: "azure",
    transport: "mqtt-ws",
    emulator: {},
    duration: "3s",
    timeline: [
      { at: "2s", twin: { devices: "cheesecave-device1", desired: { temperature: 50.123 } } },
    ],
  });
  const ca = ["--ca", await place.file("ca.pem", pki.root.certificatePem)];
  const where = ["--out", place.out, "--certs", place.certs, "--log-level", "trace"];
  await using program = new Program(["run", scenario, ...DEVICES, ...ca, ...where, "--yes"], {
    HTTPS_PROXY: proxy.url.replace("//", `//me:${password}@`),
    PROVISIONING_IDSCOPE: emulator.idScope,
    DPS_CONNECTION_STRING: emulator.dpsConnectionString,
    IOTHUB_CONNECTION_STRING: emulator.hubConnectionStrings[0] ?? "",
  });
  const { exitCode, stdout, stderr } = await program.ended;
  expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
  const summary = parseSummary(JSON.parse(await place.result("summary.json")));
  expect(summary.devices).toEqual({ planned: 4, assigned: 4, connected: 4, failed: 0 });
  expect(summary.twin.actions[0]).toMatchObject({ patched: 1, acknowledged: 1 });
  expect(new Set(proxy.asked)).toEqual(
    new Set(
      [emulator.provisioningHost, emulator.dpsHost, emulator.hubs[0]].map((name) => `${name}:443`),
    ),
  );
  const files = await readdir(place.out);
  const results = await Promise.all(files.map((name) => readFile(join(place.out, name), "utf8")));
  const shown = [stdout, stderr, ...results].join("\n");
  expect(shown).toContain("hub connection opened");
  expect(shown).not.toContain(password);
  expect(shown).not.toContain(btoa(`me:${password}`));
});

test("a proxy that cannot be used ends a run with 2, before anything is written", async () => {
  await using place = await workplace();
  const scenario = await place.scenario({ target: "azure", transport: "mqtt-ws", emulator: {} });
  const args = ["--id-scope", "0ne00000001", "--out", place.out, "--certs", place.certs, "--yes"];
  await using program = new Program(["run", scenario, ...args], {
    HTTPS_PROXY: "socks5://me:hunter2@proxy:1080",
  });
  const { exitCode, stderr } = await program.ended;
  expect(exitCode).toBe(2);
  expect(stderr).toContain("HTTPS_PROXY: expected http://HOST:PORT or https://HOST:PORT");
  expect(stderr).not.toContain("hunter2");
  expect(await readdir(place.dir)).toEqual(["scenario.yaml"]);
});
