import type { HubEvent } from "../../service/hub-events.ts";

/** Anything that a terminal would act on: C0 and C1 control characters, and what turns the direction of text. */
// oxlint-disable-next-line no-control-regex -- these are what it is about
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/g;

/** A text of a device on one line, in which nothing reaches a terminal but what is seen. */
export function shown(text: string): string {
  return text.replaceAll(
    CONTROLS,
    (character) => `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

const property = ([name, value]: readonly [string, string]): string =>
  /^[^\s"=]+$/.test(value)
    ? `${shown(name)}=${shown(value)}`
    : `${shown(name)}=${shown(JSON.stringify(value))}`;

/**
 * Messages as lines for people: time, device (with its hub where there are several), partition and sequence number,
 * application properties, body. Columns get wider as they must and never narrower.
 */
export class EventText {
  readonly #hubShown: boolean;
  #deviceWidth = 0;
  #placeWidth = 0;

  constructor(options: { readonly hubShown: boolean }) {
    this.#hubShown = options.hubShown;
  }

  /** One line without its end. */
  line(event: HubEvent): string {
    const hub = this.#hubShown ? `@${event.hub.split(".")[0]}` : "";
    const device = `${shown(event.deviceId)}${hub}`;
    const place = `${event.partition}/${event.sequenceNumber}`;
    this.#deviceWidth = Math.max(this.#deviceWidth, device.length);
    this.#placeWidth = Math.max(this.#placeWidth, place.length);
    return [
      event.enqueuedTime,
      device.padEnd(this.#deviceWidth),
      place.padEnd(this.#placeWidth),
      ...Object.entries(event.properties).map(property),
      event.body === undefined ? `base64:${event.bodyBase64 ?? ""}` : shown(event.body),
    ].join("  ");
  }
}
