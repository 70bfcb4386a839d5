import { expect, test } from "vitest";
import { CA_ACTIONS } from "../../../src/cli/ca/ca-actions.ts";
import { ENROLL_ACTIONS } from "../../../src/cli/enroll/enroll-actions.ts";
import { runHere } from "../../support/cli.ts";

/** What `certs` can do; each file of an action has its word here. */
const CERTS_ACTIONS = ["root", "intermediate", "leaf", "verify", "pfx", "renew", "show", "import"];

const COMMANDS = [
  "run",
  "plan",
  "ctl",
  ...["status", "pause", "resume", "scale", "rate", "twin", "fault", "act", "stop"].map(
    (action) => `ctl ${action}`,
  ),
  "report",
  "report compare",
  "report merge",
  "emulator",
  "events",
  "ca",
  ...CA_ACTIONS.map((action) => `ca ${action}`),
  "certs",
  ...CERTS_ACTIONS.map((action) => `certs ${action}`),
  "enroll",
  ...ENROLL_ACTIONS.map((action) => `enroll ${action}`),
  "doctor",
  "doctor explain",
  "registrations",
  "registrations list",
  "registrations delete",
  "deprovision",
  "cleanup",
  "twin",
  ...["get", "set", "verify"].map((action) => `twin ${action}`),
  "method",
  "method invoke",
  "devices",
  ...["list", "disable", "enable", "delete"].map((action) => `devices ${action}`),
  "new-device",
];

/** What help of a command shows below "Examples". */
async function examplesOf(command: string): Promise<string> {
  const argv = command.split(" ").filter((word) => word !== "");
  const { exitCode, stdout } = await runHere("/", [...argv, "--help"]);
  expect(exitCode).toBe(0);
  const [, examples = ""] = stdout.split("\nExamples:\n");
  return examples;
}

test("help without a command shows an example", async () => {
  expect(await examplesOf("")).toMatch(/^ {2}dps-fleet \w/);
});

test.for(COMMANDS)("help of %s shows an example of it", async (command) => {
  expect(await examplesOf(command)).toMatch(new RegExp(`^  dps-fleet ${command}\\b`));
});
