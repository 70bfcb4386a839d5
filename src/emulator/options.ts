import type { Logger } from "../base/log.ts";
import type { Contents } from "./contents.ts";
import type { EmulatorLimits } from "./defaults.ts";
import type { ServiceNames } from "./kept-names.ts";
import type { TierOptions } from "./throttling/tier-options.ts";

/** Server certificate (chain) and key. */
export interface ServerTls {
  readonly certificatePem: string;
  readonly privateKeyPem: string;
  /** One of the same key and names that has run out (chain), for the fault that shows it; without it there is no such fault. */
  readonly expiredCertificatePem?: string | undefined;
}

export interface EmulatorOptions extends Partial<EmulatorLimits>, TierOptions, Contents {
  /**
   * Its names must cover every host name, and `host`; a function is called with them once all other options were found
   * good.
   */
  readonly tls: ServerTls | ((names: ServiceNames) => Promise<ServerTls>);
  /** Address to listen on; default 127.0.0.1. */
  readonly host?: string;
  /** 0, the default, takes a free port. */
  readonly mqttPort?: number;
  readonly httpsPort?: number;
  /** Default: the one that is kept. */
  readonly idScope?: string;
  readonly provisioningHost?: string;
  readonly dpsHost?: string;
  /** Host names of the hubs, at least one; new ones are linked to DPS. Default: those that are kept. */
  readonly hubs?: readonly string[];
  /** With it DPS tells devices `HUB:PORT`, for those that reach MQTT there; default: the name alone. */
  readonly advertisedPort?: number;
  /** How far each hub is from the devices, in ms by host name: all hubs or none, which is the default. */
  readonly latencies?: Readonly<Record<string, number>>;
  /**
   * A folder that keeps the state from one start to the next; it is made where it is not there. Default: none, and all
   * is gone at the end.
   */
  readonly data?: string;
  /**
   * Where the disk takes no more, the emulator goes on in memory and removes the folder; default false: it stops, since
   * nothing that it acknowledged would be kept.
   */
  readonly dataUntilFull?: boolean;
  /** Makes ids, keys and the times of documents reproducible; an integer >= 0. Then keys can be guessed. */
  readonly seed?: number;
  /** ms since 1970; default the machine's clock. */
  readonly clock?: () => number;
  /** New GUIDs; default random. */
  readonly newId?: () => string;
  readonly log?: Logger;
}
