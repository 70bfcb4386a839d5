import type { Document } from "yaml";
import { isMap, isNode, isScalar, LineCounter, parseDocument } from "yaml";
import type { Problem } from "./errors.ts";
import { messageOf } from "./errors.ts";
import type { Path } from "./format-path.ts";
import { formatPath } from "./format-path.ts";

/** A YAML text with the position of everything in it. */
export class YamlSource {
  readonly value: unknown;
  /** Why the text cannot be read at all; [] = good. */
  readonly problems: readonly Problem[];
  readonly #name: string;
  readonly #document: Document.Parsed;
  readonly #lines = new LineCounter();

  /** Never throws. @param name the file, as messages show it */
  constructor(text: string, name: string) {
    this.#name = name;
    this.#document = parseDocument(text, { lineCounter: this.#lines, prettyErrors: false });
    const problems = syntaxErrors(this.#document).map(({ pos, message }): Problem => ({
      place: this.#placeAt(pos[0]),
      message: `not YAML: ${message}`,
      hint: /flow-map-start at node end/.test(message)
        ? 'inside { } quote a text that has braces itself: "cave-{n}"'
        : undefined,
    }));
    let value: unknown;
    if (problems.length === 0) {
      try {
        value = this.#document.toJS();
      } catch (error) {
        // Aliases without an anchor, or so many that the text was made to exhaust memory.
        problems.push({ place: name, message: `not YAML: ${messageOf(error)}` });
      }
    }
    this.value = value;
    this.problems = problems;
  }

  /**
   * `FILE:LINE:COLUMN path`, as editors and terminals make links of it; both count from 1. `path` is as a reader
   * writes it (`fleet[0].telemetry.interval`).
   *
   * What is not there has the position of the nearest mapping or list around it.
   */
  placeOf(path: Path): string {
    const name = formatPath(path);
    const offset = this.#offsetOf(path);
    return [offset === undefined ? this.#name : this.#placeAt(offset), name]
      .filter((part) => part !== "")
      .join(" ");
  }

  #placeAt(offset: number): string {
    const { line, col } = this.#lines.linePos(offset);
    return `${this.#name}:${line}:${col}`;
  }

  #offsetOf(path: Path): number | undefined {
    const key = path.at(-1);
    const parent = path.slice(0, -1);
    const around: unknown = parent.length === 0 ? this.#document.contents : this.#nodeAt(parent);
    if (key !== undefined && isMap(around)) {
      const pair = around.items.find((item) => isScalar(item.key) && item.key.value === key);
      if (pair !== undefined && isNode(pair.key)) return pair.key.range?.[0];
    }
    const node: unknown = path.length === 0 ? this.#document.contents : this.#nodeAt(path);
    if (isNode(node)) return node.range?.[0];
    return path.length === 0 ? undefined : this.#offsetOf(parent);
  }

  #nodeAt(path: Path): unknown {
    return this.#document.getIn(path, true);
  }
}

/** Keys given twice, and the first other error: what follows a syntax error is mostly noise. */
function syntaxErrors({ errors }: Document.Parsed): Document.Parsed["errors"] {
  const first = errors.find(({ code }) => code !== "DUPLICATE_KEY");
  return errors.filter((error) => error.code === "DUPLICATE_KEY" || error === first);
}
