/** What stays behind a detached container: its monitor's private memory, and how fast that keeps a log. */
import { readFileSync } from 'node:fs';
import { engineKinds } from '../engines.mjs';
import { measure } from '../measure.mjs';
import { gocker } from '../programs.mjs';
import { printTable, saySkipped } from '../table.mjs';

const megabytes = 256;
const line = 'x'.repeat(99);

/** @type {import('../run.mjs').Row} */
export const monitor = {
  images: ['alpine'],
  async run({ scratch, host, rounds = 5 }) {
    const image = `${host}/bench/alpine:1`;
    const memory = [];
    const logs = [];
    for (const kind of engineKinds) {
      const lack = kind.missing();
      if (lack !== undefined) {
        saySkipped(`monitor: ${kind.name}`, lack);
        continue;
      }
      const { name, stage, disk, env, pull } = await kind.open(scratch);
      const program = name === 'gocker' ? gocker : [name];
      const ask = async (/** @type {string[]} */ ...words) =>
        (await stage.run([...program, ...words], env)).stdout.trim();
      const detached = (/** @type {string} */ script) =>
        ask('run', '-d', '--network', 'none', image, 'sh', '-c', script);
      await disk.mount();
      await stage.run(pull(image), env);
      memory.push({ name: `${name}'s monitor`, sample: () => privateMemory(ask, detached) });
      logs.push({
        name: `${name}'s log`,
        sample: async () => {
          const started = process.hrtime.bigint();
          const id = await detached(`yes ${line} | head -c ${megabytes}000000`);
          await ask('wait', id);
          const seconds = Number(process.hrtime.bigint() - started) / 1e9;
          await ask('rm', id);
          return megabytes / seconds;
        },
      });
    }
    printTable('monitor: its private memory', await measure(memory, { rounds, warmUps: 1 }), {
      format: (kibibytes) => `${kibibytes.toFixed(0)} KiB`,
    });
    printTable(
      `monitor: ${megabytes} MB of lines of 100 bytes, start and end included`,
      await measure(logs, { rounds, warmUps: 1 }),
      {
        format: (speed) => `${speed.toFixed(0)} MB/s`,
      },
    );
  },
};

/**
 * @param {(...words: string[]) => Promise<string>} ask
 * @param {(script: string) => Promise<string>} detached
 */
async function privateMemory(ask, detached) {
  const id = await detached('sleep 1000');
  const pid = await ask('inspect', '--format', '{{.State.Pid}}', id);
  const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
  const parent = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1];
  const rollup = readFileSync(`/proc/${parent}/smaps_rollup`, 'latin1');
  const kibibytes = [...rollup.matchAll(/^Private_(?:Clean|Dirty|Hugetlb):\s+(\d+) kB/gm)].reduce(
    (sum, [, number]) => sum + Number(number),
    0,
  );
  await ask('rm', '-f', id);
  return kibibytes;
}
