import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { emulatorTarget } from "../../src/run/target.ts";
import type { EmulatorInfo } from "../../src/service/emulator-file.ts";
import { parseEmulatorFile } from "../../src/service/emulator-file.ts";
import { runHere } from "../support/cli.ts";
import { temporaryDir } from "../support/pki.ts";
import { startCommand } from "../support/started-command.ts";

const FREE_PORTS = ["--mqtt-port", "0", "--https-port", "0"];
const OUTER = { address: "192.0.2.7", family: "IPv4", internal: false } as const;

const dir = temporaryDir();
let everywhere: ReturnType<typeof startCommand>;
let info: EmulatorInfo;
beforeAll(async () => {
  const argv = ["emulator", "--json", "--host", "0.0.0.0", "--seed", "3", ...FREE_PORTS];
  everywhere = startCommand(dir.path, argv, { addresses: [OUTER] });
  await everywhere.printed;
  info = parseEmulatorFile(everywhere.out.join(""), "stdout");
});
afterAll(async () => {
  everywhere.signal("SIGINT");
  await everywhere.ended;
  dir[Symbol.dispose]();
});

test("listening everywhere, it tells an address that other machines can dial, and is loud about it", () => {
  expect(info.address).toBe("192.0.2.7");
  const told = everywhere.err.join("");
  expect(told).toContain("0.0.0.0 is not a loopback address");
  expect(told).toContain("can guess its keys, which follow from --seed");
});

test("its own URLs keep a name that its certificate has", () => {
  const origin = `https://localhost:${info.httpsPort}`;
  expect(info.adminUrl).toBe(`${origin}/emulator`);
  expect(info.eventsUrl).toBe(`${origin}/emulator/events`);
});

/** As another machine sees it: `address` leads to the emulator, and the name of its URLs, one of Azure's, does not. */
function seenFromOutside(): { readonly file: string; readonly seen: EmulatorInfo } {
  const elsewhere = (url: string): string => url.replace("localhost", info.provisioningHost);
  const { adminUrl, eventsUrl } = info;
  const urls = { adminUrl: elsewhere(adminUrl), eventsUrl: elsewhere(eventsUrl) };
  const seen = { ...info, ...urls, address: "127.0.0.1" };
  const file = join(dir.path, "outside.json");
  writeFileSync(file, JSON.stringify(seen));
  return { file, seen };
}

test.for([
  ["events", "there are no messages"],
  ["ca list", "has no CA certificates"],
] as const)("%s dials the address and keeps the name", async ([command, told]) => {
  const { file } = seenFromOutside();
  const words = [...command.split(" "), "--emulator", file];
  const { exitCode, stdout, stderr } = await runHere(dir.path, words);
  expect(stdout + stderr).toContain(told);
  expect(exitCode).toBe(0);
});

test("a run reads back at the address what was ingested", async () => {
  const { seen } = seenFromOutside();
  const { ingestion } = await emulatorTarget(seen, "outside.json", {
    connectTo: [],
    transport: "mqtt",
  });
  const reading = await ingestion?.open();
  await expect(reading?.read(() => {})).resolves.toBeUndefined();
  expect(reading?.lost).toBe(0);
  await reading?.close();
});

test("where ports are forwarded, the address that clients shall dial can be given", async () => {
  await using other = temporaryDir();
  const argv = ["emulator", "--json", ...FREE_PORTS, "--address", "my-box.test"];
  const forwarded = startCommand(other.path, argv);
  await forwarded.printed;
  const told = parseEmulatorFile(forwarded.out.join(""), "stdout");
  expect(told).toMatchObject({
    address: "my-box.test",
    adminUrl: `https://localhost:${told.httpsPort}/emulator`,
  });
  expect(readFileSync(told.caFile, "utf8")).toContain("BEGIN CERTIFICATE");
  forwarded.signal("SIGINT");
  await forwarded.ended;
});
