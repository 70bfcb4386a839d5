import type { JSX } from "preact";

import { GENERATOR_LIMITED, reasonsWithMends } from "../../../output/generator-text.ts";
import type { GeneratorHealth, ProcessUse } from "../../../output/generator-summary.ts";
import { chartTime } from "../charts/chart-time.ts";
import { LineChart } from "../charts/line-chart.tsx";
import { formatBytes, formatCount, formatMsColumn, formatWholeShare } from "../format.ts";
import type { ReportData } from "../report-data.ts";
import { Section } from "../section.tsx";
import { DataTable } from "../table.tsx";

interface NamedUse extends ProcessUse {
  readonly name: string;
}

const processes = ({ workers, supervisor }: GeneratorHealth): readonly NamedUse[] => [
  ...workers.map((use) => ({ ...use, name: `worker ${use.worker}` })),
  { ...supervisor, name: "supervisor" },
];

/** Where the generator was the limit, why, and what to do about it. */
function Limits({ generator }: { readonly generator: GeneratorHealth }): JSX.Element {
  if (!generator.limited) return <p>The generator was not the limit.</p>;
  return (
    <div class="trouble">
      <p>{GENERATOR_LIMITED}:</p>
      <ul>
        {reasonsWithMends(generator).map(({ mend, texts }) => (
          <li key={mend}>{`${texts.join("; ")}. What to do: ${mend}`}</li>
        ))}
      </ul>
    </div>
  );
}

/** CPU and the delay of event loops over time. */
function GeneratorCharts({ data }: { readonly data: ReportData }): JSX.Element | null {
  const { bins } = data.course;
  const time = chartTime(data.course);
  if (time === undefined || bins.every(({ generator }) => generator === null)) return null;
  return (
    <div class="charts">
      <LineChart
        id="generator-delay"
        title="Longest wait for an event loop"
        time={time}
        quantity="ms"
        series={[
          {
            name: "workers",
            tone: "accent",
            values: bins.map(({ generator }) => generator?.workersDelayMs ?? null),
          },
          {
            name: "supervisor",
            tone: "ink",
            values: bins.map(({ generator }) => generator?.supervisorDelayMs ?? null),
          },
        ]}
      />
      <LineChart
        id="generator-cpu"
        title="CPU"
        time={time}
        quantity="share"
        series={[
          {
            name: "busiest worker, of a core",
            tone: "accent",
            values: bins.map(({ generator }) => generator?.workerCpuShare ?? null),
          },
          {
            name: "machine, of all cores",
            tone: "ink",
            values: bins.map(({ generator }) => generator?.machineCpuShare ?? null),
          },
        ]}
      />
    </div>
  );
}

/** Whether what ran the devices was the limit, and what its processes used. */
export function Generator({ data }: { readonly data: ReportData }): JSX.Element {
  const { workers, resources, run, generator } = data.summary;
  return (
    <Section id="generator" title="Generator">
      {generator === null ? (
        <p>How the generator did was not measured: the run came to no devices.</p>
      ) : (
        <>
          <Limits generator={generator} />
          <GeneratorCharts data={data} />
          <DataTable
            caption="Processes: CPU as a share of one core (peak: the busiest 5 s), waits for the event loop in ms, garbage collections as a share of the time"
            rows={processes(generator)}
            columns={[
              { name: "process", cell: ({ name }) => name },
              {
                name: "CPU",
                isNumber: true,
                cell: ({ cpuShare }) => formatWholeShare(cpuShare.mean),
              },
              {
                name: "peak",
                isNumber: true,
                cell: ({ cpuShare }) => formatWholeShare(cpuShare.peak),
              },
              {
                name: "wait p50",
                isNumber: true,
                cell: ({ loopDelayMs }) => formatMsColumn(loopDelayMs.p50),
              },
              {
                name: "p99",
                isNumber: true,
                cell: ({ loopDelayMs }) => formatMsColumn(loopDelayMs.p99),
              },
              {
                name: "max",
                isNumber: true,
                cell: ({ loopDelayMs }) => formatMsColumn(loopDelayMs.max),
              },
              {
                name: "late for ms",
                isNumber: true,
                cell: ({ lateMs }) => formatCount(lateMs),
              },
              { name: "stalls", isNumber: true, cell: ({ stalls }) => formatCount(stalls) },
              { name: "GC", isNumber: true, cell: ({ gc }) => formatWholeShare(gc.share.mean) },
              {
                name: "heap at most",
                isNumber: true,
                cell: ({ peakHeapBytes }) => formatBytes(peakHeapBytes),
              },
              {
                name: "memory at most",
                isNumber: true,
                cell: ({ peakRssBytes }) => formatBytes(peakRssBytes),
              },
            ]}
          />
        </>
      )}
      <p class="note">
        {`${formatCount(workers.planned)} worker processes, ${formatCount(workers.lost)} lost, ${formatCount(workers.restarted)} restarted; ${resources.cpuS.toFixed(1)} s of CPU within ${run.durationS.toFixed(1)} s, ${formatBytes(resources.peakRssBytes)} of memory at most.`}
      </p>
    </Section>
  );
}
