import { formatPerS } from "../../output/arrival-text.ts";
import { parseRate } from "../../base/units.ts";
import type { CommandGroup } from "../command-group.ts";
import { commandGroup } from "../command-group.ts";
import type { Host } from "../host.ts";
import { ctlOptions, parseCtlFlags, parseRateFlags, rateOptions } from "./ctl-flags.ts";
import { askRun } from "./ctl-run.ts";
import { arrivalText, statusLines } from "./ctl-text.ts";

/** `dps-fleet ctl …`: steers a running fleet. */
export function ctlCommand(host: Host): CommandGroup {
  return commandGroup({
    name: "ctl",
    describe: "steer a running fleet",
    examples: ["status", "pause", "rate --arrival 20/s --run runs/mine"],
    actions: [
      {
        command: "status",
        describe: "how far the run is",
        examples: ["status", "status --run runs/mine --json"],
        options: ctlOptions,
        run: (given) =>
          askRun({ do: "status" }, parseCtlFlags("status", given), host, ({ status }) =>
            statusLines(status),
          ),
      },
      {
        command: "pause",
        describe: "start no further devices; those that have been started go on",
        examples: ["pause"],
        options: ctlOptions,
        run: (given) =>
          askRun({ do: "pause" }, parseCtlFlags("pause", given), host, ({ changed, status }) => [
            `arrival ${changed ? "paused" : "was paused already"}: ${arrivalText(status)}`,
          ]),
      },
      {
        command: "resume",
        describe: "start devices again, as much later as the pause was long",
        examples: ["resume"],
        options: ctlOptions,
        run: (given) =>
          askRun({ do: "resume" }, parseCtlFlags("resume", given), host, ({ changed, status }) => [
            `arrival ${changed ? "goes on" : "was not paused"}: ${arrivalText(status)}`,
          ]),
      },
      {
        command: "rate",
        describe: "how fast devices start",
        examples: ["rate --arrival 20/s"],
        options: rateOptions,
        run: (given) => {
          const { arrival, ...flags } = parseRateFlags(given);
          return askRun({ do: "rate", arrival }, flags, host, ({ changed, status }) => [
            `devices ${changed ? "start" : "started already"} at ${formatPerS(parseRate(arrival) ?? 0)}: ${arrivalText(status)}`,
          ]);
        },
      },
      {
        command: "stop",
        describe: "end the run in good order, with its verdict",
        examples: ["stop"],
        options: ctlOptions,
        run: (given) =>
          askRun({ do: "stop" }, parseCtlFlags("stop", given), host, ({ changed, status }) => [
            changed ? "the run stops its devices and judges itself" : "the run was ending already",
            `results  ${status.dir}`,
          ]),
      },
    ],
  });
}
