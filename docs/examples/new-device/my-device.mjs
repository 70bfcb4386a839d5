/**
 * my-device: a rain barrel, to be made into a device of your own. Rain fills it, a direct method empties it, and a
 * desired property says from which level on its messages carry an alert.
 *
 * A model is pure: time, random numbers and files are passed in, and nothing is read from the machine, so that the same
 * seed gives the same messages. Nothing needs to be installed; where dps-fleet is, editors know the types below.
 *
 * @typedef {import("dps-fleet/model").DeviceModel} DeviceModel
 * @typedef {import("dps-fleet/model").ModelContext<import("dps-fleet/model").JsonObject>} ModelContext
 * @typedef {import("dps-fleet/model").ModelDevice} ModelDevice
 */

/** Settings with their defaults; a scenario replaces them under `settings`. */
const defaults = { capacityL: 50, rainLPerMin: 120 };

/** From where to where each of them may go. @type {Record<string, [least: number, most: number]>} */
const RANGES = { capacityL: [1, 100_000], rainLPerMin: [0, 10_000] };

/** Of the alert, until the twin asks for another. */
const ALARM_AT_PERCENT = 90;

/** @type {DeviceModel} */
export const model = { name: "my-device", defaults, checkSettings, create };

/** Every problem of settings at once; unknown names are problems too. @type {DeviceModel["checkSettings"]} */
function checkSettings(raw) {
  return Object.entries(raw).flatMap(([name, value]) => {
    const range = Object.hasOwn(RANGES, name) ? RANGES[name] : undefined;
    if (range === undefined) {
      return [`${name}: there is no such setting; there are ${Object.keys(RANGES).join(", ")}`];
    }
    const [least, most] = range;
    if (typeof value === "number" && value >= least && value <= most) return [];
    return [`${name}: expected a number from ${least} to ${most}, got ${JSON.stringify(value)}`];
  });
}

/**
 * One device; the fleet makes one for each registration id.
 *
 * @param {ModelContext} context
 * @returns {ModelDevice}
 */
function create({ settings, random, report, tell }) {
  const capacityL = Number(settings.capacityL);
  const rainLPerMin = Number(settings.rainLPerMin);
  // A stream has its numbers for itself: to draw from it shifts no other.
  const rain = random("rain");
  // All that changes is in here, so that a snapshot forgets nothing.
  const state = { levelL: capacityL / 2, isFull: false, alarmAtPercent: ALARM_AT_PERCENT };

  // What no desired property and no method asks for is reported like this.
  report({ capacityL });

  return {
    /** Lets an interval pass, and gives the messages that are due at its end. */
    step({ dtS }) {
      const rainL = 2 * rain.next() * rainLPerMin * (dtS / 60);
      state.levelL = Math.min(capacityL, state.levelL + rainL);
      const isFull = state.levelL === capacityL;
      if (isFull && !state.isFull) {
        tell({ name: "barrelFull", text: `the barrel is full: ${capacityL} L`, level: "warning" });
      }
      state.isFull = isFull;
      const percent = rounded((100 * state.levelL) / capacityL);
      /** @type {Record<string, string>} */
      const properties = percent >= state.alarmAtPercent ? { levelAlert: "true" } : {};
      return [
        {
          body: JSON.stringify({ levelL: rounded(state.levelL), percent }),
          properties,
          contentType: "application/json",
          contentEncoding: "utf-8",
        },
      ];
    },

    /** Takes desired properties and reports what is in force; null is a property that was removed. */
    desired(patch) {
      if (patch.alarmAtPercent === undefined) return undefined;
      const wanted = patch.alarmAtPercent ?? ALARM_AT_PERCENT;
      if (typeof wanted === "number" && wanted >= 0 && wanted <= 100) state.alarmAtPercent = wanted;
      return { alarmAtPercent: state.alarmAtPercent };
    },

    /** What the device takes its desired properties to be: the oracle of a run compares that with both sides of the twin. */
    settled: () => ({ alarmAtPercent: state.alarmAtPercent }),

    /** Direct methods by name. */
    methods: {
      Drain: () => {
        const drainedL = rounded(state.levelL);
        state.levelL = 0;
        return { status: 200, payload: { drainedL }, reported: { lastDrainedL: drainedL } };
      },
    },

    /** All that the next message depends on, as JSON. */
    snapshot: () => ({ ...state, rain: rain.save() }),

    restore(snapshot) {
      const { rain: saved, ...rest } = /** @type {any} */ (snapshot);
      Object.assign(state, rest);
      rain.load(saved);
    },
  };
}

/** To two decimals. @param {number} value */
const rounded = (value) => Math.round(value * 100) / 100;
