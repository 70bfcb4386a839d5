import { execFile, spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

import { expect, test } from "vitest";

import { parseSummary } from "../../src/output/summary-schema.ts";
import { certsLayout } from "../../src/pki/layout.ts";
import { parseEmulatorFile } from "../../src/service/emulator-file.ts";
import { Program, workplace } from "../support/program.ts";

const SAMPLE = fileURLToPath(new URL("../support/microsoft-sample.mjs", import.meta.url));
/** A mount namespace gives one program a hosts file of its own; it needs root, and Linux. */
const canMount = spawnSync("unshare", ["--mount", "true"]).status === 0;
/** An address for this test alone, so that the port of MQTT over TLS, which the sample cannot change, is free on it. */
const ADDRESS = "127.83.14.9";

test.skipIf(!canMount)(
  "Microsoft's own sample steps run against the emulator with nothing but its CA and its hosts-file lines",
  async () => {
    await using place = await workplace();
    await using emulator = new Program(
      `emulator --json --host ${ADDRESS} --https-port 0 --retry-after 1 --certs ${place.certs}`.split(
        " ",
      ),
    );
    const [line] = await emulator.printed(/^\{.*\}\n/);
    const info = parseEmulatorFile(line, "stdout");
    const emulatorFile = await place.file("emulator.json", line);

    // A run issues the leaves and creates the group.
    const options = ["--duration", "3s", "--out", place.out, "--certs", place.certs];
    await using run = new Program([
      "run",
      await place.scenario(),
      "--emulator",
      emulatorFile,
      ...options,
    ]);
    expect((await run.ended).exitCode).toBe(0);
    const summary = parseSummary(JSON.parse(await place.result("summary.json")));
    expect(summary.ledger).toMatchObject({ missing: 0, duplicated: 0 });

    const names = [info.provisioningHost, info.dpsHost, ...info.hubs];
    const hosts = names.map((name) => `${info.address} ${name}\n`).join("");
    const hostsFile = await place.file("hosts", hosts);
    const layout = certsLayout(place.certs);
    const id = "cheesecave-device1";
    const sample = [process.execPath, SAMPLE, info.idScope, id];
    const withHosts = [
      "--mount",
      "sh",
      "-c",
      'mount --bind "$0" /etc/hosts && exec "$@"',
      hostsFile,
    ];
    const { stdout } = await promisify(execFile)(
      "unshare",
      [...withHosts, ...sample, layout.leafFullChain(id), layout.leafKey(id)],
      { env: { PATH: process.env["PATH"], NODE_EXTRA_CA_CERTS: info.caFile } },
    );
    expect(JSON.parse(stdout)).toEqual({
      assignedHub: info.hubs[0],
      deviceId: id,
      desired: { fanstate: "on", $version: expect.any(Number) },
    });
    expect(await readFile(info.caFile, "utf8")).toContain("BEGIN CERTIFICATE");
  },
);
