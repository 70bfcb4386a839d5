import type { Problem } from "../base/errors.ts";
import { FleetError } from "../base/errors.ts";
import { formatPath } from "../base/format-path.ts";
import { isJsonObject } from "../base/json.ts";
import { describeIssue, problemsOf } from "../base/issue-problems.ts";
import { devicesField, toSelection } from "../scenario/devices-field.ts";
import type { DeviceSelection } from "../scenario/devices-field.ts";
import type { TimelineEntry } from "../scenario/timeline-section.ts";
import { timelineSection, toTimeline } from "../scenario/timeline-section.ts";
import type { FaultyModel } from "./fault-problems.ts";
import { faultProblems } from "./fault-problems.ts";
import type { PlannedAction } from "./planned-action.ts";
import { nothingPicked } from "./plan-timeline.ts";
import type { PlannedSelection, SelectableDevice } from "./select-devices.ts";
import { selectDevices } from "./select-devices.ts";

/** What is known of the fleet for which somebody asks something. */
export interface FleetByHand {
  /** In its order. */
  readonly devices: readonly SelectableDevice[];
  readonly seed: number;
  /** The model of that name, which judges its faults. */
  readonly modelOf: (model: string) => FaultyModel | undefined;
}

/**
 * The devices that somebody names while the run goes on, as a timeline would.
 *
 * @throws {FleetError} `USAGE` with all problems
 */
export function planSelectionByHand(written: unknown, fleet: FleetByHand): PlannedSelection {
  const parsed = devicesField.safeParse(written);
  if (!parsed.success) {
    throw wrong(parsed.error.issues.map(({ message }) => ({ place: "devices", message })));
  }
  const { selection, problems } = picked(toSelection(parsed.data), "devices", fleet);
  if (problems.length > 0) throw wrong(problems);
  return selection;
}

/**
 * An action that somebody asks for while the run goes on: an entry of a timeline without a time, due now.
 *
 * @param now `index` that no other action has; `t` in ms after time 0; `before`: the actions that there are by now
 * @throws {FleetError} `USAGE` with all problems
 */
export function planActionByHand(
  written: unknown,
  now: { readonly index: number; readonly t: number; readonly before: readonly PlannedAction[] },
  fleet: FleetByHand,
): PlannedAction {
  const { index } = now;
  const { name, at, atMs: delayMs, repeat, action } = parseEntry(written, now);
  const place = action.kind;
  const { selection, problems } =
    "devices" in action
      ? picked(action.devices, `${place}.devices`, fleet)
      : { selection: { ids: [], asked: [] }, problems: [] };
  if (action.kind === "fault") {
    const ids = new Set([selection.ids, ...selection.asked.map(({ among }) => among)].flat());
    const devices = fleet.devices.filter(({ registrationId }) => ids.has(registrationId));
    const models = new Set(devices.map(({ model }) => model));
    const wanted = [...models].map((model) => ({ place, spec: action.spec, model }));
    problems.push(...faultProblems(wanted, fleet.modelOf));
  }
  if (problems.length > 0) throw wrong(problems);
  return { index, name, at, when: { from: "start", delayMs }, repeat, selection, action };
}

/** As an entry of a timeline, so that whatever a timeline can do is understood, and refused in the same words. */
function parseEntry(
  written: unknown,
  { t, before }: Omit<Parameters<typeof planActionByHand>[1], "index">,
): TimelineEntry {
  for (const member of ["at", "after"]) {
    if (isJsonObject(written) && member in written) {
      throw wrong([{ place: member, message: "expected none here: it is done now" }]);
    }
  }
  const names = before.flatMap(({ name, action }) =>
    name === undefined ? [] : [{ name, canEnd: action.kind === "serviceFault" }],
  );
  if (isJsonObject(written) && names.some(({ name }) => name === written["name"])) {
    throw wrong([{ place: "name", message: "expected a name that no other action has" }]);
  }
  const at = `${(t / 1_000).toFixed(1)}s`;
  const timeline = [
    isJsonObject(written) ? { ...written, at } : written,
    // Those whose faults it may end.
    ...names.flatMap(({ name, canEnd }) =>
      canEnd ? [{ name, at, fault: { kind: "hubGone" } }] : [],
    ),
  ];
  const parsed = timelineSection.safeParse(timeline, { error: describeIssue });
  if (!parsed.success) {
    throw wrong(problemsOf(parsed.error.issues, timelineSection, { value: timeline, placeOf }));
  }
  const [entry] = toTimeline(parsed.data);
  if (entry === undefined) throw new TypeError("an action that is none");
  return entry;
}

/** Without the entry's place in a timeline, which it is not in. */
const placeOf = (path: readonly PropertyKey[]): string => formatPath(path.slice(1)) || "action";

function picked(
  devices: DeviceSelection,
  place: string,
  fleet: FleetByHand,
): { readonly selection: PlannedSelection; readonly problems: Problem[] } {
  const { ids, asked, empty } = selectDevices(devices, fleet.devices, fleet.seed);
  return {
    selection: { ids, asked },
    problems: empty.map((part) => nothingPicked(place, part, fleet.devices)),
  };
}

const wrong = (problems: readonly Problem[]): FleetError =>
  new FleetError("USAGE", "this cannot be done to this fleet", { problems });
