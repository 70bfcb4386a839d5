import type { OracleSettings } from "../../plan/plan.ts";
import type { FleetView } from "../fleet-view.ts";
import type { RunServices } from "../run-services.ts";
import type { OracleOptions } from "./oracle.ts";
import { Oracle } from "./oracle.ts";

/** Starts what the scenario asks for; undefined = it asks for no oracle. */
export function startOracle(
  settings: OracleSettings | undefined,
  services: Pick<RunServices, "hubs"> | undefined,
  of: Pick<OracleOptions, "clock" | "emit" | "log"> & {
    /** Registration ids of the fleet. */
    readonly ids: readonly string[];
    readonly view: Pick<FleetView, "count">;
  },
): Oracle | undefined {
  if (settings === undefined || services === undefined) return undefined;
  const { ids: devices, view, ...rest } = of;
  const onDivergence = (id: string, t: number): void => view.count("twin_divergences", id, t);
  const oracle = new Oracle({ settings, devices, hubs: services.hubs, onDivergence, ...rest });
  oracle.start();
  return oracle;
}
