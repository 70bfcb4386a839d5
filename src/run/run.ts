import { resolve } from "node:path";

import { FleetError } from "../base/errors.ts";
import { createLogger } from "../base/log.ts";
import { logOutput } from "../output/log-output.ts";
import { closeAll } from "../output/close-all.ts";
import type { Output, RunEvent } from "../output/output.ts";
import type { Results } from "../output/results.ts";
import type { LedgerResult } from "../output/ledger.ts";
import { checkOutDir, checkOutDirWritable } from "../report/results-folder.ts";
import { judge } from "../results/judge.ts";
import type { RunFacts } from "../results/run-facts.ts";
import { shardText } from "../plan/plan-part.ts";
import { strictWithLost } from "../results/strict.ts";
import { thresholdView } from "../results/threshold-view.ts";
import { openTelemetryExport } from "../telemetry-export/open-telemetry-export.ts";
import type { TelemetryExport } from "../telemetry-export/telemetry-export.ts";
import { checkBalance } from "./balance.ts";
import { confirmAzure } from "./confirm-azure.ts";
import { ControlDesk } from "./control/control-desk.ts";
import { openControl } from "./control/open-control.ts";
import { steeredRun } from "./control/steered-run.ts";
import { Steering } from "./control/steering.ts";
import { EMULATOR_FLAGS } from "../scenario/emulator-overrides.ts";
import { factsOfRun } from "./facts-of-run.ts";
import type { FleetIdentities } from "./identities.ts";
import { ensureIdentities, tellWarnings } from "./identities.ts";
import { LiveRun } from "./live-run.ts";
import type { PreparedRun } from "./prepare.ts";
import { openJournal } from "./resume/open-journal.ts";
import type { PastRun } from "./resume/past-run.ts";
import { removeResumable } from "./resume/remove-resumable.ts";
import { wasCutShort } from "./resume/resumable.ts";
import { checkSamePlan } from "./resume/same-plan.ts";
import { prepareRun } from "./prepare.ts";
import { RunAccounts } from "./run-accounts.ts";
import type { RunFiles } from "./run-files.ts";
import { openRunFiles } from "./run-files.ts";
import type { RunIdentity } from "./run-identity.ts";
import { identityOf, recordedIdentity, runName } from "./run-identity.ts";
import type { RunContext, RunOptions } from "./run-options.ts";
import { keepMadeKey, withMadeKey } from "./made-group-key.ts";
import { givenTarget } from "./services.ts";
import type { Target } from "./target.ts";
import { tellEnd, tellPlan } from "./tell-record.ts";
import { tellGitHub } from "./tell-github.ts";
import { takeVaultSecrets } from "./vault-secrets.ts";

/** How a run ended. */
export interface RunOutcome extends Results {
  /** The folder with the result files. */
  readonly dir: string;
  /** Names of result files that are not whole, because the disk did not take them. */
  readonly lost: readonly string[];
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

/** The emulator of a part knows nothing of the other parts. */
function tellOwnEmulator({ own, shard }: PreparedRun, context: Pick<RunContext, "console">): void {
  if (own === undefined || shard === undefined || shard.of === 1) return;
  context.console.warning(
    `part ${shardText(shard)} has an emulator of its own, which is good for a try: the parts of one test share one (--emulator FILE), or Azure`,
  );
}

/** What a run begins with. */
interface Begun {
  readonly prepared: PreparedRun;
  readonly run: RunIdentity;
  /** Or why there are none. */
  readonly identities: FleetIdentities | FleetError;
  readonly target: Target | undefined;
  readonly files: RunFiles;
  readonly exporting: TelemetryExport | undefined;
  /** What it goes on with; undefined = it begins. */
  readonly past: PastRun | undefined;
}

/** Runs until the end is decided. @returns what broke it off, if anything did */
async function untilEnd(
  live: LiveRun,
  identities: FleetIdentities | FleetError,
): Promise<FleetError | undefined> {
  try {
    if (identities instanceof FleetError) throw identities;
    await live.execute(identities);
    return undefined;
  } catch (error) {
    if (error instanceof FleetError) return error;
    throw error;
  }
}

/** Sets up, runs, judges. Whatever happens after the files are open ends with all of them written. */
async function runWithFiles(
  { prepared, run: identity, identities, target, files, exporting, past }: Begun,
  options: RunOptions,
  context: RunContext,
): Promise<RunOutcome> {
  const accounts = past?.accounts ?? new RunAccounts();
  const onChildOutput =
    context.log ?? ((text: string): void => files.log().write(text.replace(/\n$/, "")));
  const { id: runId } = identity;
  const log = createLogger({
    level: options.logLevel,
    destination: { write: onChildOutput },
    fields: { runId, component: "run" },
  });
  const steering = new Steering(context.stop);
  const listeners: readonly Output[] = [...context.outputs, logOutput(log)];
  const outputs = [files.events, ...listeners];
  const emit = (event: RunEvent): void => {
    accounts.observe(event);
    for (const output of outputs) output.emit(event);
  };
  const journal = await openJournal({ dir: files.dir, past, options, context });
  const live = new LiveRun({
    prepared,
    target,
    options,
    context: { ...context, stop: steering.stop },
    files,
    runId,
    journal,
    past,
    log,
    emit,
    onChildOutput,
  });
  const { strict, overrides } = options;
  if (past === undefined) tellPlan({ run: identity, prepared, overrides, strict }, emit);
  // Those who only watch begin now.
  else for (const event of past.head) for (const output of listeners) output.emit(event);
  let ledger: LedgerResult | null = null;
  exporting?.begin({ ...identity, startedMs: Date.parse(identity.startedAt) }, () =>
    thresholdView({
      aggregate: live.view.aggregate,
      generator: live.view.generator,
      ledger,
      workers: live.workers,
    }),
  );
  const desk = new ControlDesk(
    steeredRun({ run: identity, plan: prepared.plan, dir: files.dir, live, steering }),
    emit,
  );
  const control = await openControl({
    isWanted: options.control ?? true,
    dir: files.dir,
    runId,
    pid: context.pid,
    ask: (request) => desk.ask(request, "ctl"),
    warn: (text) => context.console.warning(text),
  });
  let results: Results;
  let ended: RunFacts;
  try {
    const failure = await untilEnd(live, identities);
    ledger = await live.settle();
    ended = factsOfRun({
      run: identity,
      resumed: past !== undefined,
      prepared,
      live,
      failure,
      stopped: context.stop.aborted,
      finished: steering.isFinished,
      arrival: accounts.arrival.result(),
      timeline: accounts.timeline.results(),
      control: accounts.control.results(),
      twins: accounts.twins.result(),
      ledger,
      lostFiles: files.lost,
      strict,
    });
    await exporting?.finish();
    results = judge(ended);
    tellEnd(ended, results.summary, emit);
    const { aggregate } = ended;
    await files.writeResults({ results, aggregate, course: accounts.course.course() });
    await tellGitHub(results, context);
    checkBalance(live.view.aggregate);
  } finally {
    await control.close();
    await live.shutdown();
    await closeAll([...listeners, accounts.course, files]);
    journal.close();
  }
  if (!live.hasBegun || !wasCutShort({ ...ended.end, workers: ended.workers })) {
    await removeResumable(files.dir, journal);
  }
  const { dir, lost } = files;
  return { ...(strict ? strictWithLost(results, lost) : results), dir, lost };
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
 * @param past what a run left that was cut short, to go on with it: `options` are those that it was asked for
 * @throws {FleetError} for what is wrong before anything was sent; later failures are part of the outcome
 */
export async function run(
  options: RunOptions,
  given: RunContext,
  past?: PastRun,
): Promise<RunOutcome> {
  const startedAt = given.now();
  const written = await prepareRun(options, given);
  if (past !== undefined) checkSamePlan(written, past);
  const { prepared, context } = await takeVaultSecrets(
    written,
    options,
    await withMadeKey(written.plan, given, past?.dir),
  );
  tellWarnings(context.console, prepared.warnings);
  checkOutDirWritable(past?.dir ?? resolve(context.cwd, options.outDir ?? "runs"));
  if (options.outDir !== undefined && past === undefined)
    await checkOutDir(resolve(context.cwd, options.outDir));
  await using exporting = await openTelemetryExport(options.exports ?? {}, {
    env: context.env,
    cwd: context.cwd,
    console: context.console,
    nowMs: () => context.now().getTime(),
  });
  const target = await givenTarget(prepared, options, context);
  tellUnused(prepared, options, context);
  tellOwnEmulator(prepared, context);
  await confirmAzure(prepared, options, context);
  const identities = await identitiesOrStop(prepared, options, context);
  const files = await openRunFiles({
    outDir: options.outDir,
    resumeDir: past?.dir,
    cwd: context.cwd,
    name: runName(prepared),
    startedAt,
    saveMessages: options.saveMessages,
    warn: (text) => context.console.warning(text),
  });
  await keepMadeKey(files.dir, context);
  const identity =
    past === undefined
      ? identityOf(prepared, startedAt, context.version)
      : recordedIdentity(past.plan);
  return await runWithFiles(
    { prepared, run: identity, identities, target, files, exporting, past },
    options,
    context,
  );
}
