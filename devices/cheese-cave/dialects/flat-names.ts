import type { DesiredContext, JsonObject } from "../../../src/model/model.ts";
import type { Saved } from "../../shared/saved.ts";
import type { DialectContext } from "../dialect.ts";
import { ModuleTwin } from "./module-twin.ts";

/** What a desired name of the samples is in a cave whose interface does not have it. */
interface FlatName {
  /** Names that it is reported as. */
  readonly reportedAs: readonly string[];
  /** Name of the interface that it gives way to. */
  readonly givesWayTo?: string;
}

const FLAT_NAMES: Readonly<Record<string, FlatName>> = {
  temperature: { reportedAs: ["temperature"], givesWayTo: "desiredTemperature" },
  humidity: { reportedAs: ["humidity"], givesWayTo: "desiredHumidity" },
  fanstate: { reportedAs: ["fanstate", "fanState"] },
  fanState: { reportedAs: ["fanstate", "fanState"] },
  telemetryDelay: { reportedAs: ["telemetryDelay"] },
  patchId: { reportedAs: ["lastPatchReceivedId"] },
};

/** The samples' flat desired names, obeyed and reported once a twin has used them and not mentioned before. */
export class FlatNames {
  readonly #twin: ModuleTwin;
  /** Names that a twin has used. */
  readonly #used = new Set<string>();

  constructor(context: DialectContext) {
    this.#twin = new ModuleTwin(context);
  }

  get intervalS(): number | undefined {
    return this.#twin.intervalS;
  }

  /** Obeys what a desired section or patch has of them; whether it has any. */
  apply(patch: JsonObject, context: DesiredContext): boolean {
    const names = Object.keys(patch).filter((name) => Object.hasOwn(FLAT_NAMES, name));
    for (const name of names) this.#used.add(name);
    const obeyed = names.filter((name) => !givesWay(name, patch));
    const flat = Object.fromEntries(obeyed.map((name) => [name, patch[name] ?? null]));
    // What a section lacks is the affair of the names that the interface has.
    this.#twin.apply(flat, { ...context, initial: false });
    return names.length > 0;
  }

  /** What the names that a twin has used are now. */
  reported(): JsonObject {
    return this.#shown([...this.#used]);
  }

  /** The same of the fan alone. */
  reportedFan(): JsonObject {
    return this.#shown(["fanstate", "fanState"].filter((name) => this.#used.has(name)));
  }

  /** What those are that a twin has used, by the names of desired patches. */
  settled(): JsonObject {
    const settled = this.#twin.settled();
    return Object.fromEntries([...this.#used].map((name) => [name, settled[name] ?? null]));
  }

  snapshot(): JsonObject {
    return { ...this.#twin.snapshot(), used: [...this.#used] };
  }

  /** @throws {TypeError} on what is no such snapshot */
  restore(saved: Saved): void {
    this.#twin.restore(saved);
    this.#used.clear();
    for (const name of saved.list("used")) {
      if (typeof name === "string") this.#used.add(name);
    }
  }

  #shown(names: readonly string[]): JsonObject {
    const reported = this.#twin.reported();
    const shown = names.flatMap((name) => FLAT_NAMES[name]?.reportedAs ?? []);
    return Object.fromEntries(shown.map((name) => [name, reported[name] ?? null]));
  }
}

function givesWay(name: string, patch: JsonObject): boolean {
  const own = FLAT_NAMES[name]?.givesWayTo;
  return own !== undefined && (patch[own] ?? null) !== null;
}
