import type { CommandGroup } from "../command-group.ts";
import { commandGroup } from "../command-group.ts";
import type { Host } from "../host.ts";
import { actRequest, faultRequest, twinRequest } from "./ctl-actions.ts";
import {
  actOptions,
  ctlOptions,
  faultOptions,
  parseCtlFlags,
  parseRateFlags,
  parseScaleFlags,
  rateOptions,
  scaleOptions,
  twinOptions,
} from "./ctl-flags.ts";
import { askRun } from "./ctl-run.ts";
import { actionLines, arrivalText, rateLines, scaleLine, statusLines } from "./ctl-text.ts";

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
          askRun(
            { request: { do: "status" }, told: ({ status }) => statusLines(status) },
            parseCtlFlags("status", given),
            host,
          ),
      },
      {
        command: "pause",
        describe: "start no further devices; those that have been started go on",
        examples: ["pause"],
        options: ctlOptions,
        run: (given) =>
          askRun(
            {
              request: { do: "pause" },
              told: ({ changed, status }) => [
                `arrival ${changed ? "paused" : "was paused already"}: ${arrivalText(status)}`,
              ],
            },
            parseCtlFlags("pause", given),
            host,
          ),
      },
      {
        command: "resume",
        describe: "start devices again, as much later as the pause was long",
        examples: ["resume"],
        options: ctlOptions,
        run: (given) =>
          askRun(
            {
              request: { do: "resume" },
              told: ({ changed, status }) => [
                `arrival ${changed ? "goes on" : "was not paused"}: ${arrivalText(status)}`,
              ],
            },
            parseCtlFlags("resume", given),
            host,
          ),
      },
      {
        command: "scale <count>",
        describe: "let so many devices be on, the first of the plan",
        examples: ["scale 10", "scale 30 --rate 5/s"],
        options: scaleOptions,
        run: (given) => {
          const { count, rate, noWait, ...flags } = parseScaleFlags(given);
          return askRun(
            {
              request: { do: "scale", devices: count, ...(rate !== undefined && { rate }) },
              told: ({ changed, status }) => [scaleLine(changed, status)],
              leftOf: noWait ? undefined : ({ status }) => status.scale?.left ?? 0,
            },
            flags,
            host,
          );
        },
      },
      {
        command: "rate",
        describe: "how fast devices start, and how often they send",
        examples: ["rate --arrival 20/s", "rate --telemetry 2s --devices '20% of cave-*'"],
        options: rateOptions,
        run: (given) => {
          const { arrival, telemetry, devices, ...flags } = parseRateFlags(given);
          const asked = {
            ...(arrival !== undefined && { arrival }),
            ...(telemetry !== undefined && { telemetry }),
            ...(devices !== undefined && { devices }),
          };
          return askRun(
            { request: { do: "rate", ...asked }, told: (done) => rateLines(asked, done) },
            flags,
            host,
          );
        },
      },
      {
        command: "twin",
        describe: "change the desired properties of devices, as a timeline does",
        examples: [`twin --devices 'cave-*' --desired '{"temperature": 50.123}'`],
        options: twinOptions,
        run: async (given) => {
          const { action, flags } = await twinRequest(given, host.cwd);
          await askRun({ request: { do: "act", action }, told: actionLines }, flags, host);
        },
      },
      {
        command: "fault [kind]",
        describe: "put a fault on devices, services or networks, as a timeline does, or end one",
        examples: [
          "fault disconnect --devices 20%",
          "fault hubGone --name outage",
          "fault --end outage",
          `fault dropout --devices cave-1 --for 30s --parameters '{"messages": "50%"}'`,
        ],
        options: faultOptions,
        run: async (given) => {
          const { action, flags } = await faultRequest(given, host.cwd);
          await askRun({ request: { do: "act", action }, told: actionLines }, flags, host);
        },
      },
      {
        command: "act <action>",
        describe: "do what an entry of a scenario's timeline does, now",
        examples: [`act '{"mark": "deployed"}'`],
        options: actOptions,
        run: async (given) => {
          const { action, flags } = await actRequest(given, host.cwd);
          await askRun({ request: { do: "act", action }, told: actionLines }, flags, host);
        },
      },
      {
        command: "stop",
        describe: "end the run in good order, with its verdict",
        examples: ["stop"],
        options: ctlOptions,
        run: (given) =>
          askRun(
            {
              request: { do: "stop" },
              told: ({ changed, status }) => [
                changed
                  ? "the run stops its devices and judges itself"
                  : "the run was ending already",
                `results  ${status.dir}`,
              ],
            },
            parseCtlFlags("stop", given),
            host,
          ),
      },
    ],
  });
}
