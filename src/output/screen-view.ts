import { AlertBook } from "../metrics/alert-book.ts";
import { LatencyHistogram } from "../metrics/histogram.ts";
import { parseMetricKey } from "../metrics/metric-key.ts";
import type { Percentiles } from "../metrics/percentiles.ts";
import { isJsonObject } from "../base/json.ts";
import type { ActionEvent, RunEvent } from "./output.ts";
import { shownStates } from "./shown-states.ts";
import { plural, sumByName, timeScaleText } from "./terminal-text.ts";

/** A twin change and who has followed so far. */
export interface TwinChange {
  /** As the scenario wrote it. */
  readonly at: string;
  readonly desired: Readonly<Record<string, unknown>>;
  /** Of the action, and which time it is done. */
  readonly action: number;
  readonly round: number;
  readonly failed: boolean;
  readonly selected: number;
  readonly patched: number;
  /** Devices that were pushed the values. */
  readonly followed: number;
  /** The first few of them. */
  readonly followers: readonly string[];
  /** Of those that follow, the ones whose report of the values the hub has accepted. */
  readonly acknowledged: number;
}

/** What the screen shows; everything in it was told by events. */
export interface ScreenView {
  readonly title: string;
  /** Time scale, workers and seed. */
  readonly subtitle: string;
  /** ms after time 0; undefined = still setting up. */
  readonly t: number | undefined;
  /** null = until stopped. */
  readonly durationMs: number | null;
  readonly devices: number;
  /** Of these, how many the scenario expects to be refused. */
  readonly toBeRefused: number;
  /** As `shownStates` has them. */
  readonly states: Readonly<Record<string, number>>;
  /** The rate at which an adaptive arrival starts devices; undefined = none is under way. */
  readonly arrivalPerS: number | undefined;
  readonly byHub: Readonly<Record<string, number>>;
  readonly sent: number;
  readonly acked: number;
  readonly failed: number;
  /** Messages acknowledged between the last snapshots, oldest first; at most `RATES_KEPT`. */
  readonly rates: readonly { readonly messages: number; readonly elapsedS: number }[];
  readonly latencies: readonly { readonly name: string; readonly ms: Percentiles }[];
  /** The newest one. */
  readonly change: TwinChange | undefined;
  /** Alerts that are on, by name: at how many devices. */
  readonly alerts: Readonly<Record<string, number>>;
}

export const EMPTY_VIEW: ScreenView = {
  title: "",
  subtitle: "",
  t: undefined,
  durationMs: null,
  devices: 0,
  toBeRefused: 0,
  states: {},
  arrivalPerS: undefined,
  byHub: {},
  sent: 0,
  acked: 0,
  failed: 0,
  rates: [],
  latencies: [],
  change: undefined,
  alerts: {},
};

/** As many snapshots, a second apart, are looked back at for rates. */
export const RATES_KEPT = 30;
const LATENCIES: readonly string[] = ["registration_ms", "connection_ms", "telemetry_ms"];

/** Of the devices that follow a change, as many are named. */
const NAMED = 3;

/** The run as its events told it so far. */
export class ScreenState {
  #view: ScreenView = EMPTY_VIEW;
  /** Followers of the newest change, with the version that they got. */
  #versions = new Map<string, number>();
  #acknowledged = new Set<string>();
  readonly #alerts = new AlertBook();
  readonly #latencies = new Map(LATENCIES.map((name) => [name, new LatencyHistogram()]));

  get view(): ScreenView {
    return this.#view;
  }

  apply(event: RunEvent): void {
    switch (event.type) {
      case "plan":
        this.#view = {
          ...EMPTY_VIEW,
          title: `${event.scenario} → ${event.target}`,
          subtitle: `${timeScaleText(event.timeScale)}${plural(event.workers, "worker")}, seed ${event.seed}`,
          devices: event.devices,
          durationMs: event.durationMs,
          states: { waiting: event.devices },
        };
        return;
      case "snapshot":
        this.#observe(event);
        this.#view = { ...afterSnapshot(this.#view, event), latencies: this.#percentiles() };
        return;
      case "action":
        if (event.state !== "notDue") this.#action(event);
        return;
      case "desired":
        if (!event.initial) this.#desired(event);
        return;
      case "reported":
        this.#reported(event);
        return;
      case "arrival":
        this.#view = {
          ...this.#view,
          arrivalPerS: event.reason === "complete" ? undefined : event.ratePerS,
        };
        return;
      case "alert":
        this.#alerts.observe(event);
        this.#view = {
          ...this.#view,
          alerts: { ...this.#view.alerts, [event.alert]: this.#alerts.active(event.alert) },
        };
        return;
      case "fleet":
        this.#view = { ...this.#view, toBeRefused: this.#view.toBeRefused + toBeRefusedIn(event) };
        return;
      case "configuration":
      case "begin":
      case "resume":
      case "devices":
      case "ledger":
      case "end":
      case "twinPatch":
      case "methodCall":
      case "enrollment":
      case "individualEnrollments":
      case "state":
      case "registration":
      case "throttled":
      case "connection":
      case "disconnection":
      case "certificate":
      case "settled":
      case "divergence":
      case "oracle":
      case "desiredDropped":
      case "desiredMissed":
      case "control":
      case "cloudMessage":
      case "method":
      case "model":
      case "fault":
      case "error":
      case "worker":
      case "summary":
        return;
      default:
        event satisfies never;
    }
  }

  #observe({ histograms }: RunEvent & { type: "snapshot" }): void {
    for (const [key, encoded] of Object.entries(histograms)) {
      this.#latencies.get(parseMetricKey(key).name)?.merge(encoded);
    }
  }

  #percentiles(): ScreenView["latencies"] {
    return [...this.#latencies].map(([metric, histogram]) => ({
      name: metric.replace("_ms", ""),
      ms: histogram.percentiles(),
    }));
  }

  #action(event: ActionEvent): void {
    const { action, round, at, what, state, selected, done, failed } = event;
    const desired = what["desired"];
    if (event.kind !== "twin" || !isJsonObject(desired)) return;
    const { change } = this.#view;
    // Of two changes at once the screen follows the newer; the summary has both.
    const isSame = state !== "begun" && change?.action === action && change.round === round;
    if (!isSame) {
      this.#versions = new Map();
      this.#acknowledged = new Set();
    }
    const { followed = 0, followers = [], acknowledged = 0 } = isSame ? change : {};
    this.#view = {
      ...this.#view,
      change: {
        at,
        desired,
        action,
        round,
        failed: failed > 0,
        selected,
        patched: done,
        followed,
        followers,
        acknowledged,
      },
    };
  }

  #desired({ deviceId, version, patch }: RunEvent & { type: "desired" }): void {
    const { change } = this.#view;
    if (change === undefined || !holds(patch, change.desired)) return;
    this.#versions.set(deviceId, version);
    const followed = this.#versions.size;
    const followers = followed <= NAMED ? [...this.#versions.keys()] : change.followers;
    this.#view = { ...this.#view, change: { ...change, followed, followers } };
  }

  #reported(event: RunEvent & { type: "reported" }): void {
    const { change } = this.#view;
    const version = this.#versions.get(event.deviceId);
    if (change === undefined || version === undefined || event.desiredVersion < version) return;
    if (!Object.keys(change.desired).some((key) => key in event.patch)) return;
    this.#acknowledged.add(event.deviceId);
    this.#view = { ...this.#view, change: { ...change, acknowledged: this.#acknowledged.size } };
  }
}

const toBeRefusedIn = ({ devices }: RunEvent & { type: "fleet" }): number =>
  devices.filter(({ expectedRefusal }) => expectedRefusal !== undefined).length;

const holds = (patch: object, desired: TwinChange["desired"]): boolean =>
  Object.entries(desired).every(
    ([key, value]) => JSON.stringify(Reflect.get(patch, key)) === JSON.stringify(value),
  );

function afterSnapshot(view: ScreenView, event: RunEvent & { type: "snapshot" }): ScreenView {
  const total = (name: string): number => sumByName(event.counters, name);
  const acked = total("telemetry_acked");
  const elapsedS = (event.t - (view.t ?? 0)) / 1_000;
  const rate = elapsedS > 0 ? [{ messages: acked - view.acked, elapsedS }] : [];
  return {
    ...view,
    t: event.t,
    states: shownStates(event.states, total("refusals_expected")),
    byHub: event.byHub,
    sent: total("telemetry_sent"),
    acked,
    failed: total("telemetry_failed"),
    rates: [...view.rates, ...rate].slice(-RATES_KEPT),
  };
}
