/** What `ca` can do with CA certificates; the words that may follow it. */
export const CA_ACTIONS = ["add", "code", "verify", "list", "delete"] as const;

export type CaAction = (typeof CA_ACTIONS)[number];
