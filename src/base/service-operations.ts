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
