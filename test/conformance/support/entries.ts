import { randomUUID } from "node:crypto";
import type { ProvisioningServiceClient } from "azure-iot-provisioning-service";
import type { Device, Registry } from "azure-iothub";

type IndividualEnrollment = Parameters<
  ProvisioningServiceClient["createOrUpdateIndividualEnrollment"]
>[0];
type EnrollmentGroup = Parameters<ProvisioningServiceClient["createOrUpdateEnrollmentGroup"]>[0];

interface EntryHub {
  readonly hostName: string;
  readonly registry: Registry;
}

/** What a test says of an entry; the SDK's types ask for members that only the service fills in. */
export type EntryBody = Readonly<Record<string, unknown>>;

export const clientCertificates = (primary: string, secondary?: string): EntryBody => ({
  type: "x509",
  x509: { clientCertificates: slots(primary, secondary) },
});

export const signingCertificates = (primary: string, secondary?: string): EntryBody => ({
  type: "x509",
  x509: { signingCertificates: slots(primary, secondary) },
});

export const symmetricKeys = (primaryKey?: string, secondaryKey?: string): EntryBody => ({
  type: "symmetricKey",
  symmetricKey: { primaryKey, secondaryKey },
});

function slots(primary: string, secondary: string | undefined): EntryBody {
  return {
    primary: { certificate: primary },
    ...(secondary === undefined ? {} : { secondary: { certificate: secondary } }),
  };
}

/**
 * The entries of one test, under names that nobody else has; `await using` deletes them and what came of them. Devices
 * go to the first hub unless an entry names others (`iotHubs`).
 */
export class Entries implements AsyncDisposable {
  readonly #client: ProvisioningServiceClient;
  readonly #hubs: readonly EntryHub[];
  readonly #unique = randomUUID().slice(0, 8);
  readonly #cleanUp: (() => Promise<unknown>)[] = [];

  constructor(target: {
    readonly dps: ProvisioningServiceClient;
    readonly hubs: readonly EntryHub[];
  }) {
    this.#client = target.dps;
    this.#hubs = target.hubs;
  }

  /** A registration id, device id or group id of this test; what was registered under it goes in the end. */
  name(text: string): string {
    const name = `${text}-${this.#unique}`;
    this.#cleanUp.push(
      () => this.#client.deleteDeviceRegistrationState(name),
      ...this.#hubs.map((hub) => () => hub.registry.delete(name)),
    );
    return name;
  }

  /** Creates or replaces an individual enrollment as given; `etag` in it becomes If-Match. */
  async individual(
    registrationId: string,
    attestation: EntryBody,
    more: EntryBody = {},
  ): Promise<IndividualEnrollment> {
    const sent = { registrationId, ...this.#defaults(), attestation, ...more };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see EntryBody
    const body = sent as unknown as IndividualEnrollment;
    const { responseBody } = await this.#client.createOrUpdateIndividualEnrollment(body);
    this.#cleanUp.push(() => this.#client.deleteIndividualEnrollment(registrationId));
    return responseBody;
  }

  /** The same for an enrollment group. */
  async group(
    enrollmentGroupId: string,
    attestation: EntryBody,
    more: EntryBody = {},
  ): Promise<EnrollmentGroup> {
    const sent = { enrollmentGroupId, ...this.#defaults(), attestation, ...more };
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see EntryBody
    const body = sent as unknown as EnrollmentGroup;
    const { responseBody } = await this.#client.createOrUpdateEnrollmentGroup(body);
    this.#cleanUp.push(() => this.#client.deleteEnrollmentGroup(enrollmentGroupId));
    return responseBody;
  }

  /** Creates an identity in the first hub's registry; `authentication` as the REST API writes it. */
  async identity(
    deviceId: string,
    authentication: EntryBody = { type: "sas" },
    more: EntryBody = {},
  ): Promise<Device> {
    const [hub] = this.#hubs;
    if (hub === undefined) throw new TypeError("no hub");
    const { responseBody } = await hub.registry.create({ deviceId, authentication, ...more });
    this.#cleanUp.push(() => hub.registry.delete(deviceId));
    return responseBody;
  }

  #defaults(): EntryBody {
    return { provisioningStatus: "enabled", iotHubs: [this.#hubs[0]?.hostName] };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // What a test has deleted itself answers 404.
    await Promise.allSettled(this.#cleanUp.map((act) => act()));
  }
}
