import type { EmulatorOptions } from "../emulator/emulator.ts";
import { judgeOptions } from "../emulator/emulator.ts";
import type { EmulatorConfig } from "./read-config.ts";
import { withSettings } from "./with-settings.ts";

/**
 * Lets the services judge what an emulator with this configuration would begin with; nothing is opened or written.
 *
 * @param more settings that beat those of the configuration
 * @throws {FleetError} `FILE_INVALID` with every problem at its place in the file; `USAGE` for one of `more`
 */
export async function judgeEmulatorConfig(
  config: EmulatorConfig,
  more: Omit<EmulatorOptions, "tls">,
): Promise<void> {
  try {
    await judgeOptions(withSettings(config.options, more));
  } catch (error) {
    throw config.atItsPlace(error);
  }
}
