import { renderToString } from "preact-render-to-string";

import { Page } from "./page.tsx";
import type { ReportData } from "./report-data.ts";

/** Characters that no page may hold; texts of services may have any. Source: HTML Standard, 13.2.3.5, "control". */
// oxlint-disable-next-line no-control-regex -- these are what must not get through
const NO_CHARACTER = /[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F\uFFFE\uFFFF]/g;

/** `report.html`: the run as one page that needs no network. Every text in it is escaped; pure. */
export const reportHtml = (data: ReportData): string =>
  `<!DOCTYPE html>\n${renderToString(<Page data={data} />)}\n`.replaceAll(NO_CHARACTER, "\uFFFD");
