/**
 * What clients may ask of a service. Azure throttles, meters, counts and logs by these; how an operation came, over
 * MQTT or HTTPS, from a device or a service, makes no difference to what it is.
 *
 * Sources: Microsoft Learn, "Reference - IoT Hub quotas and throttling", operation throttles; "Monitoring data
 * reference for Azure IoT Hub" and "… Azure IoT Hub Device Provisioning Service", resource logs.
 */
export const OPERATIONS = {
  connectDevice: { service: "hub" },
  sendTelemetry: { service: "hub" },
  /** A device reads its twin. */
  readOwnTwin: { service: "hub" },
  /** A device writes its reported properties. */
  updateReported: { service: "hub" },
  /** A service reads a twin. */
  readTwin: { service: "hub" },
  /** A service writes tags and desired properties, by a patch or as a whole. */
  updateTwin: { service: "hub" },
  invokeMethod: { service: "hub" },
  sendCommand: { service: "hub" },
  purgeCommands: { service: "hub" },
  readIdentity: { service: "hub" },
  /** Creates, updates or deletes; a call in bulk is one for each of its devices. */
  writeIdentity: { service: "hub" },
  queryTwins: { service: "hub" },
  createJob: { service: "hub" },
  readJob: { service: "hub" },
  listJobs: { service: "hub" },
  cancelJob: { service: "hub" },
  connectToDps: { service: "dps" },
  registerDevice: { service: "dps" },
  pollRegistration: { service: "dps" },
  /** A device reads its registration. */
  lookUpRegistration: { service: "dps" },
  readEnrollment: { service: "dps" },
  writeEnrollment: { service: "dps" },
  deleteEnrollment: { service: "dps" },
  queryEnrollments: { service: "dps" },
  readRegistration: { service: "dps" },
  deleteRegistration: { service: "dps" },
  queryRegistrations: { service: "dps" },
} as const satisfies Readonly<Record<string, { readonly service: "hub" | "dps" }>>;

export type OperationKind = keyof typeof OPERATIONS;

/** One operation that a client asks for. */
export interface Operation {
  readonly kind: OperationKind;
  /** The device, or the registration id, that it is about; undefined where it is about none or many. */
  readonly deviceId: string | undefined;
  /** Of what it is about in place of a device: an enrollment group, a job. */
  readonly otherId?: string | undefined;
  readonly protocol: "mqtt" | "https";
  /** Of the body that asks. */
  readonly bytes: number;
  /** How many operations it counts as; 1 unless it is a call in bulk. */
  readonly count: number;
  /**
   * Which of the operations it is that count alike: `create`, `update` or `delete` of an identity, the type of a job, that
   * of an enrollment; undefined where there is but one.
   */
  readonly variant?: string | undefined;
  /** IP address of who asks; undefined for a device at its hub, whose connection told it when it was opened. */
  readonly callerAddress?: string | undefined;
}

/** What a device asks for over MQTT. */
export function askedOverMqtt(
  kind: OperationKind,
  deviceId: string,
  bytes: number,
  callerAddress?: string,
): Operation {
  return { kind, deviceId, protocol: "mqtt", bytes, count: 1, variant: undefined, callerAddress };
}
