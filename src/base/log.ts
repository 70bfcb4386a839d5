import type { DestinationStream, Logger } from "pino";
import { pino } from "pino";

export type { Logger };

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Names whose values must never reach a log, at the top and one level down. */
const SECRET_NAMES = [
  "key",
  "pem",
  "pfx",
  "password",
  "passphrase",
  "connectionString",
  "dpsConnectionString",
  "hubConnectionStrings",
  "adminToken",
  "sharedAccessKey",
  "sas",
  "authorization",
];

/**
 * A pino logger that redacts keys, SAS tokens, PEM and connection strings.
 * Messages are constants, facts are fields; a child logger per component and device carries the ids.
 */
export function createLogger(options: {
  readonly level: LogLevel;
  readonly destination: DestinationStream;
  readonly fields?: Readonly<Record<string, string | number>>;
}): Logger {
  const logger = pino(
    {
      level: options.level,
      base: options.fields ?? null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: SECRET_NAMES.flatMap((name) => [name, `*.${name}`]),
    },
    options.destination,
  );
  return logger;
}

/** A logger that writes nothing. */
export function silentLogger(): Logger {
  return pino({ level: "silent" });
}
