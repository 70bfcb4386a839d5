import { Mapping } from "../../shared/mapping.ts";
import { gaussian, whiteNoise } from "../../shared/noise.ts";
import type { GeneratorKind, Moment } from "../generator.ts";
import { numberSource } from "../number-source.ts";
import { bounds } from "./random-values.ts";

/**
 * `{ sine: { mean, amplitude, period, phase, noise } }`: mean + amplitude sin(2 pi (t / period + phase)) and white noise.
 * t counts from the first message, in seconds of the device's own time, however long its intervals are.
 */
export const sine: GeneratorKind = {
  read(raw, path, sources) {
    const mapping = Mapping.of(raw, path, sources.tell, "a mapping such as { period: 60 }");
    const mean = numberSource(mapping.value("mean"), mapping.at("mean"), sources, { byDefault: 0 });
    const amplitude = numberSource(mapping.value("amplitude"), mapping.at("amplitude"), sources, {
      byDefault: 1,
    });
    const periodS = mapping.number("period", { above: 0 });
    const isRandom = mapping.value("phase") === "random";
    const fixedPhase = isRandom ? 0 : mapping.number("phase", { byDefault: 0 });
    const noise = mapping.number("noise", { byDefault: 0, least: 0 });
    mapping.close();
    return (context) => {
      const random = context.random();
      const meanNow = mean(context);
      const amplitudeNow = amplitude(context);
      const wave = {
        // The phase, which a device that is restored takes over.
        carried: isRandom ? random.next() : fixedPhase,
        next: ({ elapsedS }: Moment) => {
          const turns = (elapsedS / periodS + wave.carried) % 1;
          const value = meanNow() + amplitudeNow() * Math.sin(2 * Math.PI * turns);
          return noise === 0 ? value : value + whiteNoise(noise, random);
        },
      };
      return wave;
    };
  },
};

/**
 * `{ randomWalk: { start, step, min, max } }`: the change over t seconds is normal with standard deviation step sqrt(t),
 * so `step` is the usual change in one second, however long the intervals are; at min and max it turns back.
 */
export const randomWalk: GeneratorKind = {
  read(raw, path, sources) {
    const mapping = Mapping.of(
      raw,
      path,
      sources.tell,
      "a mapping such as { start: 20, step: 0.1 }",
    );
    const start = mapping.number("start");
    const step = mapping.number("step", { least: 0 });
    const { min, max } = bounds(mapping, sources);
    mapping.close();
    if (start < min || start > max) {
      sources.tell(mapping.at("start"), `expected a number from min to max, got ${start}`);
    }
    return (context) => {
      const random = context.random();
      const walk = {
        carried: start,
        next: ({ dtS }: Moment) => {
          if (dtS > 0) {
            const moved = walk.carried + step * Math.sqrt(dtS) * gaussian(random);
            walk.carried = reflected(moved, min, max);
          }
          return walk.carried;
        },
      };
      return walk;
    };
  },
};

/**
 * `{ approach: { target, timeConstant, start, noise } }`: what is heated or filled. After `timeConstant` seconds 63 % of
 * the way to the target is done, exactly and however long the intervals are; noise is in the reading alone.
 */
export const approach: GeneratorKind = {
  read(raw, path, sources) {
    const mapping = Mapping.of(
      raw,
      path,
      sources.tell,
      "a mapping such as { target: 20, timeConstant: 60 }",
    );
    const target = numberSource(mapping.value("target"), mapping.at("target"), sources);
    const timeConstantS = mapping.number("timeConstant", { above: 0 });
    const start = numberSource(mapping.value("start"), mapping.at("start"), sources);
    const noise = mapping.number("noise", { byDefault: 0, least: 0 });
    mapping.close();
    return (context) => {
      const random = context.random();
      const targetNow = target(context);
      const lag = {
        carried: start(context)(),
        next: ({ dtS }: Moment) => {
          const goal = targetNow();
          lag.carried = goal + (lag.carried - goal) * Math.exp(-dtS / timeConstantS);
          return noise === 0 ? lag.carried : lag.carried + whiteNoise(noise, random);
        },
      };
      return lag;
    };
  },
};

/** Turned back at the bounds, as often as it takes. */
function reflected(value: number, min: number, max: number): number {
  if (value >= min && value <= max) return value;
  const width = max - min;
  if (width === 0) return min;
  if (width === Infinity) return value < min ? 2 * min - value : 2 * max - value;
  // Unfolded, the way repeats after there and back.
  const around = (((value - min) % (2 * width)) + 2 * width) % (2 * width);
  return min + (around <= width ? around : 2 * width - around);
}
