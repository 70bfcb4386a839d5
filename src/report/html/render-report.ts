import type { ReportSource } from "./make-report-data.ts";

/** The page of a run. What it is rendered with is loaded when the first one is. */
export async function renderReport(source: ReportSource): Promise<string> {
  const [{ makeReportData }, { reportHtml }] = await Promise.all([
    import("./make-report-data.ts"),
    import("./report-html.tsx"),
  ]);
  return reportHtml(makeReportData(source));
}
