import { join } from "node:path";

import { expect, test } from "vitest";

import { confirmAzure } from "../../../src/run/confirm-azure.ts";
import { prepareRun } from "../../../src/run/prepare.ts";
import { temporaryDir, writeTestFile } from "../../support/pki.ts";

/** One cave with a message each second, connected after 3 s; it reads and updates its twin once. */
const SCENARIO = `name: one
provisioning: { group: caves }
fleet:
  - { model: cheese-cave, count: 1, registrationId: cave, telemetry: { interval: 1s } }
`;

/** Asks about a run as `flags` have it, and tells what was shown and asked. */
async function ask({
  target = "azure",
  duration,
  yes = false,
  answer,
}: {
  readonly target?: string;
  readonly duration?: string;
  readonly yes?: boolean;
  /** undefined = there is no terminal. */
  readonly answer?: boolean;
}) {
  using dir = temporaryDir();
  writeTestFile(join(dir.path, "one.yaml"), SCENARIO);
  const options = {
    scenarioFile: "one.yaml",
    overrides: { target, duration },
    seed: 1,
    certsDir: "certs",
    saveMessages: false,
    connectTo: [],
    workers: "auto" as const,
    strict: false,
    yes,
    logLevel: "silent" as const,
  };
  const prepared = await prepareRun(options, { cwd: dir.path, cores: 1, env: {} });
  const shown: string[] = [];
  const asked: string[] = [];
  const console = {
    phase: (text: string): void => void shown.push(text),
    progress: () => {},
    status: () => {},
    warning: () => {},
  };
  const confirm =
    answer === undefined
      ? undefined
      : (question: string): Promise<boolean> => {
          asked.push(question);
          return Promise.resolve(answer);
        };
  const outcome: unknown = await confirmAzure(prepared, options, { console, confirm }).then(
    () => "goes on",
    (reason: unknown) => reason,
  );
  return { shown, asked, outcome };
}

const LINE = /^1 device, 86,397 messages a day, metered as 86,399 of 4 KiB/;

test("an emulator is asked for nothing, and nothing is shown", async () => {
  expect(await ask({ target: "emulator", answer: false })).toEqual({
    shown: [],
    asked: [],
    outcome: "goes on",
  });
});

test("up to 8,000 metered messages a run shows its size and goes on", async () => {
  // Connected at 3 s: 7,998 messages and two twin operations.
  const { shown, asked, outcome } = await ask({ duration: "8001s", answer: false });
  expect(shown).toEqual([expect.stringMatching(LINE)]);
  expect({ asked, outcome }).toEqual({ asked: [], outcome: "goes on" });
});

test("above, it asks, and goes on with a yes alone; --yes is one", async () => {
  const yes = await ask({ duration: "8002s", answer: true });
  expect(yes.asked).toEqual([expect.stringContaining("Register 1 device through")]);
  expect(yes.outcome).toBe("goes on");
  const no = await ask({ duration: "8002s", answer: false });
  expect(no.outcome).toMatchObject({ code: "INTERRUPTED" });
  const given = await ask({ duration: "8002s", yes: true });
  expect({ asked: given.asked, outcome: given.outcome }).toEqual({ asked: [], outcome: "goes on" });
  expect(given.shown).toHaveLength(1);
});

test("a run without an end counts by its first day, and without a terminal wants --yes", async () => {
  const { outcome } = await ask({});
  expect(outcome).toMatchObject({ code: "USAGE", problems: [{ place: "--yes" }] });
});
