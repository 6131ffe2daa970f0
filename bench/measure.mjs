/** Rounds of contenders in turn, A B A B …: what else the machine does meanwhile then hits all alike. */

/**
 * @typedef {object} Contender
 * @property {string} name
 * @property {() => Promise<number>} sample one measured run
 * @property {() => Promise<void>} [prepare] before each run, unmeasured
 * @property {() => Promise<void>} [settle] after each run, unmeasured
 */

/** @typedef {{ name: string, samples: number[] }} Series */

/**
 * @param {Contender[]} contenders
 * @param {{ rounds: number, warmUps: number }} plan
 * @returns {Promise<Series[]>} in the order of the contenders
 */
export async function measure(contenders, { rounds, warmUps }) {
  const series = contenders.map(({ name }) => ({ name, samples: /** @type {number[]} */ ([]) }));
  for (let round = -warmUps; round < rounds; round++) {
    for (const [index, { prepare, sample, settle }] of contenders.entries()) {
      await prepare?.();
      try {
        const value = await sample();
        if (round >= 0) series[index]?.samples.push(value);
      } finally {
        await settle?.();
      }
    }
  }
  return series;
}

/** @param {number[]} values */
export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? Number.NaN;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? Number.NaN) + upper) / 2;
}

/** The median of what each round's own pair gives: load that comes and goes cancels out. @param {Series} a @param {Series} b */
export function ratio(a, b) {
  return median(a.samples.map((value, round) => value / (b.samples[round] ?? Number.NaN)));
}
