import type { DeviceFaultName, DeviceFaultParameter } from "../src/base/device-fault-kinds.ts";
import { DEVICE_FAULT_NAMES, deviceFaultKind } from "../src/base/device-fault-kinds.ts";
import type { FaultKind, FaultLayer, FaultParameter } from "../src/base/fault-kind.ts";
import type { FaultName } from "../src/base/fault-kinds.ts";
import { FAULT_NAMES, faultKind } from "../src/base/fault-kinds.ts";
import { OPERATIONS } from "../src/base/service-operations.ts";

const LAYERS: readonly (readonly [FaultLayer, string])[] = [
  ["service", "Faults of the services"],
  ["network", "Faults of the network"],
];

const WHERE: Readonly<Record<FaultKind["at"], string>> = {
  everywhere: "DPS and hubs",
  hubs: "hubs",
  dps: "DPS",
};

/** The text of `docs/faults.md`, from the catalogue of kinds. */
export function faultsPage(): string {
  const sections = LAYERS.map(([layer, title]) => {
    const kinds = FAULT_NAMES.filter((name) => faultKind(name).layer === layer);
    return [`## ${title}`, ...kinds.map(kindText)].join("\n\n");
  });
  return `${[INTRODUCTION, ...sections, deviceSection()].join("\n\n")}\n`;
}

function deviceSection(): string {
  return [DEVICES, ...DEVICE_FAULT_NAMES.map(deviceKindText)].join("\n\n");
}

function deviceKindText(name: DeviceFaultName): string {
  const { does, parameters, seen, counts } = deviceFaultKind(name);
  const rows = Object.entries(parameters).map(
    ([key, parameter]) =>
      `| \`${key}\` | ${parameter.does} | ${parameter.expected} | ${defaultText(parameter)} |`,
  );
  const table = ["| parameter | is | expected | default |", "| --- | --- | --- | --- |", ...rows];
  return [
    `### \`${name}\``,
    does,
    ...(rows.length === 0 ? [] : [table.join("\n")]),
    `- **Seen**: ${seen}\n- **Counted**: ${counts}`,
  ].join("\n\n");
}

const defaultText = ({ default: standard, otherwise }: DeviceFaultParameter): string =>
  standard === undefined ? (otherwise ?? "none") : `\`${standard}\``;

function kindText(name: FaultName): string {
  const kind = faultKind(name);
  const parameters = Object.entries(kind.parameters);
  const table =
    parameters.length === 0
      ? []
      : [
          "| parameter | is | range | default |\n| --- | --- | --- | --- |\n" +
            parameters.map(([key, parameter]) => parameterRow(key, parameter)).join("\n"),
        ];
  return [
    `### \`${name}\``,
    kind.does,
    ...table,
    [
      `- **At**: ${WHERE[kind.at]}${kind.by.map((by) => `, by ${by}`).join("")}.`,
      `- **Clients**: ${kind.seen}`,
      `- **A strike**: ${kind.counts}.`,
      `- **Afterwards**: ${kind.ends}`,
    ].join("\n"),
  ].join("\n\n");
}

function parameterRow(key: string, parameter: FaultParameter): string {
  const range =
    "values" in parameter
      ? parameter.values.map((value) => `\`${value}\``).join(", ")
      : `${parameter.least} to ${parameter.most} ${parameter.unit}`;
  return `| \`${key}\` | ${parameter.does} | ${range} | \`${parameter.default}\` |`;
}

function operationsOf(service: "hub" | "dps"): string {
  return Object.entries(OPERATIONS)
    .filter(([, operation]) => operation.service === service)
    .map(([name]) => `\`${name}\``)
    .join(", ");
}

const DEVICES = `## Faults of the devices

A scenario has these, and no emulator is needed: the devices themselves do it, in Azure too. In its [timeline](scenario.md#faults) a fault is put on some devices at a time; under \`faults\` of a fleet entry each of its devices has it by a schedule of its own:

\`\`\`yaml
fleet:
  - model: cheese-cave
    count: 20
    registrationId: cave-{n}
    faults:
      - { kind: duplicate, every: 10m, for: 20s } # at random, every 10 minutes in the mean
      - { kind: dropout, at: [1m, 5m], for: 10s, messages: 50% } # after the first message
timeline:
  - { at: 12s, fault: { kind: disconnect, devices: [cave-1, 10% of cave-1*], for: 5s } }
  - { at: 30s, fault: { kind: clockSkew, devices: 20%, by: -1h } } # to the end
\`\`\`

The kinds below are those that any device can have. Models have kinds of their own, of sensors, doors and wheels: [devices.md](devices.md) lists them.

A fault begins and ends before a message, by the time at which this is due; \`disconnect\` in the timeline comes by the clock. So what is shorter than an interval is on for one message. Who connects, or comes back, while a fault of the timeline is on has it from then on. Times under \`faults\` are the device's own: they count its intervals from its first message, so that the n-th body is the same in every run with the same seed; the random numbers of faults are streams of their own. Several may be on at once.`;

const INTRODUCTION = `# Faults on demand

<!-- Written by \`npm run schemas\` from the kinds in src/base. -->

[Faults of the devices](#faults-of-the-devices) are put into a scenario. All others are put on the emulator, [by a scenario](scenario.md#faults-of-services-and-networks) or by hand: what can be made to fail, for everybody, a service, named devices or a share of them, for a time or a number of times; [how to](emulator.md#break-it). Only \`kind\` is needed:

\`\`\`json
{
  "kind": "throttled",
  "parameters": { "retryAfterS": 5 },
  "scope": {
    "service": "cheesecave-hub.azure-devices.net",
    "devices": ["cave-*"],
    "share": 0.3,
    "operations": ["updateReported"]
  },
  "seed": 1,
  "delayMs": 2000,
  "durationMs": 30000,
  "times": 100
}
\`\`\`

| member | meaning |
| --- | --- |
| \`kind\`, \`parameters\` | as below |
| \`scope.service\` | \`dps\`, or a hub's host name; default: all that have the kind |
| \`scope.devices\` | ids, or patterns in which \`*\` stands for any characters; case makes no difference |
| \`scope.share\` | a share of the devices, 0 to 1: the same devices each time, and a larger share has all of a smaller one |
| \`scope.operations\` | at hubs: ${operationsOf("hub")}; at DPS: ${operationsOf("dps")} |
| \`seed\` | 0 to 4,294,967,295, default 1: another one chooses other devices of a share, and other random numbers |
| \`delayMs\` | from now to its begin, up to a week; default 0 |
| \`durationMs\` | from its begin to its end, up to a week |
| \`times\` | after so many strikes it ends; not for kinds that are on or off |

What is narrowed in several ways is what all of them agree on. What is about no single device, such as a query, is not struck where devices or a share are named. A fault ends by its time, its count, by being removed, and with the emulator, whichever comes first; without any of them it stays.

Several may be on at once. They act in the order in which they were put on: what holds an operation up adds up, until one refuses it; of several of the same other kind the oldest strikes. Faults of the network come before those of the services: a connection is cut before it is blocked, what is blocked or forgotten reaches no service, and latencies add up. A refusal is one of the service, in its usual shape; its message begins with \`Fault\` and the fault's number.`;
