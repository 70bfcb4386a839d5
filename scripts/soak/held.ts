import { z } from "zod";

/** Which of a run's processes one is. */
export const ROLES = ["worker", "emulator", "supervisor"] as const;

/** The first line of a process that is looked into. */
export const hello = z.strictObject({ pid: z.int().positive(), role: z.enum(ROLES) });
export type Hello = z.infer<typeof hello>;

const count = z.int().nonnegative();

/** What a process holds, after collections; of several moments the least, since what is under way only adds. */
export const held = z.strictObject({
  /** V8's heap. */
  heapBytes: count,
  /** What its objects hold outside of it: buffers above all. */
  externalBytes: count,
  rssBytes: count,
  /** Open files, handles, objects and listeners by name; undefined where they were not asked for. */
  counts: z.record(z.string(), count).optional(),
});
export type Held = z.infer<typeof held>;

/** A line that asks a process to tell what it holds. */
export const question = z.strictObject({
  /** Counting walks through the whole heap. */
  counts: z.boolean(),
  /** File for a heap snapshot. */
  snapshot: z.string().optional(),
  /** From now on the process keeps so many bytes of each connection that it opens: the planted leak. */
  leakBytes: z.int().positive().optional(),
});
export type Question = z.infer<typeof question>;

/** Where processes find who asks: a socket's path. */
export const SOCKET_VARIABLE = "SOAK_SOCKET";
