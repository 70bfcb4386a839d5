import type { AccessPolicy } from "../access-policy.ts";
import { newEtag, requireMatch } from "../etag.ts";
import type { Table } from "../state/state.ts";
import type { Surroundings } from "../surroundings.ts";
import type { BuiltInPolicy } from "./allocation.ts";
import { withoutPort } from "../host-name.ts";
import type { HubLink } from "./hub-link.ts";
import type { KeptDpsSettings } from "./settings-codec.ts";
import { settingsCodec } from "./settings-codec.ts";

/**
 * A hub that a DPS instance may assign devices to.
 * Source: Microsoft Learn, "How to link and manage IoT hubs", linked IoT hub settings.
 */
export interface LinkedHub {
  readonly hub: HubLink;
  /** Which access policy of the hub DPS was given. */
  readonly policyName: string;
  /** A region, as it was told; of no effect. */
  readonly location: string;
  /** 1..1000 */
  readonly allocationWeight: number;
  /** Whether devices are assigned to it at all, also where an enrollment names it. */
  readonly applyAllocationPolicy: boolean;
}

/** What a DPS instance is set to. */
export interface DpsSettings {
  /** Their host names differ. */
  readonly iotHubs: readonly LinkedHub[];
  /** For enrollments that have none of their own. */
  readonly allocationPolicy: BuiltInPolicy;
  /** Who may call its service API; the owner's policy is always there. */
  readonly policies: readonly AccessPolicy[];
}

/** The hubs that are linked to a DPS instance, its default allocation policy, and its access policies. */
export class LinkedHubs {
  readonly #newId: Surroundings["newId"];
  readonly #table: Table<KeptDpsSettings>;
  #settings: DpsSettings;
  #etag: string;

  /**
   * @param first what a new instance is set to. Of one that was kept, its own settings count; a hub of `first` that it
   *   did not know is linked as it is there
   * @param known the hubs that there were when it was kept
   */
  constructor(
    { newId, state }: Pick<Surroundings, "newId" | "state">,
    first: Pick<DpsSettings, "iotHubs" | "policies">,
    known: readonly string[] = [],
  ) {
    this.#newId = newId;
    this.#table = state.table("dps/settings", settingsCodec);
    const kept = this.#table.get(ROW);
    this.#settings =
      kept === undefined
        ? { ...first, allocationPolicy: "hashed" }
        : { ...kept, iotHubs: linksOf(kept, first.iotHubs, known) };
    this.#etag = kept?.etag ?? newEtag(newId());
    this.#keep();
  }

  get settings(): DpsSettings {
    return this.#settings;
  }

  get etag(): string {
    return this.#etag;
  }

  /**
   * Sets all of it anew. What it changes counts for registrations that come later.
   *
   * @throws {ServiceFault} `preconditionFailed`
   */
  replace(settings: DpsSettings, ifMatch: string | undefined): void {
    requireMatch(ifMatch, this.#etag);
    this.#settings = settings;
    this.#etag = newEtag(this.#newId());
    this.#keep();
  }

  get hostNames(): readonly string[] {
    return this.#settings.iotHubs.map(({ hub }) => hub.hostName);
  }

  /** @param hostName in any case, with a port or without */
  find(hostName: string): LinkedHub | undefined {
    const wanted = withoutPort(hostName.toLowerCase());
    return this.#settings.iotHubs.find(({ hub }) => hub.hostName === wanted);
  }

  #keep(): void {
    const { allocationPolicy, policies } = this.#settings;
    const iotHubs = this.#settings.iotHubs.map(({ hub, ...link }) => ({
      hostName: hub.hostName,
      ...link,
    }));
    this.#table.set(ROW, { allocationPolicy, policies, iotHubs, etag: this.#etag });
  }
}

/** The one row of its table. */
const ROW = "settings";

function linksOf(
  { iotHubs }: KeptDpsSettings,
  first: readonly LinkedHub[],
  known: readonly string[],
): readonly LinkedHub[] {
  const kept = iotHubs.flatMap(({ hostName, ...link }) => {
    const hub = first.find((one) => one.hub.hostName === hostName)?.hub;
    return hub === undefined ? [] : [{ hub, ...link }];
  });
  return [...kept, ...first.filter(({ hub }) => !known.includes(hub.hostName))];
}

/** How a hub is linked unless told otherwise. */
export function defaultLink(hub: HubLink): LinkedHub {
  return {
    hub,
    policyName: "iothubowner",
    location: "local",
    allocationWeight: 1,
    applyAllocationPolicy: true,
  };
}
