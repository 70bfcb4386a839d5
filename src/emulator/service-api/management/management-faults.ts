/** What the management paths refuse, by the names of Azure Resource Manager's error codes. */
export const MANAGEMENT_FAULTS = {
  managementUnauthorized: { status: 401, code: 401_000, name: "InvalidAuthenticationToken" },
  resourceNotFound: { status: 404, code: 404_000, name: "ResourceNotFound" },
  resourceInUse: { status: 409, code: 409_000, name: "Conflict" },
} as const;
