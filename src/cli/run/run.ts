import type { CommandModule } from "yargs";

import { FleetError } from "../../base/errors.ts";
import { passphrasesFrom } from "../ca-passphrase.ts";
import { confirmer } from "../confirm.ts";
import { ENVIRONMENT_HELP } from "../environment.ts";
import type { PastRun } from "../../run/resume/past-run.ts";
import type { Host, HostOutput } from "../host.ts";
import { formatFleetError } from "../../base/fleet-error-text.ts";
import { defaultScenario } from "./default-scenario.ts";
import { resultsText } from "./results-text.ts";
import { askedFlags, resumeDir, resumedFlags } from "./resume-flags.ts";
import type { RunFlags } from "./run-flags.ts";
import { parseRunFlags, RUN_OPTIONS } from "./run-flags.ts";

/** Length of the demo where no terminal is there to stop it. */
const DEMO_WITHOUT_TERMINAL_MS = 30_000;
/** After the second Ctrl-C an orderly end has this long. */
const FORCE_MS = 3_000;

/** The first signal asks for an orderly end, the second for an end. */
function stopSignals(
  host: Host,
  tell: (text: string) => void,
): {
  stop: AbortSignal;
  force: AbortSignal;
  done: () => void;
} {
  const stop = new AbortController();
  const force = new AbortController();
  const done = host.onSignal((signal) => {
    if (!stop.signal.aborted) {
      tell("stopping; once more to force");
      stop.abort(new FleetError("INTERRUPTED", `stopped by ${signal}`));
      return;
    }
    force.abort();
    setTimeout(() => host.exitNow(130), FORCE_MS).unref();
  });
  return { stop: stop.signal, force: force.signal, done };
}

/** What a command line asks for; a run that is to be resumed was asked for before. */
async function askedRun(
  given: Readonly<Record<string, unknown>>,
  host: Host,
): Promise<RunFlags & { readonly past: PastRun | undefined }> {
  const dir = resumeDir(given, host);
  if (dir === undefined) {
    const flags = parseRunFlags(given, defaultScenario(host), host.now());
    return { ...flags, options: { ...flags.options, asked: askedFlags(given) }, past: undefined };
  }
  const { readPastRun } = await import("../../run/resume/past-run.ts");
  const past = await readPastRun(dir, host);
  const again = resumedFlags(past.asked.flags, given);
  const flags = parseRunFlags(again, defaultScenario(host), host.now());
  const { workers, durationMs } = past.plan;
  return { ...flags, options: { ...flags.options, workers, demoDurationMs: durationMs }, past };
}

async function execute(given: Readonly<Record<string, unknown>>, host: Host): Promise<number> {
  const {
    options,
    json,
    demo,
    caPassphraseFile: passphraseFile,
    past,
  } = await askedRun(given, host);
  const { passphraseOf } = await passphrasesFrom({ passphraseFile }, host);
  const [{ run }, { TerminalLines }, { LiveScreen }] = await Promise.all([
    import("../../run/run.ts"),
    import("../../output/terminal.ts"),
    import("../../output/live-screen.ts"),
  ]);
  const screen: HostOutput = json ? host.stderr : host.stdout;
  const onTerminal = screen.isTTY === true && host.env["TERM"] !== "dumb";
  const looks = { colour: onTerminal && !host.env["NO_COLOR"], nowMs: () => performance.now() };
  const live = onTerminal ? new LiveScreen(screen, looks) : undefined;
  const terminal = live ?? new TerminalLines(screen, looks);
  // A crash would leave the terminal on the other screen, without a cursor.
  const forget = host.onExit?.(() => live?.restore());
  const unwatch =
    live === undefined
      ? undefined
      : host.onTerminal?.({ redraw: () => live.redraw(), leave: () => live.leave() });
  const { stop, force, done } = stopSignals(host, (text) => {
    if (live === undefined) host.stderr.write(`\n${text}\n`);
    else live.phase(text);
  });
  // The demo: with a terminal until Ctrl-C, without one for a while; --duration settles it either way.
  const demoDurationMs = screen.isTTY === true ? null : DEMO_WITHOUT_TERMINAL_MS;
  const isDemo = demo && options.overrides.duration === undefined;
  try {
    const outcome = await run(
      isDemo ? { demoDurationMs, ...options } : options,
      {
        env: host.env,
        cwd: past?.asked.cwd ?? host.cwd,
        now: () => host.now(),
        wallMs: () => performance.timeOrigin + performance.now(),
        random: Math.random,
        cores: host.cores,
        resources: () => host.resources(),
        pid: host.pid,
        execPath: host.execPath,
        mainFile: host.mainFile,
        workerFile: host.workerFile,
        version: host.version,
        console: terminal,
        outputs: [terminal],
        log: host.stderr.isTTY === true ? undefined : (text) => void host.stderr.write(text),
        stop,
        force,
        confirm: confirmer(host, stop),
        passphraseOf,
      },
      past,
    );
    screen.write(resultsText(host, outcome.dir, outcome.lost));
    if (json) host.stdout.write(`${JSON.stringify(outcome.summary)}\n`);
    if (outcome.failure !== undefined) host.stderr.write(formatFleetError(outcome.failure));
    return outcome.exitCode;
  } finally {
    await terminal.close();
    unwatch?.();
    forget?.();
    done();
  }
}

const EPILOGUE = `Examples:
  $0 run                   thirty cheese caves, until Ctrl-C
  $0 run scenarios/thirty-caves.yaml --devices 300 --rate 100/s
  $0 run fleet.yaml --duration 1m --threshold 'telemetry_ms p(99) < 1s'
  $0 run --devices 90 --emulator-tier F1 --emulator-dps-limit 60/m
  $0 run fleet.yaml --strict                fails if this machine was slow
  $0 run fleet.yaml --transport mqtt-ws     where port 8883 is closed
  $0 run fleet.yaml --target azure --shard 2/4 --start-at 20:00
  $0 run fleet.yaml --prometheus 9464       http://127.0.0.1:9464/metrics
  $0 run --resume runs/2026-11-22T20-00-00Z-fleet
                                            goes on with a run that was killed
  $0 ctl pause                              steers it from another terminal

${ENVIRONMENT_HELP}

Against Azure, PROVISIONING_IDSCOPE names the DPS instance. With
DPS_CONNECTION_STRING the run creates the enrollment group, with
IOTHUB_CONNECTION_STRING its timeline changes twins. PROVISIONING_HOST replaces
the global endpoint.

OTEL_EXPORTER_OTLP_ENDPOINT names a collector as --otlp does, and
OTEL_EXPORTER_OTLP_HEADERS has its keys.

HTTPS_PROXY and NO_PROXY count for all that goes to port 443 of services.

On a terminal the log goes to run.log beside the results, elsewhere to stderr.
NO_COLOR switches colours off.`;

/** `dps-fleet run [scenario]`. */
export function runCommand(host: Host): CommandModule {
  return {
    command: "run [scenario]",
    describe: "run a scenario to its end and give a verdict",
    builder: (yargs) =>
      yargs
        .positional("scenario", {
          type: "string",
          describe:
            "scenario file; without one the shipped thirty-caves.yaml runs until Ctrl-C, without a terminal for 30 s",
        })
        .options(RUN_OPTIONS)
        .epilogue(EPILOGUE),
    handler: async (given) => {
      host.setExitCode(await execute(given, host));
    },
  };
}
