import type { JsonObject } from "../../../base/json.ts";
import type { Lookup } from "../../query/evaluate.ts";
import type { Value } from "../../query/values.ts";
import { valueAt } from "../../query/values.ts";
import { jsonBody } from "./message-body.ts";
import { BODY, TWIN } from "./routing-names.ts";

/** A message as routing conditions see it. */
export interface RoutedMessage {
  /** The application property of a name in lower case: case does not matter to conditions. */
  application(name: string): string | undefined;
  /** The system property of a name as conditions write it, `$messageId`. */
  system(name: string): string | undefined;
  readonly body: Uint8Array;
  /** The device's twin; undefined where there is none. */
  twin(): JsonObject | undefined;
}

/** Answers what conditions ask of a message; its body and its twin are read when they are first asked for, and once. */
export function lookupIn(message: RoutedMessage): Lookup {
  let body: { readonly value: Value } | undefined;
  let twin: { readonly value: Value } | undefined;
  return ([root, ...steps]) => {
    switch (root) {
      case BODY:
        body ??= { value: bodyOf(message) };
        return valueAt(body.value, steps);
      case TWIN:
        twin ??= { value: message.twin() };
        return valueAt(twin.value, steps);
      default:
        return root.startsWith("$") ? message.system(root) : message.application(root);
    }
  };
}

function bodyOf(message: RoutedMessage): Value {
  return jsonBody(message.body, message.system("$contentType"), message.system("$contentEncoding"));
}
