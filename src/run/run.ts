import { resolve } from "node:path";

import { EXIT_CODES, FleetError } from "../base/errors.ts";
import { evaluateThreshold, parseThreshold } from "../metrics/thresholds.ts";
import { createLogger } from "../base/log.ts";
import { logOutput } from "../output/log-output.ts";
import { closeAll } from "../output/close-all.ts";
import type { Output, RunEvent } from "../output/output.ts";
import type { Results } from "../output/results.ts";
import type { ThresholdResult } from "../output/summary.ts";
import { buildSummary } from "./build-summary.ts";
import { confirmAzure } from "./confirm-azure.ts";
import { EMULATOR_FLAGS } from "../scenario/emulator-overrides.ts";
import type { FleetIdentities } from "./identities.ts";
import { ensureIdentities, tellWarnings } from "./identities.ts";
import type { LedgerResult } from "./ledger.ts";
import { LiveRun } from "./live-run.ts";
import type { PreparedRun } from "./prepare.ts";
import { prepareRun } from "./prepare.ts";
import type { RunFiles } from "./run-files.ts";
import { checkOutDir, checkOutDirWritable, fileStamp, openRunFiles } from "./run-files.ts";
import type { RunContext, RunOptions } from "./run-options.ts";
import { withMadeKey } from "./made-group-key.ts";
import { givenTarget } from "./services.ts";
import type { Target } from "./target.ts";
import { tellGitHub } from "./tell-github.ts";
import { takeVaultSecrets } from "./vault-secrets.ts";
import { decide } from "./verdict.ts";

/** How a run ended. */
export interface RunOutcome extends Results {
  /** The folder with the result files. */
  readonly dir: string;
}

/** Settings of an emulator that this run does not start would mislead; told once. */
function tellUnused(
  { scenario, own }: PreparedRun,
  { overrides }: Pick<RunOptions, "overrides">,
  context: Pick<RunContext, "console">,
): void {
  const given: Readonly<Record<string, unknown>> = { ...overrides.emulator };
  const flags: Readonly<Record<string, string>> = EMULATOR_FLAGS;
  const unused = Object.keys(scenario.emulator).map((key) =>
    given[key] === undefined ? key : (flags[key] ?? key),
  );
  if (own !== undefined || unused.length === 0) return;
  const why = scenario.target === "azure" ? "the target is azure" : "--emulator names another one";
  context.console.warning(`emulator settings are not used (${unused.join(", ")}): ${why}`);
}

function judgeThresholds(
  live: LiveRun,
  prepared: PreparedRun,
  ledger: LedgerResult | null,
): readonly ThresholdResult[] {
  const { lost, restarted } = live.workers;
  const extra = {
    telemetry_missing: ledger?.missing ?? null,
    telemetry_duplicated: ledger?.duplicated ?? null,
    telemetry_out_of_order: ledger?.outOfOrder ?? null,
    workers_lost: lost,
    workers_restarted: restarted,
  };
  return prepared.plan.thresholds.flatMap((expression): ThresholdResult[] => {
    const parsed = parseThreshold(expression);
    // The scenario's schema has parsed each of them before.
    if (!("threshold" in parsed)) return [];
    return [evaluateThreshold(parsed.threshold, { aggregate: live.view.aggregate, extra })];
  });
}

const skipsDps = ({ scenario }: PreparedRun): boolean =>
  scenario.provisioning.connectionStrings !== undefined;

/** The most common reason, where not one device got through the first door. */
function nothingProvisioned(live: LiveRun, prepared: PreparedRun): FleetError {
  const [text, check] = skipsDps(prepared)
    ? ["not one device was let in by its hub", "check the connection strings"]
    : [
        "not one device was assigned to a hub",
        "check the ID scope, the enrollment group and what devices show it: CA or key",
      ];
  const counts = new Map<string, number>();
  let refused: string | undefined;
  for (const { registrationId, errorClass, error } of live.view.aggregate.rows()) {
    if (errorClass === null) continue;
    if (errorClass === "unauthorized") refused ??= registrationId;
    const reason = `${errorClass}: ${error ?? "no further word"}`;
    counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  const problems = [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .slice(0, 5)
    .map(([message, count]) => ({ place: count === 1 ? "1 device" : `${count} devices`, message }));
  return new FleetError("NOTHING_PROVISIONED", text, {
    problems,
    hint:
      problems.length === 0
        ? "the run ended before the first answer: give it a longer --duration"
        : refused === undefined
          ? check
          : `what was refused, and why: dps-fleet doctor explain ${refused}`,
  });
}

/** Sets up, runs, judges. Whatever happens after the files are open ends with all of them written. */
async function runWithFiles(
  given: {
    readonly prepared: PreparedRun;
    /** Or why there are none. */
    readonly identities: FleetIdentities | FleetError;
    readonly target: Target | undefined;
    readonly files: RunFiles;
    readonly startedAt: Date;
  },
  options: RunOptions,
  context: RunContext,
): Promise<RunOutcome> {
  const { prepared, identities, target, files, startedAt } = given;
  const { plan } = prepared;
  const emit = (event: RunEvent): void => {
    for (const output of outputs) output.emit(event);
  };
  const onChildOutput =
    context.log ?? ((text: string): void => files.log().write(text.replace(/\n$/, "")));
  const runId = `${fileStamp(startedAt)}-${plan.scenario}`;
  const log = createLogger({
    level: options.logLevel,
    destination: { write: onChildOutput },
    fields: { runId, component: "run" },
  });
  const outputs: readonly Output[] = [files.events, ...context.outputs, logOutput(log)];
  const live = new LiveRun({
    prepared,
    target,
    options,
    context,
    files,
    runId,
    log,
    emit,
    onChildOutput,
  });
  emit({
    type: "plan",
    t: 0,
    runId,
    scenario: plan.scenario,
    seed: plan.seed,
    target: plan.target,
    startedAt: startedAt.toISOString(),
    devices: plan.devices.length,
    arrivalEndMs: plan.arrivalEndMs,
    durationMs: plan.durationMs ?? null,
    timeScale: plan.timeScale,
    workers: prepared.workers,
    thresholds: plan.thresholds,
  });
  try {
    let failure: FleetError | undefined;
    try {
      if (identities instanceof FleetError) throw identities;
      await live.execute(identities);
    } catch (error) {
      if (!(error instanceof FleetError)) throw error;
      failure = error;
    }
    const ledger = await live.settle();
    // A stop in the final drain counts too; where nothing but a stop ends a run, it is no interruption.
    const stopped = context.stop.aborted && plan.durationMs !== undefined;
    const interrupted = stopped || failure?.code === "INTERRUPTED";
    const thresholds = judgeThresholds(live, prepared, ledger);
    const totals = live.view.aggregate.totals();
    const { verdict, exitCode } = decide({
      interrupted,
      stoppedArriving: context.stop.aborted && !interrupted && live.view.isArriving,
      failureCode: interrupted || failure === undefined ? undefined : EXIT_CODES[failure.code],
      planned: totals.planned,
      admitted: skipsDps(prepared) ? totals.connected : totals.assigned,
      lostForGood: live.workers.gone,
      thresholds,
    });
    if (exitCode === EXIT_CODES.NOTHING_PROVISIONED) failure ??= nothingProvisioned(live, prepared);
    const { lost, restarted } = live.workers;
    const summary = buildSummary({
      run: {
        id: runId,
        scenario: plan.scenario,
        seed: plan.seed,
        target: plan.target,
        startedAt: startedAt.toISOString(),
        durationS: Math.round(live.t) / 1_000,
        version: context.version,
      },
      verdict,
      aggregate: live.view.aggregate,
      actions: live.actions,
      ledger,
      thresholds,
      workers: { planned: prepared.workers, lost, restarted },
    });
    emit({ type: "summary", t: Math.round(live.t), summary });
    failure = interrupted ? undefined : failure;
    const results = { summary, rows: live.view.aggregate.rows(), exitCode, failure };
    await files.writeResults(results);
    await tellGitHub(results, context);
    return { ...results, dir: files.dir };
  } finally {
    await live.shutdown();
    await closeAll([...outputs, files]);
  }
}

/** @returns the fleet's identities, or the user's stop while they were made: that ends with result files like any other */
async function identitiesOrStop(
  prepared: PreparedRun,
  options: RunOptions,
  context: RunContext,
): Promise<FleetIdentities | FleetError> {
  try {
    return await ensureIdentities(prepared, options, context);
  } catch (error) {
    if (error instanceof FleetError && error.code === "INTERRUPTED") return error;
    throw error;
  }
}

/**
 * Runs a scenario to its end and judges it.
 *
 * @throws {FleetError} for what is wrong before anything was sent; later failures are part of the outcome
 */
export async function run(options: RunOptions, given: RunContext): Promise<RunOutcome> {
  const startedAt = given.now();
  const written = await prepareRun(options, given);
  const { prepared, context } = await takeVaultSecrets(
    written,
    options,
    withMadeKey(written.plan, given),
  );
  tellWarnings(context.console, prepared.warnings);
  checkOutDirWritable(resolve(context.cwd, options.outDir ?? "runs"));
  if (options.outDir !== undefined) await checkOutDir(resolve(context.cwd, options.outDir));
  const target = await givenTarget(prepared, options, context);
  tellUnused(prepared, options, context);
  await confirmAzure(prepared, options, context);
  const identities = await identitiesOrStop(prepared, options, context);
  const files = await openRunFiles({
    outDir: options.outDir,
    cwd: context.cwd,
    scenario: prepared.plan.scenario,
    startedAt,
    saveMessages: options.saveMessages,
  });
  return runWithFiles({ prepared, identities, target, files, startedAt }, options, context);
}
