/** What `enroll` can do with enrollments; the words that may follow it. */
export const ENROLL_ACTIONS = [
  "group",
  "device",
  "list",
  "show",
  "disable",
  "enable",
  "delete",
] as const;

export type EnrollAction = (typeof ENROLL_ACTIONS)[number];
