import { Mapping } from "../../shared/mapping.ts";
import type { Generator, GeneratorKind, Moment } from "../generator.ts";
import type { Series } from "../series.ts";

const AT_END = ["loop", "hold", "stop"] as const;
const BETWEEN = ["hold", "linear"] as const;

/**
 * `{ replay: { file, column, time, every, timeScale, interpolation, end, offset } }`: a column of a CSV or NDJSON file.
 *
 * With a time column, or `every` seconds a row, it goes by the device's own time from the first message on, however long
 * the intervals are, `timeScale` recorded seconds a second; without either, each message takes the next row.
 */
export const replay: GeneratorKind = {
  read(raw, path, { tell, recording }) {
    const mapping = Mapping.of(
      raw,
      path,
      tell,
      "a mapping such as { file: day.csv, column: power }",
    );
    const file = mapping.text("file");
    const column = mapping.text("column");
    const time = mapping.has("time") ? mapping.text("time") : undefined;
    const every = mapping.optionalNumber("every", { above: 0 });
    const timeScale = mapping.number("timeScale", { byDefault: 1, above: 0 });
    const isLinear = mapping.choice("interpolation", BETWEEN) === "linear";
    const end = mapping.choice("end", AT_END);
    const isRandom = mapping.value("offset") === "random";
    const fixedOffset = isRandom ? 0 : mapping.number("offset", { byDefault: 0, least: 0 });
    mapping.close();
    if (time !== undefined && every !== undefined) {
      mapping.refuse("every", "none beside a time column");
    }
    const isByTime = time !== undefined || every !== undefined;
    for (const key of ["timeScale", "interpolation"]) {
      if (!isByTime && mapping.has(key))
        mapping.refuse(key, "time or every beside it, without which each message takes a row");
    }
    if (file === "" || column === "") return SILENT;
    const series = recording(file, path)?.series(
      { column, time, every: every ?? 1, isLinear },
      (message) => tell(path, message),
    );
    if (series === undefined) return SILENT;
    const positionOf = ({ index, elapsedS }: Moment): number =>
      isByTime ? elapsedS * timeScale : index;
    return (context): Generator => {
      const player = {
        // Where it began, which a device that is restored takes over.
        carried: isRandom ? context.random().next() * series.length : fixedOffset,
        next: (moment: Moment) =>
          valueAt(series, positionOf(moment) + player.carried, end, isLinear),
      };
      return player;
    };
  },
};

const SILENT = (): Generator => ({ next: () => undefined });

function valueAt(
  series: Series,
  position: number,
  end: (typeof AT_END)[number],
  isLinear: boolean,
): ReturnType<Generator["next"]> {
  const isOver = position >= series.length;
  if (isOver && end === "stop") return undefined;
  if (isOver && end === "hold") return series.last;
  const within = position % series.length;
  return isLinear ? series.linearAt(within, end === "loop") : series.heldAt(within);
}
