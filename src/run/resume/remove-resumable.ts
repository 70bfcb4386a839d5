import { rm } from "node:fs/promises";
import { join } from "node:path";

import type { Journal } from "../journal/journal.ts";
import { GROUP_KEY_FILE } from "../made-group-key.ts";
import { EMULATOR_DATA } from "../run-emulator.ts";

/** Takes away what a run keeps to be resumed: it came to its end. @param dir of the run, absolute */
export async function removeResumable(dir: string, journal: Journal): Promise<void> {
  journal.remove();
  await rm(join(dir, GROUP_KEY_FILE), { force: true });
  await rm(join(dir, EMULATOR_DATA), { recursive: true, force: true });
}
