import { accountLines } from "./account-text.ts";
import { failedDevices } from "./failed-devices.ts";
import { GENERATOR_LIMITED, generatorLines } from "./generator-text.ts";
import { partsText } from "./parts-text.ts";
import type { Results } from "./results.ts";
import type { RunTrouble } from "./run-trouble.ts";
import { runTrouble } from "./run-trouble.ts";
import type { TwinActionResult } from "./twin-summary.ts";
import type { Summary, ThresholdResult, UnexpectedDevices } from "./summary.ts";
import { paint, plural, summaryLines } from "./terminal-text.ts";
import { failedText, observedText } from "./threshold-text.ts";
import { missedLines, stragglerLines } from "./twin-action-text.ts";
import { decidingDevices, namesOf, unexpectedText } from "./unexpected-devices.ts";
import type { XmlElement } from "./xml.ts";
import { xmlDocument } from "./xml.ts";

/** What became of a test case: its one child; none where it passed. */
function outcomeOf(trouble: RunTrouble | undefined): readonly XmlElement[] {
  if (trouble === undefined) return [];
  const { message } = trouble;
  switch (trouble.type) {
    case "broken": {
      const { code: type, detail } = trouble;
      return [{ name: "error", attributes: { type, message }, content: detail }];
    }
    case "notJudged":
      return [{ name: "skipped", attributes: { message } }];
    default:
      return trouble satisfies never;
  }
}

/** What is amiss with a run, by the metric that counts it. */
interface Amiss {
  readonly metric: string;
  readonly text: string;
}

/** Metrics that devices which failed explain. */
const FAILURE_METRICS = [
  "devices_assigned",
  "devices_connected",
  "devices_up",
  "devices_failed",
  "devices_refused",
  "registration_failed",
];

/** Who did not follow a twin action, by the metrics that count it. */
const amissOf = (action: TwinActionResult): readonly Amiss[] => [
  ...stragglerLines(action).flatMap((text) => [
    { metric: "twin_converged", text },
    { metric: "twin_stragglers", text },
  ]),
  ...missedLines(action).map((text) => ({ metric: "twin_missed", text })),
];

const failure = (...lines: readonly [message: string, ...string[]]): readonly XmlElement[] => [
  {
    name: "failure",
    attributes: { type: "THRESHOLD_FAILED", message: lines[0] },
    content: `${lines.join("\n")}\n`,
  },
];

const skipped = (message: string): readonly XmlElement[] => [
  { name: "skipped", attributes: { message } },
];

/**
 * @param summary `strict`: what could not be measured fails
 * @param amiss what belongs to the failure of thresholds on a metric
 */
function judged(
  result: ThresholdResult,
  { strict }: Summary,
  amiss: readonly Amiss[],
): readonly XmlElement[] {
  if (result.passed === true) return [];
  if (result.passed === null) {
    const message = observedText(result);
    return strict === null ? skipped(message) : failure(`${result.expression} ${message}`);
  }
  const lines = amiss.filter(({ metric }) => result.expression.trim().startsWith(metric));
  return failure(failedText(result), ...lines.map(({ text }) => text));
}

/** Whether the generator was the limit: a failure with --strict, else told and not judged. */
function generatorCase({ run, generator, strict }: Summary): readonly XmlElement[] {
  if (generator === null) return [];
  let content: readonly XmlElement[] = [];
  if (generator.limited) {
    const [, ...reasons] = generatorLines({ generator });
    content = strict === null ? skipped(GENERATOR_LIMITED) : failure(GENERATOR_LIMITED, ...reasons);
  }
  const attributes = { classname: run.scenario, name: "the generator is not the limit" };
  return [{ name: "testcase", attributes, content }];
}

/** Of a run with --strict: whether the disk took all that it found. */
function filesCase({ run, strict }: Summary): readonly XmlElement[] {
  if (strict === null) return [];
  const lost = strict.find(({ kind }) => kind === "lostFiles");
  const attributes = { classname: run.scenario, name: "the result files are whole" };
  return [{ name: "testcase", attributes, content: lost === undefined ? [] : failure(lost.text) }];
}

function unexpectedFailure(devices: UnexpectedDevices): XmlElement {
  const message = unexpectedText(devices);
  const attributes = { type: "UNEXPECTED_OUTCOME", message };
  return { name: "failure", attributes, content: `${message}\n` };
}

/** One line a class: thousands of devices do not become thousands of test cases. */
function failedLines(results: Results): readonly string[] {
  return failedDevices(results.rows).map(
    ({ errorClass, count, registrationId, error }) =>
      `${plural(count, "device")} ${errorClass}, such as ${registrationId}: ${error}`,
  );
}

function propertiesOf({ summary, rows, exitCode }: Results): XmlElement {
  const { run, devices, verdict, generator } = summary;
  const parts = partsText(run);
  const values = {
    runId: run.id,
    target: run.target,
    seed: run.seed,
    version: run.version,
    ...(parts === undefined ? {} : { parts }),
    verdict,
    exitCode,
    devicesPlanned: devices.planned,
    devicesAssigned: devices.assigned,
    devicesConnected: devices.connected,
    devicesFailed: devices.failed,
    devicesToBeRefused: devices.toBeRefused,
    devicesRefused: devices.refused,
    devicesUnexpected: devices.unexpected,
    ...(generator === null ? {} : { generatorLimited: String(generator.limited) }),
    ...Object.fromEntries(
      failedDevices(rows).map(({ errorClass, count }) => [`failed.${errorClass}`, count]),
    ),
  };
  const content = Object.entries(values).map(([name, value]) => ({
    name: "property",
    attributes: { name, value },
  }));
  return { name: "properties", content };
}

/**
 * `junit.xml`: the run as a suite of tests. One is that the run came to its end, each threshold is one more: a failed one
 * is a failure, one that could not be measured is skipped. Where a scenario expects refusals, devices that went another way
 * fail too, those of one kind as one. Names of members: the schema `junit-10.xsd` of Jenkins' xUnit
 * plugin, which other readers share.
 */
export function junitXml(results: Results): string {
  const { summary } = results;
  const { scenario, durationS, startedAt } = summary.run;
  const time = durationS.toFixed(3);
  const ends = outcomeOf(runTrouble(results));
  const failed = failedLines(results);
  const amiss: readonly Amiss[] = [
    ...summary.twin.actions.flatMap(amissOf),
    ...accountLines(summary),
    ...FAILURE_METRICS.flatMap((metric) => failed.map((text) => ({ metric, text }))),
  ];
  const cases: readonly XmlElement[] = [
    {
      name: "testcase",
      attributes: { classname: scenario, name: "the run comes to its end", time },
      content: ends,
    },
    ...decidingDevices(summary).map((devices) => ({
      name: "testcase",
      attributes: { classname: scenario, name: namesOf(devices) },
      content: [unexpectedFailure(devices)],
    })),
    ...generatorCase(summary),
    ...filesCase(summary),
    ...summary.thresholds.map((result) => ({
      name: "testcase",
      attributes: { classname: scenario, name: result.expression },
      content: judged(result, summary, amiss),
    })),
  ];
  const count = (name: string): number =>
    cases.filter(({ content }) => typeof content === "object" && content[0]?.name === name).length;
  const totals = { tests: cases.length, failures: count("failure"), errors: count("error") };
  const out = [...summaryLines(summary, paint(false)), "", ...failed].join("\n");
  const suite: XmlElement = {
    name: "testsuite",
    attributes: {
      name: scenario,
      ...totals,
      skipped: count("skipped"),
      time,
      timestamp: startedAt,
    },
    content: [propertiesOf(results), ...cases, { name: "system-out", content: `${out.trim()}\n` }],
  };
  return xmlDocument({
    name: "testsuites",
    attributes: { name: "dps-fleet", ...totals, time },
    content: [suite],
  });
}
