import type { IncomingHttpHeaders } from "node:http";
import { z } from "zod";
import { ACKNOWLEDGMENTS } from "../hub/command-message.ts";
import type { CommandDraft } from "../hub/send-command.ts";
import { parseBody } from "./replies.ts";

/** Printable ASCII, as it stands in a header. */
const text = z.string().regex(/^[ -~]*$/, "expected printable ASCII");
// Source: Microsoft Learn, "Create and read IoT Hub messages", system properties.
const messageId = text.min(1).max(128).optional();
// The characters of a header's name (RFC 9110), which are those of a property's name in Azure.
const propertyName = z
  .string()
  .regex(/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/, "expected a property's name");

const headers = z.strictObject({
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
  properties: z.record(propertyName, text),
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
export function parseCommandHeaders(
  known: IncomingHttpHeaders,
  raw: readonly string[],
): Omit<CommandDraft, "body"> {
  const ours = Object.entries(known).filter(
    ([name]) =>
      name === "content-type" ||
      name === "content-encoding" ||
      (name.startsWith("iothub-") && !name.startsWith(APPLICATION)),
  );
  const parsed = parseBody(headers, {
    ...Object.fromEntries(ours),
    properties: Object.fromEntries(applicationProperties(raw)),
  });
  const nulls = parsed["iothub-nullproperties"] ?? [];
  return {
    messageId: parsed["iothub-messageid"],
    correlationId: parsed["iothub-correlationid"],
    userId: parsed["iothub-userid"],
    acknowledgment: parsed["iothub-ack"],
    expiryTime: parsed["iothub-expiry"],
    contentType: parsed["content-type"],
    contentEncoding: parsed["content-encoding"],
    properties: new Map<string, string | null>([
      ...Object.entries(parsed.properties),
      ...nulls.map((name) => [name, null] as const),
    ]),
  };
}

/** Node lowers the names in its parsed headers; here they are as they came. */
function* applicationProperties(raw: readonly string[]): Generator<readonly [string, string]> {
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? "";
    if (name.toLowerCase().startsWith(APPLICATION))
      yield [name.slice(APPLICATION.length), raw[index + 1] ?? ""];
  }
}
