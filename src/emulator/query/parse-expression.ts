import type { ArithmeticOperator, Expression, Path } from "./expression.ts";
import { COMPARISONS, PRODUCT_OPERATORS, SUM_OPERATORS } from "./expression.ts";
import { functionNamed, functionOf } from "./functions.ts";
import { QueryError } from "./query-error.ts";
import { TokenReader } from "./token-reader.ts";

/**
 * The names that a condition may speak of: gives the path as `lookup` is to be asked for it.
 *
 * @param at offset of the path in the text
 * @throws {QueryError} for a name that means nothing there
 */
export type Vocabulary = (path: Path, at: number) => Path;

/** How deep parentheses, brackets, NOT and signs may nest; our own bound, so that no text can exhaust the stack. */
const NESTING_MAX = 64;

const LITERALS: ReadonlyMap<string, boolean | null | undefined> = new Map([
  ["TRUE", true],
  ["FALSE", false],
  ["NULL", null],
  ["UNDEFINED", undefined],
]);
/** Words that begin no path. */
const RESERVED: ReadonlySet<string> = new Set(["AND", "OR", "NOT", "IN", "NIN"]);

/** Reads a whole text as a condition. @throws {QueryError} with the place of the first mistake */
export function parseCondition(text: string, vocabulary: Vocabulary): Expression {
  const reader = new TokenReader(text);
  const condition = new ExpressionParser(reader, vocabulary).expression();
  reader.expectEnd("expected an operator or the end");
  return condition;
}

/**
 * Reads expressions by recursive descent; rank from weak to strong: OR, AND, NOT, comparisons, `+ -`, `* / %`, sign.
 * Source of the grammar: Microsoft Learn, "IoT Hub query language for device and module twins, jobs, and message
 * routing", "Expressions and conditions".
 */
export class ExpressionParser {
  readonly #reader: TokenReader;
  readonly #vocabulary: Vocabulary;
  #nesting = 0;

  constructor(reader: TokenReader, vocabulary: Vocabulary) {
    this.#reader = reader;
    this.#vocabulary = vocabulary;
  }

  /** @throws {QueryError} */
  expression(): Expression {
    return this.#chain("or", () => this.#chain("and", () => this.#not()));
  }

  /** `name.name['any name'].[[any name]][0]`, as the vocabulary gives it. @throws {QueryError} */
  path(): Path {
    const reader = this.#reader;
    const first = reader.peek();
    if (first.kind === "word" && RESERVED.has(first.text.toUpperCase()))
      reader.fail("expected a name or a value");
    const root = this.#name();
    const steps: (string | number)[] = [];
    for (;;) {
      if (reader.takes(".")) steps.push(this.#name());
      else if (reader.peek().kind === "name") steps.push(this.#name());
      else if (reader.takes("[")) {
        steps.push(this.#step());
        reader.expect("]");
      } else return this.#vocabulary([root, ...steps], first.at);
    }
  }

  #chain(kind: "and" | "or", next: () => Expression): Expression {
    const first = next();
    const operands = [first];
    while (this.#reader.takes(kind.toUpperCase())) operands.push(next());
    return operands.length === 1 ? first : { kind, operands };
  }

  #not(): Expression {
    if (!this.#reader.takes("NOT")) return this.#comparison();
    return { kind: "not", operand: this.#nested(() => this.#not()) };
  }

  #comparison(): Expression {
    const left = this.#sum();
    const reader = this.#reader;
    const membership = reader.takesOneOf(["IN", "NIN"]);
    if (membership !== undefined) {
      reader.expect("[");
      const list = this.#list("]");
      return { kind: "in", operand: left, list, negated: membership === "NIN" };
    }
    const operator = reader.takes("<>") ? "!=" : reader.takesOneOf(COMPARISONS);
    if (operator === undefined) return left;
    return { kind: "compare", operator, left, right: this.#sum() };
  }

  #sum(): Expression {
    return this.#arithmetic(SUM_OPERATORS, () =>
      this.#arithmetic(PRODUCT_OPERATORS, () => this.#signed()),
    );
  }

  #arithmetic(operators: readonly ArithmeticOperator[], next: () => Expression): Expression {
    const first = next();
    const rest: { operator: ArithmeticOperator; operand: Expression }[] = [];
    for (;;) {
      const operator = this.#reader.takesOneOf(operators);
      if (operator === undefined) break;
      rest.push({ operator, operand: next() });
    }
    return rest.length === 0 ? first : { kind: "arithmetic", first, rest };
  }

  #signed(): Expression {
    if (!this.#reader.takes("-")) return this.#primary();
    const token = this.#reader.peek();
    if (token.kind !== "number")
      return { kind: "negate", operand: this.#nested(() => this.#signed()) };
    this.#reader.take();
    return { kind: "literal", value: -token.value };
  }

  #primary(): Expression {
    const reader = this.#reader;
    const token = reader.peek();
    if (token.kind === "string" || token.kind === "number") {
      reader.take();
      return { kind: "literal", value: token.kind === "string" ? token.text : token.value };
    }
    if (reader.takes("(")) {
      const inner = this.#nested(() => this.expression());
      reader.expect(")");
      return inner;
    }
    if (reader.takes("[")) return { kind: "array", items: this.#list("]") };
    if (token.kind === "word") {
      const word = token.text.toUpperCase();
      if (reader.sees("(", 1)) return this.#call(token.text, token.at);
      if (LITERALS.has(word)) {
        reader.take();
        return { kind: "literal", value: LITERALS.get(word) };
      }
    }
    return { kind: "path", path: this.path() };
  }

  #call(text: string, at: number): Expression {
    const name = functionNamed(text);
    if (name === undefined) throw new QueryError(at, `no function ${text} is known here`);
    this.#reader.take();
    this.#reader.expect("(");
    const operands = this.#list(")");
    const { minArguments, maxArguments } = functionOf(name);
    if (operands.length < minArguments || operands.length > maxArguments)
      throw new QueryError(at, `${text} takes ${minArguments} arguments, found ${operands.length}`);
    return { kind: "call", name, operands };
  }

  /** Expressions with commas between them, up to the symbol that closes the list. */
  #list(close: string): readonly Expression[] {
    if (this.#reader.takes(close)) return [];
    const items = [this.#nested(() => this.expression())];
    while (this.#reader.takes(",")) items.push(this.#nested(() => this.expression()));
    this.#reader.expect(close);
    return items;
  }

  #name(): string {
    const token = this.#reader.peek();
    if (token.kind !== "word" && token.kind !== "name")
      this.#reader.fail("expected a name or a value");
    this.#reader.take();
    return token.text;
  }

  /** What stands in brackets behind a path. */
  #step(): string | number {
    const token = this.#reader.peek();
    if (token.kind === "string") {
      this.#reader.take();
      return token.text;
    }
    if (token.kind !== "number" || !Number.isSafeInteger(token.value))
      this.#reader.fail("expected a name in quotes or the number of an item");
    this.#reader.take();
    return token.value;
  }

  #nested<T>(read: () => T): T {
    if (this.#nesting === NESTING_MAX) this.#reader.fail(`nested more than ${NESTING_MAX} deep`);
    this.#nesting += 1;
    const result = read();
    this.#nesting -= 1;
    return result;
  }
}
