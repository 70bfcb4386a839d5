import { z } from "zod";
import type { Logger } from "../../src/base/log.ts";
import { createLogger } from "../../src/base/log.ts";

const listening = z.object({
  msg: z.literal("service api listens"),
  routes: z.array(z.object({ method: z.string(), url: z.string(), rights: z.array(z.string()) })),
});

/** A route of an emulator's HTTPS port, as it says itself; parameters are `:name`. */
export type ServiceRoute = z.output<typeof listening>["routes"][number];

/** A log to start an emulator with, and the routes that it tells when it listens. */
export function tellingRoutes(): {
  readonly log: Logger;
  readonly routes: readonly ServiceRoute[];
} {
  const routes: ServiceRoute[] = [];
  const write = (line: string): void => {
    routes.push(...(listening.safeParse(JSON.parse(line)).data?.routes ?? []));
  };
  return { log: createLogger({ level: "debug", destination: { write } }), routes };
}
