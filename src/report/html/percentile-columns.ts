import type { Percentiles } from "../../metrics/percentiles.ts";
import { formatCount, formatMsColumn } from "./format.ts";
import type { Column } from "./table.tsx";

const NAMES = ["min", "mean", "p50", "p90", "p95", "p99", "p999", "max"] as const;

/** The 99.9th percentile of a hundred values is but their maximum. */
const NEEDED: Readonly<Partial<Record<(typeof NAMES)[number], number>>> = {
  p90: 10,
  p95: 20,
  p99: 100,
  p999: 1_000,
};

/** All percentiles of a row, in ms; those that there are too few values for are left out. */
export const percentileColumns = <Row>(msOf: (row: Row) => Percentiles): readonly Column<Row>[] => [
  { name: "values", isNumber: true, cell: (row) => formatCount(msOf(row).count) },
  ...NAMES.map((name): Column<Row> => ({
    name: name === "p999" ? "p99.9" : name,
    isNumber: true,
    cell: (row) => {
      const ms = msOf(row);
      return formatMsColumn(ms.count < (NEEDED[name] ?? 0) ? null : ms[name]);
    },
  })),
];
