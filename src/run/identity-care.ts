import type { Logger } from "../base/log.ts";
import type { DeviceEvent } from "../metrics/device-event.ts";
import type { RunConsole } from "../output/run-console.ts";
import { identityPaths } from "../pki/identity-paths.ts";
import type { CredentialSpec, DeviceSpec } from "../plan/plan.ts";
import { LeafEnds } from "./leaf-ends.ts";
import type { WatchTimes } from "./watched-files.ts";
import { WatchedFiles } from "./watched-files.ts";

/** Between two looks at which leaves end soon, in ms. */
const ENDS_EVERY_MS = 60_000;

export interface IdentityCareOptions {
  readonly certsDir: string;
  readonly devices: readonly Pick<DeviceSpec, "registrationId" | "credentials">[];
  /** When each leaf ends, ms since 1970, by registration id. */
  readonly leafEnds: ReadonlyMap<string, number>;
  /** ms since 1970. */
  readonly nowMs: () => number;
  /** The files of these devices' identities have changed. */
  readonly onChange: (registrationIds: readonly string[]) => void;
  readonly console: Pick<RunConsole, "warning">;
  readonly log: Logger;
  readonly times?: WatchTimes | undefined;
}

/** What a run does for the identities of its fleet while it lasts: new files are told to workers, near ends to the user. */
export class IdentityCare {
  readonly #options: IdentityCareOptions;
  readonly #ends = new LeafEnds();
  readonly #files: WatchedFiles;
  readonly #ticker: NodeJS.Timeout;

  /** Begins at once. */
  constructor(options: IdentityCareOptions) {
    this.#options = options;
    for (const [id, endMs] of options.leafEnds) this.#ends.add(id, endMs, options.nowMs());
    this.#files = new WatchedFiles({
      files: ownedFiles(options),
      onChange: (ids) => {
        options.log.info({ devices: ids.length }, "files of identities have changed");
        options.onChange(ids);
      },
      times: options.times,
    });
    this.#ticker = setInterval(() => this.tellEnds(), ENDS_EVERY_MS);
    this.#ticker.unref();
  }

  /** A device that has a new certificate need not be told of the old one. */
  observe(event: DeviceEvent): void {
    if (event.type !== "certificate" || event.state !== "inUse") return;
    const { deviceId, validTo } = event;
    if (validTo !== undefined) this.#ends.add(deviceId, Date.parse(validTo), this.#options.nowMs());
  }

  /** Warns of leaves that have come nearer to their end. */
  tellEnds(): void {
    const { console, nowMs } = this.#options;
    for (const text of this.#ends.warnings(nowMs())) console.warning(text);
  }

  /** Safe to call twice. */
  stop(): void {
    clearInterval(this.#ticker);
    this.#files.stop();
  }
}

/** Owner by path. Devices without a certificate have no files. */
function ownedFiles({ certsDir, devices }: IdentityCareOptions): ReadonlyMap<string, string> {
  const files = new Map<string, string>();
  for (const { registrationId, credentials } of devices) {
    for (const path of pathsOf(certsDir, registrationId, credentials)) {
      files.set(path, registrationId);
    }
  }
  return files;
}

/** The files that the user brought, or those of the store. */
function pathsOf(
  certsDir: string,
  registrationId: string,
  credentials: CredentialSpec,
): readonly string[] {
  const { format } = credentials;
  switch (format) {
    case "pem":
      return credentials.files === undefined
        ? identityPaths(certsDir, registrationId, format)
        : [credentials.files.cert, credentials.files.key];
    case "pfx":
      return credentials.file === undefined
        ? identityPaths(certsDir, registrationId, format)
        : [credentials.file];
    case "symmetricKey":
    case "connectionString":
      return [];
    default:
      return format satisfies never;
  }
}
