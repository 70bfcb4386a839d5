import { randomBytes } from "node:crypto";

/** Makes a key of so many bytes, in base64. */
export type NewKey = (bytes: number) => string;

export const randomKey: NewKey = (bytes) => randomBytes(bytes).toString("base64");
