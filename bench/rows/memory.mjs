/** Peak memory of a pull: the largest resident set of any one process in it, as wait4(2) tells. */
import { measure } from '../measure.mjs';
import { missing } from '../programs.mjs';
import { megabytes, printTable, saySkipped } from '../table.mjs';
import { pullContenders } from './pull.mjs';

/** @param {string} name the image's @returns {import('../run.mjs').Row} */
export function memory(name) {
  return {
    images: [name],
    async run({ scratch, host, images, rounds = 1 }) {
      const [image] = images;
      const lack = missing('/usr/bin/time');
      if (image === undefined || lack !== undefined) return saySkipped('memory', lack ?? `no image "${name}"`);
      const contenders = await pullContenders(scratch, {
        host,
        image,
        through: ['/usr/bin/time', '--quiet', '--format', '%M'],
        figure: ({ stderr }) => Number(stderr.trim().split('\n').at(-1)),
      });
      printTable(`memory: peak of pulling ${name}`, await measure(contenders, { rounds, warmUps: 0 }), {
        format: megabytes,
        base: 'gocker pull',
      });
    },
  };
}
