import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parseEmulatorFile } from "../../src/service/emulator-file.ts";
import { temporaryDir } from "../support/pki.ts";
import { startCommand } from "../support/started-command.ts";

const FREE_PORTS = ["--mqtt-port", "0", "--https-port", "0"];
const EMULATOR = ["emulator", ...FREE_PORTS, "--data", "state"];

test("--data keeps keys and hubs, and is told in the line and in the text", async () => {
  await using dir = temporaryDir();
  const first = startCommand(dir.path, [
    ...EMULATOR,
    "--json",
    "--hub",
    "my-hub.azure-devices.net",
  ]);
  await first.printed;
  const before = parseEmulatorFile(first.out.join(""), "stdout");
  expect(before.dataDir).toBe(join(dir.path, "state"));
  first.signal("SIGINT");
  expect(await first.ended).toBe(0);

  const env = { DPS_FLEET_DATA: "state" };
  const again = startCommand(dir.path, ["emulator", ...FREE_PORTS, "--json"], { env });
  await again.printed;
  const after = parseEmulatorFile(again.out.join(""), "stdout");
  const { hubs, hubConnectionStrings, dpsConnectionString } = before;
  expect(after).toMatchObject({ hubs, hubConnectionStrings, dpsConnectionString });
  expect(after.adminToken).not.toBe(before.adminToken);

  const other = startCommand(dir.path, EMULATOR);
  expect(await other.ended).toBe(2);
  expect(other.err.join("")).toMatch(
    /state is in use by another emulator(, process \d+)? \[DATA_IN_USE\]/,
  );
  expect(other.err.join("")).toContain("stop that one, or name another folder");
  again.signal("SIGINT");
  expect(await again.ended).toBe(0);

  const told = startCommand(dir.path, EMULATOR);
  await told.printed;
  expect(told.out.join("")).toContain(`Kept state      ${join(dir.path, "state")}`);
  expect(told.out.join("")).toContain("keys stay as long as the state");
  told.signal("SIGINT");
  expect(await told.ended).toBe(0);
});

test("a folder of something else ends 2, and no certificates are made", async () => {
  await using dir = temporaryDir();
  mkdirSync(join(dir.path, "state"));
  writeFileSync(join(dir.path, "state", "thesis.tex"), "");
  const program = startCommand(dir.path, EMULATOR);
  expect(await program.ended).toBe(2);
  expect(program.err.join("")).toContain("thesis.tex [FOREIGN_FILE]");
  expect(program.out).toEqual([]);
});

test("names that do not fit what is kept end 2, each with the mend", async () => {
  await using dir = temporaryDir();
  const first = startCommand(dir.path, EMULATOR);
  await first.printed;
  first.signal("SIGINT");
  await first.ended;
  const wrong = ["--hub", "other.azure-devices.net", "--id-scope", "0neother"];
  const program = startCommand(dir.path, [...EMULATOR, ...wrong]);
  expect(await program.ended).toBe(2);
  const text = program.err.join("");
  for (const part of ["idScope", "0neother", "cheesecave-hub.azure-devices.net", "leave"])
    expect(text).toContain(part);
});

test("a folder whose hub was advertised wants the same name again", async () => {
  await using dir = temporaryDir();
  const advertise = ["--advertise", "localhost"];
  const first = startCommand(dir.path, [...EMULATOR, ...advertise]);
  await first.printed;
  first.signal("SIGINT");
  expect(await first.ended).toBe(0);
  const without = startCommand(dir.path, EMULATOR);
  expect(await without.ended).toBe(2);
  expect(without.err.join("")).toContain("add --advertise localhost");
  expect(without.out).toEqual([]);
  const again = startCommand(dir.path, [...EMULATOR, ...advertise]);
  await again.printed;
  again.signal("SIGINT");
  expect(await again.ended).toBe(0);
});
