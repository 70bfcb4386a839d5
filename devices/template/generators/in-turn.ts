import { isList, Mapping } from "../../shared/mapping.ts";
import type { GeneratorKind } from "../generator.ts";

/** `{ list: [a, b, c] }`: each message takes the next, from the first again after the last; or any, with `pick: random`. */
export const list: GeneratorKind = {
  read(raw, path, { tell }, field) {
    const pick = field.choice("pick", ["inTurn", "random"]);
    if (!isList(raw) || raw.length === 0) {
      tell(path, "expected a list with at least one value");
      return () => ({ next: () => null });
    }
    if (pick === "inTurn") {
      return () => ({ next: ({ index }) => raw[index % raw.length] ?? null });
    }
    return (context) => {
      const random = context.random();
      return { next: () => raw[Math.floor(random.next() * raw.length)] ?? null };
    };
  },
};

/** `{ counter: { start, step, max } }`: one step more with each message; above `max` (below, if it counts down) from the start again. */
export const counter: GeneratorKind = {
  read(raw, path, { tell }) {
    const mapping = Mapping.of(raw, path, tell, "a mapping such as { start: 1 }");
    const start = mapping.number("start", { byDefault: 0 });
    const step = mapping.number("step", { byDefault: 1 });
    const max = mapping.optionalNumber("max");
    mapping.close();
    if (step === 0) tell(mapping.at("step"), "expected a number other than 0, got 0");
    if (max !== undefined && (max - start) * step < 0) {
      const side = step > 0 ? "at least" : "at most";
      tell(mapping.at("max"), `expected ${side} the start, ${start}, got ${max}`);
    }
    const period = max === undefined ? Infinity : Math.floor((max - start) / step) + 1;
    return () => ({ next: ({ index }) => start + step * (index % period) });
  },
};
