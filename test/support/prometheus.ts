/** A sample of a scrape. */
export interface Sample {
  readonly name: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly value: number;
}

/** A metric of a scrape with its samples. */
export interface Family {
  readonly name: string;
  readonly type: string;
  readonly help: string;
  readonly samples: readonly Sample[];
}

const NAME = /^[a-zA-Z_:][a-zA-Z0-9_:]*/;
const LABEL = /^([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\["\\n])*)"(?:,|(?=\}))/;
const VALUE = /^ (\d+(?:\.\d+)?(?:e[+-]\d+)?)$/;
const UNESCAPED: Readonly<Record<string, string>> = { "\\\\": "\\", '\\"': '"', "\\n": "\n" };

/**
 * Reads Prometheus' text format 0.0.4, and what its documentation asks of it: HELP and TYPE once for each metric, before
 * its samples, which stand together; a newline at the end; names that suffixes of the type extend; each series once.
 *
 * @throws {Error} with the line that is not so
 */
export function parsePrometheus(text: string): readonly Family[] {
  if (!text.endsWith("\n")) throw new Error("the last line has no end");
  const families: (Family & { readonly samples: Sample[] })[] = [];
  const series = new Set<string>();
  let help: { readonly name: string; readonly text: string } | undefined;
  for (const line of text.slice(0, -1).split("\n")) {
    const wrong = (why: string): Error => new Error(`${why}: ${line}`);
    const [, keyword, name = "", rest = ""] = /^# (HELP|TYPE) (\S+) (.+)$/.exec(line) ?? [];
    if (keyword !== undefined) {
      if (NAME.exec(name)?.[0] !== name) throw wrong("no name");
      if (keyword === "HELP") {
        if (families.some((family) => family.name === name)) throw wrong("a second HELP");
        help = { name, text: rest };
        continue;
      }
      if (help?.name !== name) throw wrong("TYPE without its HELP");
      if (!["counter", "gauge", "summary"].includes(rest)) throw wrong("no type");
      families.push({ name, type: rest, help: help.text, samples: [] });
      continue;
    }
    const family = families.at(-1);
    const sample = sampleOf(line, wrong);
    if (
      family === undefined ||
      !suffixesOf(family.type).some((s) => sample.name === family.name + s)
    )
      throw wrong("a sample of another metric");
    const key = JSON.stringify([sample.name, Object.entries(sample.labels).map(String).toSorted()]);
    if (series.has(key)) throw wrong("a second sample of a series");
    series.add(key);
    family.samples.push(sample);
  }
  return families;
}

function suffixesOf(type: string): readonly string[] {
  return type === "summary" ? ["_sum", "_count"] : [""];
}

function sampleOf(line: string, wrong: (why: string) => Error): Sample {
  const name = NAME.exec(line)?.[0];
  if (name === undefined) throw wrong("no sample");
  let rest = line.slice(name.length);
  const labels: Record<string, string> = {};
  if (rest.startsWith("{")) {
    rest = rest.slice(1);
    while (!rest.startsWith("}")) {
      const [whole, label, value] = LABEL.exec(rest) ?? [];
      if (whole === undefined || label === undefined || value === undefined)
        throw wrong("no label");
      if (Object.hasOwn(labels, label)) throw wrong("a label twice");
      labels[label] = value.replaceAll(/\\./g, (escape) => UNESCAPED[escape] ?? escape);
      rest = rest.slice(whole.length);
    }
    rest = rest.slice(1);
  }
  const value = VALUE.exec(rest)?.[1];
  if (value === undefined) throw wrong("no value");
  return { name, labels, value: Number(value) };
}

/** The value of the one sample with a name and, among others, these labels; undefined where there is none. */
export function sampleValue(
  families: readonly Family[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  const found = families
    .flatMap(({ samples }) => samples)
    .filter(
      (sample) =>
        sample.name === name &&
        Object.entries(labels).every(([label, value]) => sample.labels[label] === value),
    );
  if (found.length > 1) throw new Error(`${found.length} samples of ${name}`);
  return found[0]?.value;
}
