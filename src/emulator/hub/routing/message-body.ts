import type { Json } from "../../../base/json.ts";
import { parseJson } from "../../parse-json.ts";

/**
 * The body as JSON, which conditions may ask for members; undefined for what is none.
 * Source: Microsoft Learn, "IoT Hub message routing query syntax", "Query based on message body": the content type must
 * be `application/json` and the content encoding UTF-8, UTF-16 or UTF-32.
 *
 * @param contentType may have parameters; case does not matter
 */
export function jsonBody(
  body: Uint8Array,
  contentType: string | undefined,
  contentEncoding: string | undefined,
): Json | undefined {
  const [mediaType = ""] = contentType?.split(";") ?? [];
  if (mediaType.trim().toLowerCase() !== "application/json") return undefined;
  try {
    const text = decode(body, contentEncoding?.trim().toLowerCase() ?? "");
    return text === undefined ? undefined : parseJson(text);
  } catch {
    // Not of that encoding, no JSON, or nested too deep.
    return undefined;
  }
}

function decode(body: Uint8Array, encoding: string): string | undefined {
  switch (encoding) {
    case "utf-8":
    case "utf-16le":
    case "utf-16be":
      return new TextDecoder(encoding, { fatal: true }).decode(body);
    case "utf-16": {
      const isBigEndian = body[0] === 0xfe && body[1] === 0xff;
      const own = isBigEndian ? "utf-16be" : "utf-16le";
      return new TextDecoder(own, { fatal: true }).decode(body);
    }
    case "utf-32":
    case "utf-32le":
    case "utf-32be":
      return decodeUtf32(body, encoding);
    default:
      return undefined;
  }
}

const BYTE_ORDER_MARK = 0xfeff;

/** @throws {RangeError} for what is no UTF-32 */
function decodeUtf32(body: Uint8Array, encoding: "utf-32" | "utf-32le" | "utf-32be"): string {
  const view = new DataView(body.buffer, body.byteOffset, body.byteLength);
  const isMarkedBig = body.length >= 4 && view.getUint32(0) === BYTE_ORDER_MARK;
  const isLittle = encoding === "utf-32le" || (encoding === "utf-32" && !isMarkedBig);
  let text = "";
  for (let at = 0; at < body.length; at += 4) {
    const point = view.getUint32(at, isLittle);
    if (at > 0 || point !== BYTE_ORDER_MARK) text += String.fromCodePoint(point);
  }
  return text;
}
