import { z } from "zod";

import { DPS_RATE_MAX } from "../base/azure-limits.ts";
import { LOG_LEVELS } from "../base/log.ts";
import { parsePerMinute } from "../base/units.ts";
import { parseConnectTo } from "../run/connect-to.ts";
import { enumField, hubNameField } from "../scenario/fields.ts";

/** A flag that was given once; twice, yargs makes a list of it. */
export const once = z.string({ error: "expected one value, got several" });

/** A registration id. Source: Microsoft Learn, "Device Provisioning Service concepts", registration ID. */
export const registrationId = once.regex(/^[A-Za-z0-9._:-]{0,127}[A-Za-z0-9-]$/, {
  error: ({ input }) =>
    `expected a registration id of up to 128 letters, digits and - . _ :, not ending in . _ :, got "${String(input)}"`,
});

/** The name of a file with a connection string, never the string itself. */
export const connectionStringFile = once.refine((text) => !text.includes("SharedAccessKey="), {
  // The text itself must not be shown.
  error: "expected the name of a file, got a connection string: arguments are visible to others",
});

/** The flag of an option's key: `consumerGroup` is `--consumer-group`. */
export const flagOf = (key: string): string =>
  `--${key.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;

const ON = ["1", "true", "yes", "on"];
const OFF = ["0", "false", "no", "off"];

/** What the environment gives a switch, or `undefined` where it is no word for either. */
export function switchOf(text: string): boolean | undefined {
  const word = text.toLowerCase();
  if (ON.includes(word)) return true;
  return OFF.includes(word) ? false : undefined;
}

/** A switch; a text is what the environment gave and {@link switchOf} did not know. */
export const onOff = z.boolean({
  error: ({ input }) =>
    typeof input === "string"
      ? `expected one of ${[...ON, ...OFF].join(", ")}, got "${input}"`
      : "expected one value, got several",
});

/** A whole number from `least` to `most`, written as one flag. */
export const whole = (least: number, most: number) =>
  once
    .refine((text) => isWhole(text, least, most), {
      error: ({ input }) => `expected a whole number, ${least} to ${most}, got "${String(input)}"`,
    })
    .transform(Number);

/** A number from `least` to `most`, written as one flag. */
export const numberFrom = (least: number, most: number) =>
  once
    .refine((text) => text.trim() !== "" && Number(text) >= least && Number(text) <= most, {
      error: ({ input }) => `expected a number, ${least} to ${most}, got "${String(input)}"`,
    })
    .transform(Number);

function isWhole(text: string, least: number, most: number): boolean {
  const number = Number(text);
  return text.trim() !== "" && Number.isSafeInteger(number) && number >= least && number <= most;
}

const connectToRule = z.string().transform((written, context) => {
  const rule = parseConnectTo(written);
  if (!("place" in rule)) return rule;
  context.addIssue({ code: "custom", message: `${rule.message}; ${rule.hint ?? ""}` });
  return z.NEVER;
});

/** `--connect-to`, any number of times. */
export const connectTo = z.array(connectToRule).default([]);

/** What help says of it. */
export const CONNECT_TO_HELP = "HOST[:PORT]=ADDR:PORT: dial there, keep the name; repeatable";

/** A hub that an emulator can be; scenarios say the same. */
export const hubName = hubNameField;

/** `HOST=MS`, given for every hub of an emulator. */
const latency = z.string().transform((text, context): readonly [host: string, ms: number] => {
  const [host = "", ms = ""] = text.split("=", 2);
  if (hubName.safeParse(host).success && isWhole(ms, 0, 60_000)) return [host, Number(ms)];
  context.addIssue(`expected HUB=MILLISECONDS with 0 to 60000, got "${text}"`);
  return z.NEVER;
});

/** Latencies by host name. */
export const latencies = z
  .array(latency)
  .transform((given): Readonly<Record<string, number>> => Object.fromEntries(given));

/** A rate of registrations as the limit of DPS, per minute: a whole number, as DPS counts them. */
export const dpsLimit = once.transform((text, context): number => {
  const count = parsePerMinute(text) ?? 0;
  if (count >= 1 && count <= DPS_RATE_MAX) return count;
  context.addIssue(
    `expected a rate from 1/m to ${DPS_RATE_MAX}/m such as 1000/m, whole in a minute, got "${text}"`,
  );
  return z.NEVER;
});

export const logLevel = enumField(LOG_LEVELS).default("warn");

/** What help says of `--log-level`. */
export const LOG_LEVEL_HELP = `what is logged: ${LOG_LEVELS.join(", ")}`;

/** `--log-level` of a command whose log has no file. */
export const LOG_LEVEL_OPTION = {
  type: "string",
  default: "warn",
  requiresArg: true,
  describe: `${LOG_LEVEL_HELP}; to stderr`,
} as const;
