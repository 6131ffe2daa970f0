/** What confinement costs a start: `run` with docker's defaults, with limits and with a user namespace, beside one with none of it. */
import { engineKinds } from '../engines.mjs';
import { measure } from '../measure.mjs';
import { milliseconds, printTable, saySkipped } from '../table.mjs';

const base = '--privileged --security-opt seccomp=unconfined';
const variants = [
  base,
  '',
  '--memory 256m --cpus 1 --pids-limit 100',
  '--init',
  '--security-opt no-new-privileges --cap-drop ALL --user 1000',
  '--userns auto',
];

/** @type {import('../run.mjs').Row} */
export const confinement = {
  images: ['alpine'],
  async run({ scratch, host, rounds = 21 }) {
    const image = `${host}/bench/alpine:1`;
    const [kind] = engineKinds;
    const lack = kind?.missing();
    if (kind === undefined || lack !== undefined) {
      saySkipped('confinement', lack ?? 'there is no gocker');
      return;
    }
    const engine = await kind.open(scratch);
    await engine.disk.mount();
    await engine.stage.run(engine.pull(image), engine.env);
    const contenders = variants.map((flags) => {
      const argv = engine.run(image, flags.split(' ').filter(Boolean));
      return {
        name: flags === '' ? 'defaults' : flags,
        sample: async () => (await engine.stage.run(argv, engine.env)).seconds,
      };
    });
    printTable(
      'confinement: gocker run --rm --network none FLAGS alpine true, image cached',
      await measure(contenders, { rounds, warmUps: 3 }),
      { format: milliseconds, base },
    );
  },
};
