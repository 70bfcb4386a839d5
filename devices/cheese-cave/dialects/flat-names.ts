import type { DesiredContext, JsonObject } from "../../../src/model/model.ts";
import type { Saved } from "../../shared/saved.ts";
import type { DialectContext } from "../dialect.ts";
import { ModuleTwin } from "./module-twin.ts";

/** Desired names of the samples that no Plug and Play interface of the cave has, and what each is reported as. */
const REPORTED_AS: Readonly<Record<string, readonly string[]>> = {
  temperature: ["temperature"],
  humidity: ["humidity"],
  fanstate: ["fanstate", "fanState"],
  fanState: ["fanstate", "fanState"],
  telemetryDelay: ["telemetryDelay"],
  patchId: ["lastPatchReceivedId"],
};

/** The samples' flat desired names, obeyed and reported where a patch has them and not mentioned where it has not. */
export class FlatNames {
  readonly #twin: ModuleTwin;

  constructor(context: DialectContext) {
    this.#twin = new ModuleTwin(context);
  }

  get intervalS(): number | undefined {
    return this.#twin.intervalS;
  }

  apply(patch: JsonObject, context: DesiredContext): JsonObject {
    const names = Object.keys(patch).filter((name) => Object.hasOwn(REPORTED_AS, name));
    if (names.length === 0) return {};
    const flat = Object.fromEntries(names.map((name) => [name, patch[name] ?? null]));
    // What a section lacks is the affair of the names that the interface has.
    this.#twin.apply(flat, { ...context, initial: false });
    const reported = this.#twin.reported();
    const shown = names.flatMap((name) => REPORTED_AS[name] ?? []);
    return Object.fromEntries(shown.map((name) => [name, reported[name] ?? null]));
  }

  snapshot(): JsonObject {
    return this.#twin.snapshot();
  }

  /** @throws {TypeError} on what is no such snapshot */
  restore(saved: Saved): void {
    this.#twin.restore(saved);
  }
}
