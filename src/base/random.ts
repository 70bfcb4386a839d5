/** A seeded stream of numbers. The same seed and names give the same stream on every machine. */
export interface SeededRandom {
  /** Uniform in [0, 1), 32 bits of resolution. */
  next(): number;
  /** Four unsigned 32-bit words; `load` of them goes on where `save` was called. */
  save(): readonly number[];
  /** @throws {RangeError} if `state` is not what `save` gives */
  load(state: readonly number[]): void;
}

/**
 * An independent stream for each (seed, names): drawing from one never shifts another.
 * Generator: sfc32 of C. Doty-Humphrey (PractRand), seeded by a 128-bit hash of the text.
 */
export function createRandom(seed: number, ...names: readonly string[]): SeededRandom {
  let [a, b, c, d] = hash128(`${seed}/${names.join("/")}`);

  const next = (): number => {
    const t = (((a + b) | 0) + d) | 0;
    d = (d + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + t;
    c |= 0;
    return (t >>> 0) / 4_294_967_296;
  };
  // The hash spreads short texts well, yet neighbours' first words may still correlate.
  for (let round = 0; round < 15; round += 1) next();

  return {
    next,
    save: () => [a >>> 0, b >>> 0, c >>> 0, d >>> 0],
    load: (state) => {
      if (state.length !== 4 || !state.every(isUint32)) {
        throw new RangeError(
          `random state: expected four 32-bit words, got ${JSON.stringify(state)}`,
        );
      }
      [a = 0, b = 0, c = 0, d = 0] = state.map((word) => word | 0);
    },
  };
}

function isUint32(word: number): boolean {
  return Number.isInteger(word) && word >= 0 && word <= 0xff_ff_ff_ff;
}

/** Four words of a MurmurHash3-like mix over UTF-16 code units ("cyrb128" of bryc, public domain). */
function hash128(text: string): [number, number, number, number] {
  let h1 = 1_779_033_703;
  let h2 = 3_144_134_277;
  let h3 = 1_013_904_242;
  let h4 = 2_773_480_762;
  for (let index = 0; index < text.length; index += 1) {
    const unit = text.charCodeAt(index);
    h1 = h2 ^ Math.imul(h1 ^ unit, 597_399_067);
    h2 = h3 ^ Math.imul(h2 ^ unit, 2_869_860_233);
    h3 = h4 ^ Math.imul(h3 ^ unit, 951_274_213);
    h4 = h1 ^ Math.imul(h4 ^ unit, 2_716_044_179);
  }
  h1 = Math.imul(h3 ^ (h1 >>> 18), 597_399_067);
  h2 = Math.imul(h4 ^ (h2 >>> 22), 2_869_860_233);
  h3 = Math.imul(h1 ^ (h3 >>> 17), 951_274_213);
  h4 = Math.imul(h2 ^ (h4 >>> 19), 2_716_044_179);
  const all = h1 ^ h2 ^ h3 ^ h4;
  return [all | 0, (h2 ^ all) | 0, (h3 ^ all) | 0, (h4 ^ all) | 0];
}
