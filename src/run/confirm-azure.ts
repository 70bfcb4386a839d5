import { FleetError } from "../base/errors.ts";
import { hubLimits } from "../base/hub-tiers.ts";
import type { Forecast } from "./forecast/forecast.ts";
import { forecastLine } from "./forecast/forecast-line.ts";
import { forecastRun } from "./forecast/forecast-run.ts";
import type { PreparedRun } from "./prepare.ts";
import type { RunContext, RunOptions } from "./run-options.ts";

/** Metered messages beyond which a run against Azure wants the user's word: more than a free hub takes in a day. */
export const ASK_BEYOND_MESSAGES = hubLimits("F1", 1).messagesPerDay;

/**
 * Shows how large a run against Azure will be, and goes on only with the user's word where that is much: `--yes`, or a yes
 * on the terminal. A run without an end counts by its first day.
 *
 * @throws {FleetError} `USAGE` where there is no terminal to ask on; `INTERRUPTED` after a no or a stop;
 *   `SCENARIO_INVALID` where a model throws in its first steps
 */
export async function confirmAzure(
  prepared: PreparedRun,
  options: Pick<RunOptions, "yes">,
  context: Pick<RunContext, "console" | "confirm">,
): Promise<void> {
  if (prepared.plan.target !== "azure") return;
  const forecast = await forecastRun(prepared);
  const own = ownForecast(forecast);
  context.console.phase(forecastLine(own));
  const { run, day } = own.messages;
  if (options.yes || (run ?? day).metered4KiB <= ASK_BEYOND_MESSAGES) return;
  const question = questionOf(prepared, own);
  if (context.confirm === undefined) {
    throw new FleetError("USAGE", "there is no terminal to ask on, and nothing was done", {
      problems: [{ place: "--yes", message: `expected it as the answer to: ${question}` }],
      hint: "look at what plan tells of it, then give --yes",
    });
  }
  if (await context.confirm(question)) return;
  throw new FleetError("INTERRUPTED", "nothing was done", { hint: "--yes asks no question" });
}

type OwnForecast = Parameters<typeof forecastLine>[0];

/** Of a plan that several runs share, the part that this one does. */
const ownForecast = (forecast: Forecast): OwnForecast => {
  const { part, tier } = forecast;
  return part === null
    ? forecast
    : {
        devices: { total: part.devices, toBeRefused: part.toBeRefused },
        messages: part.messages,
        tier,
      };
};

function questionOf({ scenario }: PreparedRun, { devices: { total } }: OwnForecast): string {
  const { group, connectionStrings } = scenario.provisioning;
  const through = group === undefined ? "" : ` through the enrollment group ${group}`;
  const what = `${total} ${total === 1 ? "device" : "devices"}`;
  return connectionStrings === undefined
    ? `Register ${what}${through} in Azure? This may cost money.`
    : `Connect ${what} to hubs in Azure? This may cost money.`;
}
