import type { DestinationStream, Logger } from "pino";
import { pino } from "pino";

export type { Logger };

export const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof LOG_LEVELS)[number];

/** Names whose values must never reach a log, wherever they stand. */
const SECRET_NAMES = [
  "key",
  "keyPem",
  "privateKey",
  "privateKeyPem",
  "pem",
  "pfx",
  "password",
  "passphrase",
  "connectionString",
  "dpsConnectionString",
  "hubConnectionStrings",
  "adminToken",
  "sharedAccessKey",
  "sharedAccessSignature",
  "sas",
  "authorization",
];
/** As deep as the names are looked for in what is no text, such as a buffer. */
const DEPTH = ["", "*.", "*.*."];
const CENSOR = "[Redacted]";

const namedText = new RegExp(`"(${SECRET_NAMES.join("|")})":"(?:[^"\\\\]|\\\\.)*"`, "gi");
/** Secrets inside other text, such as an error's message: keys and signatures of connection strings and SAS tokens, PEM, tokens, names and passwords in URLs. */
const SECRET_TEXTS: readonly (readonly [pattern: RegExp, left: string])[] = [
  [/((?:SharedAccessKey|sig)=)[^;&\s"\\]+/gi, `$1${CENSOR}`],
  // Up to its end, or, where that was cut off, to the end of the text.
  [
    /-----BEGIN [A-Z0-9 ]*PRIVATE KEY-----(?:(?!-----END)[^"])*(?:-----END [A-Z0-9 ]*PRIVATE KEY-----)?/g,
    CENSOR,
  ],
  [/((?:Bearer|Basic) )[\w.~+/=-]{8,}/gi, `$1${CENSOR}`],
  [/(:\/\/)[^/?#\s"\\]+@/g, `$1${CENSOR}@`],
];

/** A log line without secrets; what is no secret stays as it is. */
export function redactLine(line: string): string {
  const named = line.replaceAll(namedText, `"$1":"${CENSOR}"`);
  return SECRET_TEXTS.reduce((text, [pattern, left]) => text.replaceAll(pattern, left), named);
}

/**
 * A pino logger that redacts keys, SAS tokens, PEM and connection strings, as fields and inside texts.
 * Messages are constants, facts are fields; a child logger per component and device carries the ids.
 */
export function createLogger(options: {
  readonly level: LogLevel;
  readonly destination: DestinationStream;
  readonly fields?: Readonly<Record<string, string | number>>;
}): Logger {
  const { destination } = options;
  return pino(
    {
      level: options.level,
      base: options.fields ?? null,
      timestamp: pino.stdTimeFunctions.isoTime,
      redact: DEPTH.flatMap((depth) => SECRET_NAMES.map((name) => `${depth}${name}`)),
    },
    { write: (line) => destination.write(redactLine(line)) },
  );
}

/** A logger that writes nothing. */
export function silentLogger(): Logger {
  return pino({ level: "silent" });
}
