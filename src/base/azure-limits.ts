/**
 * What Azure allows, stated once; of hubs by their tier in `hub-tiers.ts`. Sources: Microsoft Learn, "Azure IoT Hub
 * Device Provisioning Service limits" (azure-subscription-service-limits), "Understand and use device twins in IoT Hub".
 */

/** Of one DPS instance. */
export const DPS_LIMITS = {
  registrationsPerMinute: 1_000,
  serviceOperationsPerMinute: 1_000,
  pollsPer10S: 5,
  registrationRecords: 1_000_000,
  individualEnrollments: 1_000_000,
  x509EnrollmentGroups: 100,
  symmetricKeyEnrollmentGroups: 100,
  certificateAuthorities: 25,
  linkedHubs: 50,
  messageBytes: 96 * 1_024,
} as const;

/** The most registrations in a minute to which an emulated instance can be set; its own bound. */
export const DPS_RATE_MAX = 1_000_000;

export const TWIN_LIMITS = {
  desiredBytes: 32 * 1_024,
  reportedBytes: 32 * 1_024,
  tagsBytes: 8 * 1_024,
  stringBytes: 4 * 1_024,
  keyBytes: 1_024,
  depth: 10,
} as const;

/**
 * A registration id has up to 128 characters, but with X.509 it is the common name of the leaf, which RFC 5280 (A.1,
 * `ub-common-name`) ends at 64. Characters: "Device Provisioning Service concepts", registration ID.
 */
export const REGISTRATION_ID_MAX_LENGTH = 64;
export const REGISTRATION_ID_PATTERN = /^[A-Za-z0-9._:-]*[A-Za-z0-9-]$/;

/** Source: Microsoft Learn, "Understand and invoke direct methods from IoT Hub", method name: RFC 2616 tokens. */
export const METHOD_NAME_PATTERN = /^[!#%&'*+\-.0-9A-Z^_`a-z|~]+$/;
export const METHOD_NAME_HELP = "the name of a method without blanks and separators";
