import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";

import { messageOf } from "../../base/errors.ts";
import type { AskControl } from "../../control/answer-line.ts";
import { CONTROL_FILE, formatControlFile } from "../../control/control-file.ts";
import { openControlServer } from "../../control/control-server.ts";
import { MODE, writeFileAtomic } from "../../pki/atomic-file.ts";

/** The shortest of what systems allow for the path of a socket: macOS has 104 bytes with the end's zero. */
const LONGEST_PATH_BYTES = 103;

/** The door through which a run is steered. */
export interface OpenControl {
  /** Closes it and removes its files; safe to call twice. */
  close(): Promise<void>;
}

/** Where a run listens: in a folder of its own, for its owner alone. The pipes of Windows are no files. */
interface Place {
  readonly path: string;
  remove(): void;
}

function makePlace(): Place {
  if (sep === "\\") {
    return { path: `\\\\.\\pipe\\dps-fleet-${randomUUID()}`, remove: () => {} };
  }
  // mkdtemp makes it for its owner alone; a run's own folder may be open to others, and its path too long.
  const dir = mkdtempSync(join(tmpdir(), "dps-fleet-control-"));
  return {
    path: join(dir, "control"),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/**
 * Lets a run be steered: listens, and says in the run's folder where.
 *
 * @param options.dir the run's folder, absolute
 * @param options.warn told why it cannot be steered, where that is so: the run itself is none the worse
 */
export async function openControl(options: {
  /** False = nobody is to steer it. */
  readonly isWanted: boolean;
  readonly dir: string;
  readonly runId: string;
  readonly pid: number;
  readonly ask: AskControl;
  readonly warn: (text: string) => void;
}): Promise<OpenControl> {
  const { dir, runId, pid, ask, warn } = options;
  const file = join(dir, CONTROL_FILE);
  const undo: (() => void | Promise<void>)[] = [];
  const close = async (): Promise<void> => {
    for (const each of undo.splice(0).toReversed()) await each();
  };
  if (!options.isWanted) return { close };
  try {
    const place = makePlace();
    undo.push(() => place.remove());
    if (Buffer.byteLength(place.path) > LONGEST_PATH_BYTES) {
      throw new Error(`${place.path} is too long for a socket; TMPDIR may name another folder`);
    }
    const server = await openControlServer(place.path, ask);
    undo.push(() => server.close());
    writeFileAtomic(
      file,
      formatControlFile({ protocol: 1, pid, runId, socket: place.path }),
      MODE.secret,
    );
    undo.push(() => rmSync(file, { force: true }));
  } catch (error) {
    await close();
    warn(`ctl cannot steer this run: ${messageOf(error)}`);
  }
  return { close };
}
