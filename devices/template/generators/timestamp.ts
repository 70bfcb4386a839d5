import { Mapping } from "../../shared/mapping.ts";
import type { GeneratorKind } from "../generator.ts";

const FORMATS = ["iso", "unix", "unixMs"] as const;

/**
 * `{ timestamp: { start, format } }`: the device's own time, which is `start` at its first message. So that the same seed
 * gives the same messages, it is not the clock on the wall: the hub stamps the arrival of every message itself.
 */
export const timestamp: GeneratorKind = {
  read(raw, path, { tell }) {
    const example = "2026-01-01T00:00:00Z";
    const mapping = Mapping.of(raw, path, tell, `a mapping such as { start: "${example}" }`);
    const start = mapping.text("start");
    const format = mapping.choice("format", FORMATS);
    mapping.close();
    const startMs = Date.parse(start);
    if (start !== "" && Number.isNaN(startMs)) {
      mapping.refuse("start", `a date and time such as ${example}`);
    }
    return () => ({
      next: ({ elapsedS }) => {
        const ms = Math.round(startMs + elapsedS * 1_000);
        if (format === "unixMs") return ms;
        return format === "unix" ? ms / 1_000 : new Date(ms).toISOString();
      },
    });
  },
};
