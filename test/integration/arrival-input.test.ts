import { expect, test } from "vitest";

import { runHere } from "../support/cli.ts";
import { workplace } from "../support/program.ts";

/** How a run ends whose scenario cannot be run with this arrival. */
async function refused(
  arrival: Readonly<Record<string, unknown>>,
  { flags = [], starts }: { readonly flags?: readonly string[]; readonly starts?: string } = {},
): Promise<string> {
  await using place = await workplace();
  const scenario = await place.scenario({ arrival });
  if (starts !== undefined) await place.file("starts.txt", starts);
  const { exitCode, stderr } = await runHere(place.dir, ["run", scenario, ...flags]);
  expect(exitCode).toBe(2);
  return stderr.replaceAll(`${place.dir}/`, "");
}

test("a file of times that is not there, or holds something else, is told with its place", async () => {
  const arrival = { times: "starts.txt" };
  expect(await refused(arrival)).toContain("starts.txt: expected a file of times, got: ");
  const text = await refused(arrival, { starts: "0s\n# a comment\nsoon\n" });
  expect(text).toContain('starts.txt:3: expected a time such as 2.5s, one a line, got "soon"');
  expect(await refused(arrival, { starts: "0s\n1s\n", flags: ["--devices", "3"] })).toContain(
    "arrival.times: expected a time for each of 3 devices, got 2",
  );
});

test("an arrival that the fleet and the duration do not fit is told whole", async () => {
  const text = await refused(
    { bursts: [{ at: "0s", devices: "50%" }] },
    { flags: ["--devices", "10"] },
  );
  expect(text).toContain("arrival.bursts: expected bursts of 10 devices in all, got 5");
  const flags = ["--devices", "400", "--rate", "auto", "--duration", "10s"];
  const limited = [...flags, "--emulator-dps-limit", "200/m"];
  expect(await refused({}, { flags: limited })).toMatch(
    /duration: 400 devices at 190\/m \(rate: auto\) arrive over \d+s, but the run ends after 10s/,
  );
  expect(await refused({}, { flags: [...flags, "--emulator-tier", "S1"] })).toContain(
    "400 devices at 950/m (rate: auto) arrive over",
  );
  expect(await refused({ dpsLimit: "100/m" }, { flags })).toContain("400 devices at 95/m");
});

test("a plan holds the arrival against the limit that the scenario says of its DPS", async () => {
  await using place = await workplace();
  const arrival = { rate: "auto", dpsLimit: "100/m" };
  const scenario = await place.scenario({ target: "azure", arrival, duration: "5m" });
  const flags = ["--devices", "200", "--id-scope", "0ne00000001"];
  const { exitCode, stdout } = await runHere(place.dir, ["plan", scenario, ...flags]);
  expect(stdout).toMatch(/9\d due in the busiest minute, 100 allowed: nobody waits/);
  expect(exitCode).toBe(0);
});

test("a plan of an adaptive arrival tells the fastest that it can be, and that a limit holds it", async () => {
  await using place = await workplace();
  const arrival = { rate: "adaptive", from: "10/s", max: "10/s" };
  const scenario = await place.scenario({ arrival, duration: "5m" });
  const flags = ["--devices", "101", "--emulator-dps-limit", "60/m"];
  const { exitCode, stdout } = await runHere(place.dir, ["plan", scenario, ...flags]);
  expect(exitCode).toBe(0);
  expect(stdout).toContain("adaptive: it follows from what the services answer; at the fastest:");
  expect(stdout).toContain("the last one is due after 10 s, at most 10 in a second");
  expect(stdout).toMatch(/101 due in the busiest minute, 60 allowed: it is held below that/);
  expect(await refused(arrival, { flags: ["--devices", "101", "--duration", "9s"] })).toContain(
    "101 devices from 10/s to at most 10/s (rate: adaptive) arrive over 10s, but the run ends after 9s",
  );
});
