import { readdir } from "node:fs/promises";

import { expect, test } from "vitest";

import { Program, workplace } from "../support/program.ts";

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
