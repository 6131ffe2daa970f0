/** Detached containers: what each verb of their lives costs, and what fifty and a hundred of them do. */
import { engineKinds } from '../engines.mjs';
import { measure } from '../measure.mjs';
import { gocker, missing } from '../programs.mjs';
import { milliseconds, printTable, saySkipped, seconds } from '../table.mjs';

const crowd = 100;
const batch = 50;

/** @type {import('../run.mjs').Row} */
export const many = {
  images: ['alpine'],
  async run({ scratch, host, rounds = 9 }) {
    const actors = [];
    for (const kind of engineKinds) {
      const lack = kind.missing();
      if (lack === undefined) actors.push(await openActor(await kind.open(scratch), scratch, host));
      else saySkipped(`many: ${kind.name}`, lack);
    }
    await printVerbs(actors, rounds);
    await printBatches(actors, Math.max(1, Math.round(rounds / 3)));
    await printCrowd(actors, rounds);
  },
};

/** @typedef {Awaited<ReturnType<typeof openActor>>} Actor */

/**
 * @param {import('../engines.mjs').Engine} engine
 * @param {import('../scratch.mjs').Scratch} scratch
 * @param {string} host
 */
async function openActor({ name, stage, disk, env, pull }, scratch, host) {
  const image = `${host}/bench/alpine:1`;
  const program = name === 'gocker' ? gocker : [name];
  const floor = () => stage.run([process.execPath, '-e', '0']);
  const ask = (/** @type {string[]} */ ...words) => stage.run([...program, ...words], env);
  const detached = ['run', '-d', '--network', 'none', image, 'sleep', '10000'];
  /** @param {string} one the name of the first of `count` @param {number} atOnce */
  const shell = (one, count = 1, atOnce = 1) => {
    const words = [...program, 'run', '-d', '--network', 'none', '--name', `${one}{}`, image, 'sleep', '10000'];
    return stage.run(['sh', '-c', `seq ${count} | xargs -P ${atOnce} -I '{}' "$@"`, 'sh', ...words], env);
  };
  // podman asks first, and waits for ten seconds, where docker and we kill at once.
  const remove = name === 'podman' ? ['rm', '-f', '-t', '0'] : ['rm', '-f'];
  const clear = async () => {
    const ids = (await ask('ps', '-aq')).stdout.split('\n').filter((id) => id !== '');
    if (ids.length > 0) await ask(...remove, ...ids);
  };
  await disk.mount();
  scratch.onEnd(clear);
  await stage.run(pull(image), env);
  return { name, floor, ask, detached, shell, remove, clear };
}

/** @param {Actor[]} actors @param {number} rounds */
async function printVerbs(actors, rounds) {
  const verbs = [
    { verb: 'run -d', before: false, words: () => [] },
    { verb: 'exec true', before: true, words: () => ['exec', 'one', 'true'] },
    { verb: 'kill', before: true, words: () => ['kill', 'one'] },
    { verb: 'stop -t 0', before: true, words: () => ['stop', '-t', '0', 'one'] },
    { verb: 'rm -f', before: true, words: (/** @type {string[]} */ remove) => [...remove, 'one'] },
  ];
  for (const { verb, before, words } of verbs) {
    const contenders = actors.map(({ name, ask, detached, remove, clear }) => ({
      name: `${name} ${verb}`,
      prepare: async () => {
        if (before) await ask(...detached.toSpliced(2, 0, '--name', 'one'));
      },
      sample: async () => (await ask(...(before ? words(remove) : detached))).seconds,
      settle: clear,
    }));
    const [first] = actors;
    if (first === undefined) return;
    const floor = { name: 'floor: node -e 0', sample: async () => (await first.floor()).seconds };
    const series = await measure([floor, ...contenders], { rounds, warmUps: 1 });
    printTable(`many: ${verb}, one container`, series, { format: milliseconds, base: `gocker ${verb}` });
  }
}

/** @param {Actor[]} actors @param {number} rounds */
async function printBatches(actors, rounds) {
  if (missing('xargs') !== undefined) return saySkipped('many: batches', missing('xargs') ?? '');
  for (const atOnce of [1, 8]) {
    const title = `${batch} × run -d, ${atOnce === 1 ? 'one after another' : `${atOnce} at a time`}`;
    const contenders = actors.map(({ name, shell, clear }) => ({
      name,
      sample: async () => (await shell('batch', batch, atOnce)).seconds,
      settle: clear,
    }));
    printTable(`many: ${title}`, await measure(contenders, { rounds, warmUps: 0 }), {
      format: seconds,
      base: 'gocker',
    });
  }
}

/** @param {Actor[]} actors @param {number} rounds */
async function printCrowd(actors, rounds) {
  for (const { shell } of actors) await shell('crowd', crowd, 4);
  const [first] = actors;
  if (first === undefined) return;
  const floor = { name: 'floor: node -e 0', sample: async () => (await first.floor()).seconds };
  const contenders = actors.map(({ name, ask }) => ({
    name: `${name} ps`,
    sample: async () => (await ask('ps')).seconds,
  }));
  const series = await measure([floor, ...contenders], { rounds, warmUps: 2 });
  printTable(`many: ps with ${crowd} running containers`, series, { format: milliseconds, base: 'gocker ps' });
}
