import { isDeepStrictEqual } from "node:util";
import { z } from "zod";
import { azureDate, generationId } from "../../azure-time.ts";
import type { DeviceState, ProvisionedDevice, TwinSeed } from "../../dps/hub-link.ts";
import { requireMatch } from "../../etag.ts";
import { ServiceFault } from "../../fault.ts";
import type { Table } from "../../state/state.ts";
import type { Surroundings } from "../../surroundings.ts";
import { deviceCodec } from "./device-codec.ts";
import type { Identity } from "./identity.ts";
import type { Twin } from "../twins/twin.ts";
import { newTwin } from "../twins/twin.ts";

/** An entry of the identity registry, with its twin: they are created and deleted together. */
export interface DeviceRecord extends Identity {
  readonly deviceId: string;
  readonly generationId: string;
  /** Of the identity; the twin has its own. */
  readonly etag: string;
  readonly statusUpdatedTime: string;
  readonly modelId: string;
  readonly twin: Twin;
}

const CREATED = "devices";
const NEVER = "0001-01-01T00:00:00Z";

/** The identity registry and the twins of one hub. Device ids are case-sensitive. */
export class DeviceStore {
  readonly #around: Surroundings;
  /** Called after an identity lost its right to the connection that it has. */
  readonly #onRevoked: (deviceId: string) => void;
  readonly #byId: Table<DeviceRecord>;
  /** How many there ever were, in its one row. */
  readonly #created: Table<number>;

  /** @param place where they are kept, such as `hubs/my-hub.azure-devices.net` */
  constructor(around: Surroundings, onRevoked: (deviceId: string) => void, place: string) {
    this.#around = around;
    this.#onRevoked = onRevoked;
    this.#byId = around.state.table(`${place}/devices`, deviceCodec);
    this.#created = around.state.table(`${place}/created`, z.int());
  }

  get size(): number {
    return this.#byId.size;
  }

  find(deviceId: string): DeviceRecord | undefined {
    return this.#byId.get(deviceId);
  }

  /** @throws {ServiceFault} `deviceNotFound` */
  get(deviceId: string): DeviceRecord {
    const record = this.#byId.get(deviceId);
    if (record === undefined)
      throw new ServiceFault("deviceNotFound", `Device ${deviceId} not found.`);
    return record;
  }

  all(): IterableIterator<DeviceRecord> {
    return this.#byId.values();
  }

  /** What a device takes along to another hub. */
  stateOf(deviceId: string): DeviceState | undefined {
    const record = this.find(deviceId);
    if (record === undefined) return undefined;
    const { tags, desired, reported } = record.twin;
    return {
      twin: { tags, desired: desired.value, reported: reported.value },
      iotEdge: record.iotEdge,
    };
  }

  /** Writes a new identity with its twin; the caller has seen that the id is free. */
  create(deviceId: string, identity: Identity, seed: TwinSeed): DeviceRecord {
    const nowMs = this.#around.stamp();
    const ordinal = this.#created.get(CREATED) ?? 0;
    this.#created.set(CREATED, ordinal + 1);
    const record: DeviceRecord = {
      ...identity,
      deviceId,
      generationId: generationId(nowMs, ordinal),
      etag: this.#newEtag(),
      statusUpdatedTime: NEVER,
      modelId: "",
      twin: newTwin(seed, azureDate(nowMs)),
    };
    this.#byId.set(deviceId, record);
    return record;
  }

  /** Creates the identity with its first state, or gives an existing one the new credential. */
  provision(device: ProvisionedDevice): void {
    const before = this.find(device.deviceId);
    const { credential } = device;
    if (before === undefined) {
      const { iotEdge, twin } = device.state;
      const fresh = { enabled: true, statusReason: undefined, deviceScope: undefined };
      this.create(device.deviceId, { ...fresh, parentScopes: [], iotEdge, credential }, twin);
    } else if (!isDeepStrictEqual(before.credential, credential)) {
      this.#byId.set(device.deviceId, { ...before, credential, etag: this.#newEtag() });
      this.#onRevoked(device.deviceId);
    }
  }

  /** Replaces an identity that exists, as a service client does. @throws {ServiceFault} `deviceNotFound` */
  replace(deviceId: string, identity: Identity): DeviceRecord {
    const before = this.get(deviceId);
    const flipped = before.enabled !== identity.enabled;
    const record = {
      ...before,
      ...identity,
      etag: this.#newEtag(),
      statusUpdatedTime: flipped ? azureDate(this.#around.stamp()) : before.statusUpdatedTime,
    };
    this.#byId.set(deviceId, record);
    const rekeyed = !isDeepStrictEqual(record.credential, before.credential);
    if (!record.enabled || rekeyed) this.#onRevoked(deviceId);
    return record;
  }

  /** @throws {ServiceFault} `deviceNotFound`, `preconditionFailed` */
  delete(deviceId: string, ifMatch: string | undefined): DeviceRecord {
    const record = this.get(deviceId);
    requireMatch(ifMatch, record.etag);
    this.#byId.delete(deviceId);
    this.#onRevoked(deviceId);
    return record;
  }

  /** @throws {ServiceFault} `deviceNotFound` */
  setTwin(deviceId: string, twin: Twin): DeviceRecord {
    const record = { ...this.get(deviceId), twin };
    this.#byId.set(deviceId, record);
    return record;
  }

  setModelId(deviceId: string, modelId: string): void {
    const record = this.find(deviceId);
    if (record !== undefined && record.modelId !== modelId)
      this.#byId.set(deviceId, { ...record, modelId });
  }

  #newEtag(): string {
    return Buffer.from(this.#around.newId().slice(0, 8)).toString("base64");
  }
}
