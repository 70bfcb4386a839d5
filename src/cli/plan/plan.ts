import type { CommandModule } from "yargs";

import { ENVIRONMENT_HELP } from "../environment.ts";
import type { Host } from "../host.ts";
import { defaultScenario } from "../run/default-scenario.ts";
import { parsePlanFlags, planOptions } from "./plan-flags.ts";

const EPILOGUE = `Examples:
  $0 plan scenarios/thirty-caves.yaml --tier S1
  $0 plan fleet.yaml --target azure --devices 10000 --rate 100/s --tier S1 --units 2
  $0 plan fleet.yaml --dps-limit 200/m --json

Nothing is sent and nothing written. It ends 2 where run would refuse the scenario,
else 0: what would be throttled is told, not judged.

${ENVIRONMENT_HELP}`;

async function execute(given: unknown, host: Host): Promise<void> {
  const { options, json, tier, dpsLimitPerMinute } = parsePlanFlags(given, defaultScenario(host));
  const [{ prepareRun }, { forecastRun }] = await Promise.all([
    import("../../run/prepare.ts"),
    import("../../run/forecast/forecast-run.ts"),
  ]);
  const prepared = await prepareRun(options, host);
  const { emulatorFile } = options;
  const hubs =
    emulatorFile === undefined
      ? undefined
      : (
          await (
            await import("../../service/emulator-file.ts")
          ).readEmulatorFile(emulatorFile, host.cwd)
        ).hubs;
  const found = await forecastRun(prepared, { tier, dpsLimitPerMinute, hubs });
  if (json) {
    host.stdout.write(`${JSON.stringify(found)}\n`);
    return;
  }
  const { planText } = await import("./plan-text.ts");
  host.stdout.write(planText(found));
}

/** `dps-fleet plan [scenario]`. */
export function planCommand(host: Host): CommandModule {
  return {
    command: "plan [scenario]",
    describe: "what a run would do, without sending anything: times, limits, quotas, this machine",
    builder: (yargs) => planOptions(yargs).epilogue(EPILOGUE),
    handler: async (given) => {
      await execute(given, host);
    },
  };
}
