import { createRandom } from "../../src/base/random.ts";
import type {
  DeviceModel,
  JsonObject,
  Message,
  ModelDevice,
  ModelEvent,
} from "../../src/model/model.ts";

/** A device as the fleet makes it, and what it says by itself. */
export interface DeviceUnderTest {
  readonly device: ModelDevice;
  /** Patches that it reported without being asked, oldest first. */
  readonly reports: readonly JsonObject[];
  readonly events: readonly ModelEvent[];
  /** Messages of the next `count` intervals of `dtS` seconds. */
  readonly run: (count: number, dtS?: number) => Message[];
  /** Their bodies. */
  readonly bodies: (count: number, dtS?: number) => string[];
}

export interface DeviceUnderTestOptions {
  readonly deviceId?: string;
  readonly seed?: number;
  readonly settings?: JsonObject;
  /** Texts by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** In place of the seeded streams: every draw of every stream, uniform in [0, 1). */
  readonly draw?: () => number;
}

/** @throws {Error} where the model refuses the settings */
export function deviceOf(
  model: DeviceModel,
  { deviceId = "device-1", seed = 1, settings = {}, files = {}, draw }: DeviceUnderTestOptions = {},
): DeviceUnderTest {
  const problems = model.checkSettings(settings);
  if (problems.length > 0) throw new Error(problems.join("\n"));
  const reports: JsonObject[] = [];
  const events: ModelEvent[] = [];
  const device = model.create({
    deviceId,
    settings: { ...model.defaults, ...settings },
    random: (stream) => {
      const random = createRandom(seed, deviceId, stream);
      return draw === undefined ? random : { ...random, next: draw };
    },
    file: (name) => files[name] ?? "",
    report: (patch) => void reports.push(patch),
    tell: (event) => void events.push(event),
  });
  let atMs = 0;
  const run = (count: number, dtS = 5): Message[] =>
    Array.from({ length: count }, () => {
      const messages = device.step({ dtS, atMs });
      atMs += dtS * 1_000;
      return messages;
    }).flat();
  const bodies = (count: number, dtS = 5): string[] => run(count, dtS).map(({ body }) => body);
  return { device, reports, events, run, bodies };
}

/** A desired patch as it is pushed; `INITIAL` for the section read after a connect. */
export const PUSHED = { version: 2, initial: false };
export const INITIAL = { version: 1, initial: true };
