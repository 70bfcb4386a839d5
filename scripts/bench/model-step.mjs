// CPU microseconds of one step of every shipped model, in each of its signals, against what a step may cost. Prints a JSON
// line for each; medians of alternating rounds over many devices, so that no cache holds only one.
import { performance } from "node:perf_hooks";
import { createRandom } from "../../dist/src/base/random.js";
import { loadModel } from "../../dist/src/model/load-model.js";

/** What a step may cost: a fleet of 10,000 that sends once a second takes a fifth of a core. */
const BOUND_US = 20;
const DEVICES = 100;
const STEPS = 200;
const ROUNDS = 7;
const INTERVAL_S = 5;
/** Of its own time, with a time scale of 60. */
const SCALED_S = 60 * INTERVAL_S;

/** Each signal of each model, the dialects that do more than the others, and what a longer step costs more. */
const KINDS = [
  { model: "cheese-cave", settings: { signal: "classic", dialect: "module" } },
  { model: "cheese-cave", settings: { signal: "physical", dialect: "module" } },
  { model: "cheese-cave", settings: { signal: "physical", dialect: "pnp" } },
  { model: "conveyor", settings: { signal: "classic", dialect: "module" } },
  { model: "conveyor", settings: { signal: "physical", dialect: "module", features: true } },
  { model: "conveyor", settings: { signal: "physical", dialect: "pnp" } },
  {
    model: "conveyor",
    settings: { signal: "physical", dialect: "module", features: true },
    stepS: SCALED_S,
  },
];

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];

/** @returns a function that makes one round and gives microseconds a step */
async function rounds({ model: name, settings, stepS = INTERVAL_S }) {
  const model = await loadModel(name);
  const problems = model.checkSettings(settings);
  if (problems.length > 0) throw new Error(`${name}: ${problems.join("; ")}`);
  const devices = Array.from({ length: DEVICES }, (_, index) => {
    const deviceId = `device-${index}`;
    const device = model.create({
      deviceId,
      settings: { ...model.defaults, ...settings },
      random: (stream) => createRandom(1, deviceId, stream),
      file: () => "",
      report: () => undefined,
      tell: () => undefined,
    });
    device.desired(
      { fanstate: "on", temperature: 50, humidity: 85 },
      { version: 1, initial: true },
    );
    return device;
  });
  let atMs = 0;
  return () => {
    const startMs = performance.now();
    const { user, system } = process.cpuUsage();
    for (let step = 0; step < STEPS; step += 1) {
      atMs += INTERVAL_S * 1_000;
      for (const device of devices) {
        device.step({ dtS: stepS, atMs, scale: stepS / INTERVAL_S });
      }
    }
    const cpu = process.cpuUsage({ user, system });
    // The clock of CPU time is coarse on some machines; one thread that only counts is as long as it runs.
    const us = Math.min(cpu.user + cpu.system, (performance.now() - startMs) * 1_000);
    return us / (STEPS * DEVICES);
  };
}

const measured = await Promise.all(
  KINDS.map(async (kind) => ({ kind, round: await rounds(kind), us: Array.of(0).slice(1) })),
);
for (let round = 0; round < ROUNDS; round += 1) {
  for (const { round: measure, us } of measured) us.push(measure());
}
for (const { kind, us } of measured) {
  const ours = Number(median(us).toFixed(2));
  const settings = Object.values(kind.settings).join(" ").replace("true", "features");
  const step = kind.stepS === undefined ? "a step" : `a step of ${kind.stepS} s`;
  const ratio = Number((ours / BOUND_US).toFixed(3));
  const row = { name: `${kind.model} ${settings}, CPU µs ${step}`, ours, plain: BOUND_US, ratio };
  process.stdout.write(`${JSON.stringify(row)}\n`);
}
