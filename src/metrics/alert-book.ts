import type { DeviceEvent } from "./device-event.ts";

/** What is known of one alert. */
interface Page {
  /** Every device that has ever had it; the value says whether it has it now. */
  readonly devices: Map<string, boolean>;
  active: number;
  raised: number;
}

/** Which alerts are on at which devices, as their events told it. */
export class AlertBook {
  readonly #pages = new Map<string, Page>();

  observe({ alert, deviceId, state }: DeviceEvent & { type: "alert" }): void {
    let page = this.#pages.get(alert);
    if (page === undefined) {
      page = { devices: new Map(), active: 0, raised: 0 };
      this.#pages.set(alert, page);
    }
    const isRaised = state === "raised";
    page.active += Number(isRaised) - Number(page.devices.get(deviceId) ?? false);
    page.raised += Number(isRaised);
    page.devices.set(deviceId, isRaised);
  }

  /** Names of the alerts that have been on, in the order in which they came. */
  get names(): readonly string[] {
    return [...this.#pages.keys()];
  }

  /** How often the alert came on. */
  raised(alert: string): number {
    return this.#pages.get(alert)?.raised ?? 0;
  }

  /** How many devices have the alert now. @param alert absent = the sum over all alerts @param among absent = all */
  active(alert?: string, among?: ReadonlySet<string>): number {
    const pages = this.#of(alert);
    if (among === undefined) return pages.reduce((sum, page) => sum + page.active, 0);
    const on = pages.flatMap(({ devices }) => [...devices]);
    return on.filter(([deviceId, isOn]) => isOn && among.has(deviceId)).length;
  }

  /** How many distinct devices have had the alert. @param alert absent = any alert @param among absent = all devices */
  devices(alert?: string, among?: ReadonlySet<string>): number {
    const ids = new Set(this.#of(alert).flatMap(({ devices }) => [...devices.keys()]));
    return among === undefined ? ids.size : [...ids].filter((id) => among.has(id)).length;
  }

  /** The alerts that are on at these devices. */
  at(deviceIds: ReadonlySet<string>): readonly { alert: string; deviceId: string }[] {
    return [...this.#pages].flatMap(([alert, { devices }]) =>
      [...devices].flatMap(([deviceId, isOn]) =>
        isOn && deviceIds.has(deviceId) ? [{ alert, deviceId }] : [],
      ),
    );
  }

  #of(alert: string | undefined): readonly Page[] {
    if (alert === undefined) return [...this.#pages.values()];
    const page = this.#pages.get(alert);
    return page === undefined ? [] : [page];
  }
}
