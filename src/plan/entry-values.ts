import type { Problem } from "../base/errors.ts";
import type { Json, JsonObject } from "../base/json.ts";
import { createRandom } from "../base/random.ts";
import { parseDuration } from "../base/units.ts";
import type { Distribution } from "../scenario/distribution.ts";
import type { FleetEntry, Scenario } from "../scenario/scenario.ts";
import type { DeviceSpec } from "./plan.ts";
import type { ValueOwner, ValueReading } from "./value-of.ts";
import { valueOf } from "./value-of.ts";
import type { ValueTable } from "./value-table.ts";
import type { VariedSetting } from "./varied-settings.ts";
import { variedSettings } from "./varied-settings.ts";

/** What values of devices are made of, beside the scenario. */
export interface ValueSources {
  readonly seed: number;
  /** The model's own settings by entry; of an entry without them, settings are what is written. */
  readonly defaults?: readonly (JsonObject | undefined)[] | undefined;
  /** Tables by the names that `valueFiles` gives. */
  readonly tables?: ReadonlyMap<string, ValueTable> | undefined;
}

/** The values of one entry's devices that may differ from device to device. */
export class EntryValues {
  readonly #settings: JsonObject;
  readonly #telemetry: DeviceSpec["telemetry"];
  readonly #interval: Distribution<number> | undefined;
  readonly #varied: readonly VariedSetting[];
  readonly #place: string;
  readonly #seed: number;
  readonly #tables: ReadonlyMap<string, ValueTable>;
  /** By place, each once. */
  readonly #problems = new Map<string, Set<string>>();

  constructor(entry: FleetEntry, index: number, { seed, defaults, tables }: ValueSources) {
    this.#settings = entry.settings;
    const { intervalMs: interval, jitter } = entry.telemetry;
    const isFixed = typeof interval === "number";
    this.#telemetry = { intervalMs: isFixed ? interval : SHORTEST_MS, jitter };
    this.#interval = isFixed ? undefined : interval;
    this.#place = `fleet[${index}]`;
    this.#seed = seed;
    this.#tables = tables ?? new Map();
    const own = defaults?.[index];
    const { varied, problems } =
      own === undefined
        ? { varied: [], problems: [] }
        : variedSettings(entry.settings, own, `${this.#place}.settings`);
    this.#varied = varied;
    for (const { place, message } of problems) this.#tell(place, message);
  }

  /** What is wrong with the distributions, and of the devices that were asked for, by place. */
  get problems(): readonly (readonly Problem[])[] {
    return [...this.#problems].map(([place, messages]) =>
      [...messages].map((message) => ({ place, message })),
    );
  }

  /** Settings without a distribution are the entry's, for all devices the same object; a value that cannot be had is left out. */
  settings(owner: ValueOwner): JsonObject {
    if (this.#varied.length === 0) return this.#settings;
    const own: Record<string, Json> = { ...this.#settings };
    for (const { name, distribution, isText } of this.#varied) {
      const value = this.#value(distribution, owner, `settings/${name}`, {
        place: `settings.${name}`,
        reading: isText ? TEXT : SETTING,
      });
      if (value === undefined) delete own[name];
      else own[name] = value;
    }
    return own;
  }

  /** An interval without a distribution is shared in the same way. */
  telemetry(owner: ValueOwner): DeviceSpec["telemetry"] {
    if (this.#interval === undefined) return this.#telemetry;
    const intervalMs = this.#value(this.#interval, owner, "telemetry/interval", {
      place: "telemetry.interval",
      reading: INTERVAL,
    });
    return intervalMs === undefined ? this.#telemetry : { ...this.#telemetry, intervalMs };
  }

  #value<Value>(
    distribution: Distribution<Value>,
    owner: ValueOwner,
    stream: string,
    { place, reading }: { readonly place: string; readonly reading: ValueReading<Value> },
  ): Value | undefined {
    const dealt = valueOf(distribution, owner, {
      random: () => createRandom(this.#seed, owner.registrationId, stream),
      tables: this.#tables,
      reading,
    });
    if ("value" in dealt) return dealt.value;
    this.#tell(dealt.file ?? `${this.#place}.${place}`, dealt.problem);
    return undefined;
  }

  #tell(place: string, message: string): void {
    const told = this.#problems.get(place) ?? new Set();
    this.#problems.set(place, told.add(message));
  }
}

/** The tables that the distributions of a scenario name, each once, as written. */
export function valueFiles(
  { fleet }: Pick<Scenario, "fleet">,
  defaults: readonly (JsonObject | undefined)[],
): readonly string[] {
  const distributions = fleet.flatMap(({ settings, telemetry }, index) => {
    const own = defaults[index];
    const varied = own === undefined ? [] : variedSettings(settings, own, "").varied;
    const { intervalMs } = telemetry;
    return [
      ...varied.map(({ distribution }) => distribution),
      ...(typeof intervalMs === "number" ? [] : [intervalMs]),
    ];
  });
  const files = distributions.flatMap((one) => (one.kind === "column" ? [one.file] : []));
  return [...new Set(files)];
}

const SHORTEST_MS = 1;
const NUMBER = /^[+-]?(\d+(\.\d*)?|\.\d+)(e[+-]?\d+)?$/i;

const SETTING: ValueReading<Json> = {
  number: (drawn) => drawn,
  cell: (text) => {
    if (NUMBER.test(text)) return Number(text);
    return text === "true" || text === "false" ? text === "true" : text;
  },
  cellIs: "a value",
};

const TEXT: ValueReading<Json> = { ...SETTING, cell: (text) => text };

const INTERVAL: ValueReading<number> = {
  // Whole, as a person would write them.
  number: (drawn) => Math.max(SHORTEST_MS, Math.round(drawn)),
  cell: (text) => {
    const ms = parseDuration(text);
    return ms !== undefined && ms > 0 ? ms : undefined;
  },
  cellIs: "a duration above 0 such as 5s",
};
