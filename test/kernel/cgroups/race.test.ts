/** Gockers share the cgroup above their containers', and each removes it when it finds it empty. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { bundle } from '../../support/bundle.ts';
import { scratch } from '../runtime/alpine.ts';
import { directoriesOf, needing } from './place.ts';

needing(
  'memory',
  'cpuset',
  'pids',
)('three that make and remove limited cgroups all the time do not disturb each other', async () => {
  const parent = `gocker-test-${process.pid}`;
  const source = join(scratch('race'), 'race.ts');
  const resources = { memory: { limit: 2 ** 26 }, pids: { limit: 5 }, cpu: { cpus: '0', mems: '0' } };
  writeFileSync(
    source,
    `import { Cgroup } from ${JSON.stringify(join(import.meta.dirname, '../../../src/runtime/cgroups/cgroup.ts'))};
     for (let round = 0; round < 150; round++) {
       const cgroup = Cgroup.create({ name: '${parent}/' + process.pid, resources: ${JSON.stringify(resources)} });
       if (!(cgroup instanceof Cgroup)) throw new Error(cgroup.reason);
       await cgroup.remove();
     }`,
  );
  const { path, remove } = await bundle(source);
  const racers = [1, 2, 3].map(() => spawn(process.execPath, [path], { stdio: ['ignore', 'inherit', 'pipe'] }));
  const complaints = racers.map(async (racer) => {
    let text = '';
    racer.stderr.setEncoding('utf8').on('data', (more: string) => {
      text += more;
    });
    await once(racer, 'close');
    return text;
  });
  expect(await Promise.all(complaints)).toEqual(['', '', '']);
  remove();
  expect(directoriesOf(parent)).toEqual([]);
});
