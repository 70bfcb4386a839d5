import { FleetError } from "../base/errors.ts";
import { showValue } from "../base/show-value.ts";
import type { ControlAnswer, ControlDone } from "./control-answer.ts";
import { refusal } from "./control-answer.ts";
import type { ControlRequest } from "./control-request.ts";
import { controlRequest } from "./control-request.ts";

/** Does what is asked. @throws {FleetError} where it cannot be */
export type AskControl = (request: ControlRequest) => Promise<ControlDone>;

/** The answer to one line of a client: what it asks is done, or refused with every problem. Rejects only on a bug. */
export async function answerLine(line: string, ask: AskControl): Promise<ControlAnswer> {
  try {
    return await ask(parseRequest(line));
  } catch (error) {
    if (error instanceof FleetError) return refusal(error);
    throw error;
  }
}

function parseRequest(line: string): ControlRequest {
  const raw = jsonOf(line);
  const parsed = controlRequest.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new FleetError("USAGE", "this request is not understood", {
    problems: parsed.error.issues.map(({ path, message }) => ({
      place: path.join(".") || "request",
      message,
    })),
    hint: "a run understands the ctl of its own version",
  });
}

function jsonOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    throw new FleetError("USAGE", "this request is not understood", {
      problems: [
        { place: "request", message: `expected one line of JSON, got ${showValue(line)}` },
      ],
    });
  }
}
