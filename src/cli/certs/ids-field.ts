import { z } from "zod";

/** Registration ids as positionals: at least one, each once, in the order of the command line. */
export const ids = z
  .array(z.string().min(1, "expected a registration id, got an empty one"))
  .min(1, "expected at least one registration id, got none")
  .transform((given) => [...new Set(given)]);
