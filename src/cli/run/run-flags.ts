import type { Options } from "yargs";
import { z } from "zod";

import { FleetError } from "../../base/errors.ts";
import { parseStartTime } from "../../base/start-time.ts";
import type { RunOptions } from "../../run/run-options.ts";
import { otlpUrlProblem } from "../../telemetry-export/otlp-url.ts";
import { parseScrapeAddress } from "../../telemetry-export/scrape-address.ts";
import {
  CONNECT_TO_HELP,
  connectTo,
  LOG_LEVEL_HELP,
  logLevel,
  once,
  onOff,
} from "../flag-fields.ts";
import {
  SCENARIO_OPTIONS,
  scenarioFields,
  scenarioOptionsOf,
  valueOption,
  valuesOption,
} from "./scenario-flags.ts";

const flag = (describe: string): Options => ({ type: "boolean", describe });

/** The options of `run`, as help lists them. Numbers are texts here: the schema below judges them. */
export const RUN_OPTIONS: Readonly<Record<string, Options>> = {
  ...SCENARIO_OPTIONS,
  "connect-to": valuesOption(CONNECT_TO_HELP),
  ca: valueOption("file with the CAs to trust"),
  "start-at": valueOption(
    "when time 0 is, such as 2026-11-22T20:00:00Z or 20:00; at most 24 h ahead",
    "once all is set up",
  ),
  certs: valueOption("folder of the certificates", "certs"),
  "ca-passphrase-file": valueOption(
    "file with the passphrase of the CA's key",
    "DPS_FLEET_CA_PASSPHRASE; on a terminal it is asked for",
  ),
  out: valueOption("folder for the results", "a new one in runs/"),
  resume: valueOption("folder of a run that was cut short: goes on with it; see docs/resume.md"),
  "save-messages": flag("write every telemetry message to messages.ndjson"),
  prometheus: valueOption(
    "PORT or HOST:PORT for Prometheus to scrape; 0 takes a free port, on 127.0.0.1",
  ),
  otlp: valueOption(
    "URL of a collector that metrics are pushed to, by OTLP over HTTP",
    "OTEL_EXPORTER_OTLP_ENDPOINT",
  ),
  json: flag("print summary.json on stdout, and nothing else there"),
  strict: flag(
    "fail, too, when a threshold cannot be measured, or when this machine and not the service was the limit",
  ),
  yes: flag("ask nothing before a run against Azure, however many messages it sends"),
  "no-control": flag("open no socket for ctl: nobody steers this run"),
  "no-web": flag("no web page (there is none yet)"),
  "log-level": valueOption(LOG_LEVEL_HELP, "warn"),
};

const text = once.optional();

/** `PORT` or `HOST:PORT`, an IPv6 address in brackets. */
const scrapeAddress = once.transform((written, context) => {
  const address = parseScrapeAddress(written);
  if (address !== undefined) return address;
  context.addIssue(`expected a port from 0 to 65535, or HOST:PORT, got "${written}"`);
  return z.NEVER;
});

const collectorUrl = once.superRefine((written, context) => {
  const problem = otlpUrlProblem(written);
  if (problem !== undefined) context.addIssue(problem);
});

const runFlags = (now: Date) =>
  z.object({
    ...scenarioFields,
    "start-at": startAt(now).optional(),
    out: text,
    "save-messages": onOff.default(false),
    certs: once.default("certs"),
    "ca-passphrase-file": text,
    ca: text,
    "connect-to": connectTo,
    prometheus: scrapeAddress.optional(),
    otlp: collectorUrl.optional(),
    strict: onOff.default(false),
    yes: onOff.default(false),
    json: onOff.default(false),
    "no-control": onOff.default(false),
    "no-web": onOff.default(false),
    "log-level": logLevel,
  });

const startAt = (now: Date) =>
  once.transform((written, context): number => {
    const moment = parseStartTime(written, now);
    if ("ms" in moment) return moment.ms;
    context.addIssue(moment.problem);
    return z.NEVER;
  });

/** What the command line asks for, checked. */
export interface RunFlags {
  readonly options: RunOptions;
  readonly json: boolean;
  /** File with the passphrase of the CA's key. */
  readonly caPassphraseFile: string | undefined;
  /** No scenario was named: this is the demo. */
  readonly demo: boolean;
}

/**
 * Checks what yargs read.
 *
 * @param defaultScenario the scenario of a run that names none
 * @param now what this machine's clock says
 * @throws {FleetError} `USAGE` with all problems at once, each at its flag
 */
export function parseRunFlags(given: unknown, defaultScenario: string, now: Date): RunFlags {
  const parsed = runFlags(now).safeParse(given);
  if (!parsed.success) {
    throw new FleetError("USAGE", "the command line is wrong", {
      problems: parsed.error.issues.map(({ path, message }) => ({
        place: `--${String(path[0])}`,
        message,
      })),
      hint: "see run --help",
    });
  }
  const flags = parsed.data;
  return {
    json: flags.json,
    caPassphraseFile: flags["ca-passphrase-file"],
    demo: flags.scenario === undefined,
    options: {
      ...scenarioOptionsOf(flags, defaultScenario),
      startAtMs: flags["start-at"],
      certsDir: flags.certs,
      outDir: flags.out,
      saveMessages: flags["save-messages"],
      connectTo: flags["connect-to"],
      caFile: flags.ca,
      exports: { prometheus: flags.prometheus, otlp: flags.otlp },
      control: !flags["no-control"],
      strict: flags.strict,
      yes: flags.yes,
      logLevel: flags["log-level"],
    },
  };
}
