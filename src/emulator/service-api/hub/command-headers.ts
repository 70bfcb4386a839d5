import { z } from "zod";
import { ACKNOWLEDGMENTS } from "../../hub/commands/command-message.ts";
import type { CommandDraft } from "../../hub/commands/send-command.ts";
import { parseBody } from "../replies.ts";

/** Printable ASCII, as it stands in a header. */
const text = z.string().regex(/^[ -~]*$/, "expected printable ASCII");
// Source: Microsoft Learn, "Create and read IoT Hub messages", system properties.
const messageId = text.min(1).max(128).optional();
// The characters of a header's name (RFC 9110), which are those of a property's name in Azure.
const propertyName = z.string().regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, {
  error: ({ input }) => `${JSON.stringify(String(input).slice(0, 40))} is no name of a property`,
});

const systemHeaders = z.strictObject({
  "iothub-messageid": messageId,
  "iothub-correlationid": messageId,
  "iothub-userid": text.optional(),
  "iothub-ack": z.enum(ACKNOWLEDGMENTS).optional(),
  "iothub-expiry": z.iso.datetime({ offset: true }).optional(),
  "iothub-nullproperties": z
    .string()
    .transform((names) => names.split(",").map((name) => name.trim()))
    .pipe(z.array(propertyName))
    .optional(),
  "content-type": text.optional(),
  "content-encoding": text.optional(),
});

const messageHeaders = z.object({
  system: systemHeaders,
  application: z.array(z.object({ name: propertyName, value: text })),
  comesTwice: z.array(z.never({ error: ({ input }) => `${String(input)} comes twice` })),
});

const APPLICATION = "iothub-app-";

/**
 * The properties of a cloud-to-device message that is sent over HTTPS, from headers with the names that IoT Hub's own
 * HTTPS interface has: `IoTHub-MessageId`, `-CorrelationId`, `-UserId`, `-Ack`, `-Expiry`, `IoTHub-app-{name}` (the
 * name keeps its case), `Content-Type`, `Content-Encoding`. `IoTHub-NullProperties: a, b` names properties that have no
 * value, which a header cannot say.
 *
 * @param raw names and values in turn, as they came
 * @throws {ServiceFault} `badRequest` naming every problem, an unknown `IoTHub-` header among them
 */
export function parseCommandHeaders(raw: readonly string[]): Omit<CommandDraft, "body"> {
  const { system, application } = parseBody(messageHeaders, sorted(raw));
  const nulls = system["iothub-nullproperties"] ?? [];
  return {
    messageId: system["iothub-messageid"],
    correlationId: system["iothub-correlationid"],
    userId: system["iothub-userid"],
    acknowledgment: system["iothub-ack"],
    expiryTime: system["iothub-expiry"],
    contentType: system["content-type"],
    contentEncoding: system["content-encoding"],
    properties: new Map<string, string | null>([
      ...application.map(({ name, value }) => [name, value] as const),
      ...nulls.map((name) => [name, null] as const),
    ]),
  };
}

/** The headers that are ours, apart from the others. Node joins those that come twice, and lowers their names. */
function sorted(raw: readonly string[]): Record<keyof z.input<typeof messageHeaders>, unknown> {
  const system = new Map<string, string>();
  const application = new Map<string, string>();
  const comesTwice: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const [name = "", value = ""] = raw.slice(index, index + 2);
    const lower = name.toLowerCase();
    const isOurs = lower.startsWith("iothub-") || /^content-(type|encoding)$/.test(lower);
    const isApplication = lower.startsWith(APPLICATION);
    const headers = isApplication ? application : system;
    const key = isApplication ? name.slice(APPLICATION.length) : lower;
    if (headers.has(key)) comesTwice.push(name);
    if (isOurs) headers.set(key, value);
  }
  return {
    system: Object.fromEntries(system),
    application: [...application].map(([name, value]) => ({ name, value })),
    comesTwice,
  };
}
