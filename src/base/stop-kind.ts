/**
 * How a device leaves that is stopped while the run goes on. `inOrder`: it waits for what is under way, then says
 * DISCONNECT. `powerCut`: it is gone at once, and its hub hears no word of it.
 */
export const STOP_KINDS = ["inOrder", "powerCut"] as const;

export type StopKind = (typeof STOP_KINDS)[number];
