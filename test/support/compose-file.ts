import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";

/** A Compose file as a plain value, merge keys applied as Compose does. */
export const composeValue = (text: string): unknown => parse(text, { merge: true });

const mount = z
  .string()
  .regex(/^[a-z]+:\/[^:]+(:ro)?$/)
  .transform((text) => {
    const [volume = "", target = "", mode] = text.split(":");
    return { volume, target, readOnly: mode === "ro" };
  });

const service = z.object({
  build: z.literal("."),
  command: z.array(z.string()),
  environment: z.record(z.string(), z.string()),
  volumes: z.array(mount),
  read_only: z.boolean(),
  tmpfs: z.array(z.string()),
  cap_drop: z.array(z.string()),
  security_opt: z.array(z.string()),
  privileged: z.undefined().optional(),
  cap_add: z.undefined().optional(),
  ports: z.undefined().optional(),
  user: z.undefined().optional(),
});

/** A service of somebody else's image. */
const foreign = z.object({
  image: z.string(),
  profiles: z.array(z.string()),
  environment: z.record(z.string(), z.string()).default({}),
  volumes: z.array(z.string()),
  read_only: z.boolean(),
  cap_drop: z.array(z.string()),
  security_opt: z.array(z.string()),
  user: z.string().optional(),
  ports: z.array(z.string()).optional(),
  networks: z.array(z.string()),
});

const composeFile = z.object({
  services: z.object({
    emulator: service.extend({
      networks: z.object({ azure: z.object({ aliases: z.array(z.string()) }) }),
    }),
    fleet: service.extend({
      depends_on: z.object({ emulator: z.object({ condition: z.string() }) }),
      healthcheck: z.object({ disable: z.boolean() }),
    }),
    prometheus: foreign,
    grafana: foreign,
  }),
  networks: z.object({
    azure: z.object({ internal: z.boolean() }),
    series: z.object({ internal: z.boolean() }),
  }),
  volumes: z.record(z.string(), z.null()),
});

/** What `docker-compose.yml` says, as far as tests look at it. */
export const COMPOSE = composeFile.parse(composeValue(readFileSync("docker-compose.yml", "utf8")));

export type ComposeService = z.infer<typeof service>;
