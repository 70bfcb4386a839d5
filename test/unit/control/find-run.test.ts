import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { expect, test } from "vitest";

import { CONTROL_FILE } from "../../../src/control/control-file.ts";
import { findRun } from "../../../src/control/find-run.ts";
import type { OpenControl } from "../../../src/run/control/open-control.ts";
import { openControl } from "../../../src/run/control/open-control.ts";
import { modeOpenToOthers } from "../../../src/base/file-mode.ts";
import { CONTROL_DONE } from "../../support/control-status.ts";

/** A folder with runs that go on, or went on. */
async function folder() {
  const cwd = await mkdtemp(join(tmpdir(), "dps-fleet-test-"));
  const open: OpenControl[] = [];
  const dirOf = async (name: string): Promise<string> => {
    const dir = join(cwd, "runs", name);
    await mkdir(dir, { recursive: true });
    return dir;
  };
  return {
    cwd,
    dirOf,
    begin: async (name: string): Promise<OpenControl> => {
      const control = await openControl({
        isWanted: true,
        dir: await dirOf(name),
        runId: name,
        pid: 1,
        ask: () => Promise.resolve(CONTROL_DONE),
        warn: (text) => {
          throw new Error(text);
        },
      });
      open.push(control);
      return control;
    },
    /** As a run leaves it that was killed. */
    killed: async (name: string): Promise<void> => {
      const file = { protocol: 1, pid: 1, runId: name, socket: join(cwd, "gone") };
      await writeFile(join(await dirOf(name), CONTROL_FILE), JSON.stringify(file));
    },
    async [Symbol.asyncDispose](): Promise<void> {
      for (const control of open) await control.close();
      await rm(cwd, { recursive: true });
    },
  };
}

test("the run that goes on is found among others, and asked", async () => {
  await using place = await folder();
  await place.dirOf("over");
  await place.killed("killed");
  await writeFile(join(place.cwd, "runs", "a file"), "");
  const control = await place.begin("mine");
  const { shown, client } = await findRun(undefined, place.cwd);
  expect(shown).toBe(join("runs", "mine"));
  expect(await client.ask({ do: "status" }, new AbortController().signal)).toEqual(CONTROL_DONE);
  client.close();
  // Its file names the socket, and nobody else reads it.
  expect(modeOpenToOthers(join(place.cwd, "runs", "mine", CONTROL_FILE))).toBeUndefined();
  await control.close();
  await control.close();
  await expect(findRun(undefined, place.cwd)).rejects.toMatchObject({
    code: "UNREACHABLE",
    message: `no run is going on under runs/; ${join("runs", "killed")} was killed`,
  });
  await expect(findRun("runs/mine", place.cwd)).rejects.toMatchObject({
    code: "UNREACHABLE",
    message: "nobody steers the run in runs/mine: it is over",
  });
});

test("of several runs one must be named, and all are listed", async () => {
  await using place = await folder();
  await place.begin("first");
  await place.begin("second");
  await expect(findRun(undefined, place.cwd)).rejects.toMatchObject({
    code: "USAGE",
    message: "2 runs are going on",
    problems: [{ place: join("runs", "first") }, { place: join("runs", "second") }],
  });
  const { client } = await findRun("runs/second", place.cwd);
  client.close();
});

test("a run that was killed, a folder that is none and a file of something else are told apart", async () => {
  await using place = await folder();
  await expect(findRun(undefined, place.cwd)).rejects.toMatchObject({
    code: "UNREACHABLE",
    message: "no run is going on under runs/",
  });
  await place.killed("killed");
  await expect(findRun("runs/killed", place.cwd)).rejects.toMatchObject({
    code: "UNREACHABLE",
    message: "the run in runs/killed was killed: nobody listens there",
    hint: "what it recorded by then: dps-fleet report runs/killed",
  });
  await expect(findRun("nowhere", place.cwd)).rejects.toMatchObject({
    code: "FILE_INVALID",
    problems: [{ place: "--run" }],
  });
  await writeFile(join(await place.dirOf("odd"), CONTROL_FILE), '{"protocol":2}');
  await expect(findRun("runs/odd", place.cwd)).rejects.toMatchObject({ code: "FILE_INVALID" });
});

test("a run that nobody is to steer says nothing; one whose folder is gone goes on, and warns", async () => {
  await using place = await folder();
  const warnings: string[] = [];
  const options = {
    runId: "r",
    pid: 1,
    ask: () => Promise.resolve(CONTROL_DONE),
    warn: (text: string) => void warnings.push(text),
  };
  const silent = await openControl({
    ...options,
    isWanted: false,
    dir: await place.dirOf("quiet"),
  });
  await silent.close();
  await expect(findRun("runs/quiet", place.cwd)).rejects.toMatchObject({ code: "UNREACHABLE" });
  expect(warnings).toEqual([]);
  const broken = await openControl({ ...options, isWanted: true, dir: join(place.cwd, "gone") });
  await broken.close();
  expect(warnings).toEqual([expect.stringMatching(/^ctl cannot steer this run: .*ENOENT/)]);
});
