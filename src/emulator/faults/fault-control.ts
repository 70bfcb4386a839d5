import type { Problem } from "../../base/errors.ts";
import { FleetError } from "../../base/errors.ts";
import type { FaultDocument } from "./fault-document.ts";
import { faultDocument } from "./fault-document.ts";
import type { FaultReaderOptions, FaultRequest } from "../../base/fault-order.ts";
import { FaultReader } from "../../base/fault-order.ts";
import type { Faults } from "./faults.ts";

/** Faults on demand: `docs/faults.md` has the kinds. @typeParam Request what `inject` takes; it is judged in any case */
export interface FaultControl<Request = FaultRequest> {
  /**
   * Puts a fault on; only `kind` is needed.
   *
   *     emulator.faults.inject({ kind: "throttled", scope: { devices: ["cave-*"] }, durationMs: 5000 });
   *
   * @throws {FleetError} an Error with `code` `USAGE`, and every problem in `problems`; also where a thousand are on, or
   *   the emulator has stopped
   */
  inject(request: Request): FaultDocument;
  /** Those that act, and those that wait for their begin, the oldest first. */
  list(): FaultDocument[];
  /** Ends a fault, and tells how it stood; undefined where it has ended already. */
  remove(id: string): FaultDocument | undefined;
  /** Ends all faults, and tells how they stood. */
  clear(): FaultDocument[];
}

/** What the API and programs that embed the emulator put faults on by. */
export function faultControl(faults: Faults, emulator: FaultReaderOptions): FaultControl<unknown> {
  let reader: FaultReader | undefined;
  return {
    inject: (request) => {
      // Made for the first fault: most emulators never have one.
      reader ??= new FaultReader(emulator);
      const read = reader.read(request);
      if (!read.ok) throw refused(read.problems);
      return faultDocument(faults.inject(read.order));
    },
    list: () => faults.list().map(faultDocument),
    remove: (id) => {
      const fault = faults.remove(id);
      return fault && faultDocument(fault);
    },
    clear: () => faults.clear().map(faultDocument),
  };
}

function refused(problems: readonly Problem[]): FleetError {
  const told = problems.map(({ place, message, hint }) =>
    [
      place === "" ? "fault" : place,
      ": ",
      message,
      ...(hint === undefined ? [] : [" (", hint, ")"]),
    ].join(""),
  );
  return new FleetError("USAGE", `fault: ${told.join("; ")}`, { problems });
}
