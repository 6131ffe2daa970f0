/** `run --rm --network none alpine true` from cache, as whole processes; and from within one Node process. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { engineKinds, openStage } from '../engines.mjs';
import { measure } from '../measure.mjs';
import { preparePodmanStage, writeCrunBundle } from '../peers.mjs';
import { library } from '../programs.mjs';
import { milliseconds, printTable, saySkipped } from '../table.mjs';

/** @typedef {import('../measure.mjs').Contender} Contender */

/** @type {import('../run.mjs').Row} */
export const start = {
  images: ['alpine'],
  async run({ scratch, host, rounds = 21 }) {
    const image = `${host}/bench/alpine:1`;
    const floor = openStage(scratch, 'floor').stage;
    /** @type {Contender[]} */
    const contenders = [{ name: 'node -e 0', sample: () => timed(floor, [process.execPath, '-e', '0']) }];
    for (const kind of engineKinds) {
      const lack = kind.missing();
      if (lack !== undefined) {
        saySkipped(`start: ${kind.name}`, lack);
        continue;
      }
      const engine = await kind.open(scratch);
      await engine.disk.mount();
      await engine.stage.run(engine.pull(image), engine.env);
      const argv = engine.run(image);
      contenders.push({ name: `${kind.name} run`, sample: () => timed(engine.stage, argv, engine.env) });
      if (kind.name === 'podman') contenders.push(await crunAlone(scratch, engine, image));
      else if (kind.name === 'gocker') await printWarm(engine, image, rounds);
    }
    printTable(
      'start: run --rm --network none alpine true, image cached',
      await measure(contenders, { rounds, warmUps: 3 }),
      { format: milliseconds, base: 'node -e 0' },
    );
  },
};

/** @param {import('../stage.mjs').Stage} stage @param {string[]} argv @param {Record<string, string>} [env] */
async function timed(stage, argv, env) {
  return (await stage.run(argv, env)).seconds;
}

/**
 * crun alone, with the config.json that podman gave it: what podman's start costs without podman.
 *
 * @param {import('../scratch.mjs').Scratch} scratch
 * @param {import('../engines.mjs').Engine} podman
 * @param {string} image
 * @returns {Promise<Contender>}
 */
async function crunAlone(scratch, podman, image) {
  const ask = async (/** @type {string[]} */ ...argv) => (await podman.stage.run(argv, podman.env)).stdout.trim();
  const id = await ask('podman', 'create', '--network', 'none', image, 'true');
  await ask('podman', 'init', id);
  const config = await ask('cat', await ask('podman', 'inspect', '--format', '{{.OCIConfigPath}}', id));
  const { stage, disk } = openStage(scratch, 'crun');
  await preparePodmanStage(stage);
  await disk.mount();
  const folder = join(scratch.path, 'bundle');
  const rootfs = join(disk.path, 'rootfs');
  mkdirSync(folder);
  await podman.stage.run(['tar', '-cf', join(folder, 'rootfs.tar'), '-C', await ask('podman', 'mount', id), '.']);
  await stage.run(['mkdir', rootfs]);
  await stage.run(['tar', '-xf', join(folder, 'rootfs.tar'), '-C', rootfs]);
  await ask('podman', 'rm', '--force', id);
  writeCrunBundle(config, { rootfs, folder });
  const argv = ['crun', '--root', join(disk.path, 'crun'), 'run', '--bundle', folder, 'crun-bench'];
  return { name: "crun run, podman's config", sample: () => timed(stage, argv) };
}

/** @param {import('../engines.mjs').Engine} engine @param {string} image @param {number} rounds */
async function printWarm(engine, image, rounds) {
  const main = join(import.meta.dirname, '..', 'warm-main.mjs');
  const argv = [process.execPath, main, library, image, String(Math.max(rounds, 101))];
  const { stdout } = await engine.stage.run(argv, engine.env);
  const series = [{ name: 'gocker as a library', samples: JSON.parse(stdout) }];
  printTable('start: engine.run() to the end of wait(), within one Node process', series, { format: milliseconds });
}
