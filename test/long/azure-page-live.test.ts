import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import { expect, test } from "vitest";

import { parseEmulatorFile } from "../../src/service/emulator-file.ts";
import { azurePortsAreFree } from "../support/azure-ports.ts";
import { pageSession } from "../support/page-session.ts";
import { pageBlocks } from "../support/page-steps.ts";
import { Program, workplace } from "../support/program.ts";

const PAGE = "docs/azure.md";
const NAMES = fileURLToPath(new URL("../support/names-at-address.mjs", import.meta.url));
/** A loopback address that nobody else has: the ports must be Azure's. */
const ADDRESS = "127.83.52.8";

test.skipIf(!(await azurePortsAreFree(ADDRESS)))(
  `the steps of ${PAGE} for both hold with the settings for Azure`,
  async () => {
    await using place = await workplace();
    const options = ["--standard-ports", "--host", ADDRESS, "--certs", place.certs];
    await using emulator = new Program(["emulator", "--json", ...options]);
    const [line] = await emulator.printed(/^\{.*\}$/m);
    const info = parseEmulatorFile(line, "emulator --json");
    const env = {
      NODE_OPTIONS: `--import=${NAMES}`,
      NODE_EXTRA_CA_CERTS: info.caFile,
      EMULATOR_ADDRESS: ADDRESS,
      // What the page's steps for Azure set.
      DPS_FLEET_TARGET: "azure",
      PROVISIONING_IDSCOPE: info.idScope,
      DPS_CONNECTION_STRING: info.dpsConnectionString,
      IOTHUB_CONNECTION_STRING: info.hubConnectionStrings[0] ?? "",
    };
    await using session = await pageSession(place.dir, env, 300_000);
    const blocks = pageBlocks(await readFile(PAGE, "utf8"));
    expect(await session.follow(PAGE, blocks, ["both"])).toBeUndefined();
  },
);
