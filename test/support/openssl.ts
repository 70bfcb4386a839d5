import { execFileSync, spawnSync } from "node:child_process";

/** Whether the openssl binary is there: a second opinion for some tests, which are skipped without it. */
export const hasOpenssl = spawnSync("openssl", ["version"]).status === 0;

/**
 * Runs openssl and returns its stdout. Throws with its stderr where it fails.
 *
 * @param words command and options without spaces in them, as `x509 -noout -text -in`
 * @param more what follows, one argument each
 */
export function openssl(words: string, more: readonly string[] = []): string {
  return execFileSync("openssl", [...words.split(" "), ...more], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "pipe"],
  });
}
