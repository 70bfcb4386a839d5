import type { FaultKind, FaultLayer, FaultParameter } from "../src/base/fault-kind.ts";
import type { FaultName } from "../src/base/fault-kinds.ts";
import { FAULT_NAMES, faultKind } from "../src/base/fault-kinds.ts";
import { OPERATIONS } from "../src/emulator/operations/operation.ts";

const LAYERS: readonly (readonly [FaultLayer, string])[] = [
  ["service", "Faults of the services"],
  ["network", "Faults of the network"],
  ["device", "Faults of the devices"],
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
    return kinds.length === 0 ? "" : [`## ${title}`, ...kinds.map(kindText)].join("\n\n");
  });
  return `${[INTRODUCTION, ...sections.filter((text) => text !== "")].join("\n\n")}\n`;
}

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

const INTRODUCTION = `# Faults on demand

<!-- Written by \`npm run schemas\` from the kinds in src/base. -->

What can be made to fail, for everybody, a service, named devices or a share of them, for a time or a number of times; [how to](emulator.md#break-it). Only \`kind\` is needed:

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
