import { FleetError } from "../../base/errors.ts";
import type { AskedFlags } from "../../run/run-options.ts";
import type { Host } from "../host.ts";
import { RUN_OPTIONS } from "./run-flags.ts";

/** Options that say nothing of what is run: whoever resumes a run may give others. */
const BESIDE_RESUME: readonly string[] = [
  "resume",
  "ca-passphrase-file",
  "prometheus",
  "otlp",
  "json",
  "yes",
  "no-control",
  "no-web",
  "log-level",
];

/** Those that are over once a run has begun. */
const ONCE: readonly string[] = ["out", "start-at"];

type Given = Readonly<Record<string, unknown>>;

const isFlag = (value: unknown): value is AskedFlags[string] =>
  typeof value === "string" ||
  typeof value === "boolean" ||
  (Array.isArray(value) && value.every((one) => typeof one === "string"));

const pick = (given: Given, names: readonly string[]): AskedFlags =>
  Object.fromEntries(
    names.flatMap((name) => {
      const value = given[name];
      return isFlag(value) ? [[name, value] as const] : [];
    }),
  );

/** What of a command line says what is run, to be asked for again when the run is resumed. */
export function askedFlags(given: Given): AskedFlags {
  const others = [...BESIDE_RESUME, ...ONCE];
  const names = Object.keys(RUN_OPTIONS).filter((name) => !others.includes(name));
  return pick(given, ["scenario", ...names]);
}

/**
 * The folder of the run that a command line asks to resume; undefined = it asks for another run.
 *
 * @throws {FleetError} `USAGE` naming what else it says of the run: that stands in its record. What the environment says
 *   is passed over
 */
export function resumeDir(given: Given, { argv }: Pick<Host, "argv">): string | undefined {
  const { resume: dir } = given;
  if (dir === undefined) return undefined;
  const isTyped = (name: string): boolean =>
    argv.some((word) => word === `--${name}` || word.startsWith(`--${name}=`));
  const typed = Object.keys(RUN_OPTIONS).filter(
    (name) => !BESIDE_RESUME.includes(name) && isTyped(name),
  );
  const places = [
    ...(typeof given["scenario"] === "string" ? [given["scenario"]] : []),
    ...typed.map((name) => `--${name}`),
  ];
  const problems = places.map((place) => ({
    place,
    message:
      "expected nothing beside --resume that says what is run: the run has that in its record",
  }));
  if (typeof dir !== "string" || dir === "") {
    problems.push({ place: "--resume", message: "expected the folder of one run" });
  }
  if (problems.length > 0 || typeof dir !== "string") {
    throw new FleetError("USAGE", "the command line is wrong", {
      problems,
      hint: "see run --help",
    });
  }
  return dir;
}

/** A command line that asks for a run as it was asked for, with what may be said anew. */
export const resumedFlags = (asked: AskedFlags, given: Given): AskedFlags => ({
  ...asked,
  ...pick(given, BESIDE_RESUME),
});
