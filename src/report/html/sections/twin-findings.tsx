import type { JSX } from "preact";

import { DIVERGENCE_WORDS, sidesText } from "../../../output/divergence.ts";
import { formatCount } from "../format.ts";
import type { ReportData } from "../report-data.ts";
import { Section } from "../section.tsx";
import { DataTable } from "../table.tsx";

/** Devices whose twins did not come along: desired versions, and what the oracle found. */
export function TwinFindings({ data }: { readonly data: ReportData }): JSX.Element | null {
  const { versions, divergences } = data.summary.twin;
  if (versions.length === 0 && divergences === null) return null;
  return (
    <Section id="twin-findings" title="Twins that did not come along">
      {versions.length === 0 ? null : (
        <DataTable
          caption="Devices whose desired versions did not come as the hub counts them"
          rows={versions}
          columns={[
            { name: "device", cell: ({ deviceId }) => deviceId },
            { name: "missed", isNumber: true, cell: ({ missed }) => formatCount(missed) },
            { name: "not read", isNumber: true, cell: ({ notHealed }) => formatCount(notHealed) },
            { name: "twice", isNumber: true, cell: ({ duplicate }) => formatCount(duplicate) },
            {
              name: "out of order",
              isNumber: true,
              cell: ({ outOfOrder }) => formatCount(outOfOrder),
            },
          ]}
        />
      )}
      {divergences === null ? null : (
        <>
          <p>
            The oracle looked {formatCount(divergences.looks)} times at{" "}
            {formatCount(divergences.devices)} devices: {formatCount(divergences.begun)}{" "}
            divergences, {formatCount(divergences.ended)} of them ended.
          </p>
          {divergences.named.length === 0 ? null : (
            <DataTable
              caption="Properties at odds for longer than is tolerated, in seconds after time 0"
              rows={divergences.named}
              columns={[
                { name: "device", cell: ({ deviceId }) => deviceId },
                { name: "property", cell: ({ property }) => property },
                { name: "what", cell: ({ kind }) => DIVERGENCE_WORDS[kind] },
                { name: "sides", cell: sidesText },
                { name: "since", isNumber: true, cell: ({ sinceS }) => sinceS.toFixed(1) },
                {
                  name: "until",
                  isNumber: true,
                  cell: ({ endedS }) => (endedS === null ? "open" : endedS.toFixed(1)),
                },
              ]}
            />
          )}
        </>
      )}
    </Section>
  );
}
