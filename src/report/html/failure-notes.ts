import type { FailureClass } from "../../base/failure.ts";
import { FAILURE_CLASSES } from "../../base/failure.ts";
import type { RunEvent } from "../../output/output.ts";

/** What devices were told, in one wording. */
export interface FailureExample {
  readonly text: string;
  readonly deviceId: string;
  /** ms after time 0. */
  readonly t: number;
  /** The service's own, where it gave them. */
  readonly code?: string | undefined;
  readonly trackingId?: string | undefined;
  readonly times: number;
}

/** What was noted of a class of failure. */
export interface FailureNote {
  readonly failureClass: FailureClass;
  /** Attempts that failed so. */
  readonly attempts: number;
  /** Of these, the ones after which the device gave up. */
  readonly final: number;
  /** Hub connections that were lost so. */
  readonly lost: number;
  /** The first few wordings. */
  readonly examples: readonly FailureExample[];
  /** Attempts and losses with other wordings. */
  readonly others: number;
}

interface Page {
  attempts: number;
  final: number;
  lost: number;
  others: number;
  readonly examples: Map<string, FailureExample>;
}

/** So many wordings of a class are kept. */
const WORDINGS = 4;

/** Failures of devices as their events told them: counted by class, with examples; ten thousand are a few lines. */
export class FailureNotes {
  readonly #pages = new Map<FailureClass, Page>();

  observe(event: RunEvent): void {
    if (event.type === "error") {
      const page = this.#pageOf(event.errorClass);
      page.attempts += 1;
      if (event.final) page.final += 1;
      note(page, { ...event, text: event.error });
    } else if (event.type === "disconnection") {
      const page = this.#pageOf(event.errorClass);
      page.lost += 1;
      note(page, { ...event, text: event.error });
    }
  }

  /** Of the classes that there were, in the order of the catalogue. */
  notes(): readonly FailureNote[] {
    return FAILURE_CLASSES.flatMap((failureClass) => {
      const page = this.#pages.get(failureClass);
      if (page === undefined) return [];
      return [{ ...page, failureClass, examples: [...page.examples.values()] }];
    });
  }

  #pageOf(failureClass: FailureClass): Page {
    const known = this.#pages.get(failureClass);
    if (known !== undefined) return known;
    const page = { attempts: 0, final: 0, lost: 0, others: 0, examples: new Map() };
    this.#pages.set(failureClass, page);
    return page;
  }
}

function note(page: Page, seen: Omit<FailureExample, "times">): void {
  const { text, deviceId, t, code, trackingId } = seen;
  const known = page.examples.get(text);
  if (known !== undefined) page.examples.set(text, { ...known, times: known.times + 1 });
  else if (page.examples.size < WORDINGS) {
    page.examples.set(text, { text, deviceId, t, code, trackingId, times: 1 });
  } else page.others += 1;
}
