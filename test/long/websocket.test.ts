import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";

import { expect, test } from "vitest";

import { parseSummary } from "../../src/output/summary-schema.ts";
import { connectProxy } from "../support/connect-proxy.ts";
import { startTestCloud } from "../support/fleet.ts";
import { Program, workplace } from "../support/program.ts";

const DEVICES = ["--devices", "4"];

test("a fleet streams over WebSocket to the run's own emulator, whatever proxy there is", async () => {
  await using place = await workplace();
  const scenario = await place.scenario({ emulator: { retryAfterS: 0 }, duration: "2s" });
  const args = [
    "--devices",
    "4",
    "--transport",
    "mqtt-ws",
    "--out",
    place.out,
    "--certs",
    place.certs,
  ];
  await using program = new Program(["run", scenario, ...args], {
    HTTPS_PROXY: "http://nobody.invalid:3128",
  });
  const { exitCode, stderr } = await program.ended;
  expect(stderr).toBe("");
  expect(exitCode).toBe(0);
  const summary = parseSummary(JSON.parse(await place.result("summary.json")));
  expect(summary.devices).toMatchObject({ planned: 4, assigned: 4, connected: 4, failed: 0 });
  expect(summary.telemetry.acked).toBeGreaterThan(0);
  expect(summary.ledger).toMatchObject({ missing: 0, acked: summary.telemetry.acked });
});

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
  expect(summary.devices).toMatchObject({ planned: 4, assigned: 4, connected: 4, failed: 0 });
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
