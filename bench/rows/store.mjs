/** What the commands cost that only look at the store, or take something away from it. */
import { engineKinds } from '../engines.mjs';
import { measure } from '../measure.mjs';
import { milliseconds, printTable, saySkipped } from '../table.mjs';

/** @type {import('../run.mjs').Row} */
export const images = {
  images: ['alpine'],
  async run({ scratch, host, rounds = 11 }) {
    const contenders = [];
    for (const engine of await openAll(scratch, 'images')) {
      await engine.disk.mount();
      await engine.stage.run(engine.pull(`${host}/bench/alpine:1`), engine.env);
      const sample = async () => (await engine.stage.run(engine.images(), engine.env)).seconds;
      contenders.push({ name: `${engine.name} images`, sample });
    }
    const options = { format: milliseconds, base: 'gocker images' };
    printTable('images: one image in the store', await measure(contenders, { rounds, warmUps: 2 }), options);
  },
};

/** @type {import('../run.mjs').Row} */
export const rmi = {
  images: ['debian'],
  async run({ scratch, host, rounds = 5 }) {
    const image = `${host}/bench/debian:1`;
    const contenders = [];
    for (const engine of await openAll(scratch, 'rmi')) {
      contenders.push({
        name: `${engine.name} rmi`,
        prepare: async () => {
          await engine.disk.mount();
          await engine.stage.run(engine.pull(image), engine.env);
          await engine.stage.run(['sync', '--file-system', engine.disk.path]);
        },
        sample: async () => (await engine.stage.run(engine.rmi(image), engine.env)).seconds,
        settle: () => engine.disk.unmount(),
      });
    }
    const options = { format: milliseconds, base: 'gocker rmi' };
    printTable('rmi: the one-layer Debian', await measure(contenders, { rounds, warmUps: 1 }), options);
  },
};

/** @param {import('../scratch.mjs').Scratch} scratch @param {string} row */
async function openAll(scratch, row) {
  const engines = [];
  for (const kind of engineKinds) {
    const lack = kind.missing();
    if (lack === undefined) engines.push(await kind.open(scratch));
    else saySkipped(`${row}: ${kind.name}`, lack);
  }
  return engines;
}
