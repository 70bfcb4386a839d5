import type { Forecast } from "./forecast.ts";

/** A number for people: `518,400`, `0.3`. */
export const grouped = (count: number): string =>
  count.toLocaleString("en-US", { maximumFractionDigits: count < 10 ? 2 : 1 });

/** The size of a run in one line: `30 devices, 2 of them to be refused, 518,400 messages a day, metered as 518,461 of 4 KiB; 720 in this run`. */
export function forecastLine({
  devices: { total, toBeRefused },
  messages: { day, run },
  tier,
}: Pick<Forecast, "messages" | "tier"> & {
  readonly devices: Pick<Forecast["devices"], "total" | "toBeRefused">;
}): string {
  const isFree = tier?.tier === "F1";
  const metered = isFree
    ? `${grouped(day.metered512B)} of 512 B`
    : `${grouped(day.metered4KiB)} of 4 KiB`;
  const devices = `${grouped(total)} ${total === 1 ? "device" : "devices"}`;
  const refused = toBeRefused === 0 ? "" : `, ${grouped(toBeRefused)} of them to be refused`;
  const inRun = run === null ? "" : `; ${grouped(run.messages)} in this run`;
  return `${devices}${refused}, ${grouped(day.messages)} messages a day, metered as ${metered}${inRun}`;
}
