import { createHash } from "node:crypto";

import type { JSX } from "preact";

import type { ReportData } from "./report-data.ts";
import { Alerts } from "./sections/alerts.tsx";
import { Configuration } from "./sections/configuration.tsx";
import { Courses } from "./sections/courses.tsx";
import { Failures } from "./sections/failures.tsx";
import { Funnel } from "./sections/funnel.tsx";
import { Generator } from "./sections/generator.tsx";
import { Headline } from "./sections/headline.tsx";
import { Latencies } from "./sections/latencies.tsx";
import { Messages } from "./sections/messages.tsx";
import { Slowest } from "./sections/slowest.tsx";
import { Splits } from "./sections/splits.tsx";
import { Thresholds } from "./sections/thresholds.tsx";
import { TwinFindings } from "./sections/twin-findings.tsx";
import { Twins } from "./sections/twins.tsx";
import { STYLE } from "./style.ts";

/** Nothing is loaded, run or sent; the one style sheet is known by its hash. */
const POLICY = `default-src 'none'; style-src 'sha256-${createHash("sha256").update(STYLE).digest("base64")}'; base-uri 'none'; form-action 'none'`;

/** The parts that the contents name, by their ids. */
const CONTENTS = {
  verdict: "Verdict",
  funnel: "Funnel",
  time: "Over time",
  latencies: "Latencies",
  splits: "Hubs and models",
  messages: "Messages",
  failures: "Failures",
  alerts: "Alerts",
  slowest: "Slowest devices",
  generator: "Generator",
  configuration: "Configuration",
} as const;

/** The whole page: one file without scripts, fonts, images or links to elsewhere. */
export function Page({ data }: { readonly data: ReportData }): JSX.Element {
  const { run, verdict } = data.summary;
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta http-equiv="Content-Security-Policy" content={POLICY} />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <meta name="robots" content="noindex" />
        <title>{`${run.scenario}: ${verdict}`}</title>
        <style dangerouslySetInnerHTML={{ __html: STYLE }} />
      </head>
      <body>
        <Headline data={data} />
        <nav aria-label="Contents">
          {Object.entries(CONTENTS).map(([id, name]) => (
            <a key={id} href={`#${id}`}>
              {name}
            </a>
          ))}
        </nav>
        <main>
          <Thresholds data={data} />
          <Funnel data={data} />
          <Courses data={data} />
          <Latencies data={data} />
          <Splits data={data} />
          <Messages data={data} />
          <Twins data={data} />
          <TwinFindings data={data} />
          <Failures data={data} />
          <Alerts data={data} />
          <Slowest data={data} />
          <Generator data={data} />
          <Configuration data={data} />
        </main>
        <footer>A number that is shown was measured in this run; what was not has a dash.</footer>
      </body>
    </html>
  );
}
