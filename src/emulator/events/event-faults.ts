/** What reading events refuses, and managing consumer groups. Azure's numbers for them are not documented. */
export const EVENT_FAULTS = {
  endpointNotFound: { status: 404, code: 404_000, name: "ResourceNotFound" },
  consumerGroupNotFound: { status: 404, code: 404_000, name: "ResourceNotFound" },
  tooManyConsumerGroups: { status: 403, code: 403_000, name: "QuotaExceeded" },
  tooManyReaders: { status: 429, code: 429_000, name: "GenericTooManyRequests" },
} as const;
