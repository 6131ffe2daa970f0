/**
 * What a filter adds to each system call: the same loop in a container of ours without and with the default profile, and in
 * podman's (crun, libseccomp) with the same profile. The kernel keeps a list of calls that a filter always allows and does not run it for them, so
 * that calls whose arguments are looked at show more of it.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { engineKinds } from '../engines.mjs';
import { measure } from '../measure.mjs';
import { podmanPrograms } from '../peers.mjs';
import { gocker, missing } from '../programs.mjs';
import { printTable, saySkipped } from '../table.mjs';

/** What is called, and with which first argument. */
const calls = { getppid: '0', personality: '0xffffffff', socket: '4096' };
const times = 2_000_000;

const program = `
#include <stdio.h>
#include <stdlib.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>
int main(int count, char **words) {
  long numbers[] = {SYS_getppid, SYS_personality, SYS_socket}, times = atol(words[3]);
  long number = numbers[atol(words[1])], argument = strtol(words[2], 0, 0);
  struct timespec from, to;
  clock_gettime(CLOCK_MONOTONIC, &from);
  for (long i = 0; i < times; i++) syscall(number, argument, 0, 0);
  clock_gettime(CLOCK_MONOTONIC, &to);
  printf("%.2f", ((to.tv_sec - from.tv_sec) * 1e9 + (to.tv_nsec - from.tv_nsec)) / times);
}
`;

/** @type {import('../run.mjs').Row} */
export const seccomp = {
  images: ['alpine'],
  async run({ scratch, host, rounds = 11 }) {
    const lack = missing('gcc', ...podmanPrograms);
    if (lack !== undefined) return saySkipped('seccomp', lack);
    const image = `${host}/bench/alpine:1`;
    const folder = join(scratch.path, 'loop');
    mkdirSync(folder);
    execFileSync('gcc', ['-O2', '-static', '-o', join(folder, 'loop'), '-xc', '-'], { input: program });
    const [own, podman] = await Promise.all(engineKinds.map((kind) => kind.open(scratch)));
    if (own === undefined || podman === undefined) throw new Error('there are not two engines');
    for (const engine of [own, podman]) {
      await engine.disk.mount();
      await engine.stage.run(engine.pull(image), engine.env);
    }
    const profile = await writeProfile(own, image, folder);
    for (const [index, [call, argument]] of Object.entries(calls).entries()) {
      const loop = [String(index), argument, String(times)];
      const container = ['run', '--rm', '--network', 'none', '-v', `${folder}:/loop:ro`];
      const run = (/** @type {string[]} */ program, /** @type {import('../engines.mjs').Engine} */ engine) =>
        sample(engine, [...program, image, '/loop/loop', ...loop]);
      const contenders = [
        {
          name: 'no filter',
          sample: () => run([...gocker, ...container, '--security-opt', 'seccomp=unconfined'], own),
        },
        { name: 'gocker', sample: () => run([...gocker, ...container], own) },
        {
          name: 'podman with crun, same profile',
          sample: () => run(['podman', ...container, '--security-opt', `seccomp=${profile}`], podman),
        },
      ];
      printTable(`seccomp: ${call}(${argument})`, await measure(contenders, { rounds, warmUps: 1 }), {
        format: (nanoseconds) => `${nanoseconds.toFixed(0)} ns`,
        base: 'no filter',
      });
    }
  },
};

/** @param {import('../engines.mjs').Engine} engine @param {string[]} argv */
async function sample(engine, argv) {
  return Number((await engine.stage.run(argv, engine.env)).stdout);
}

/**
 * The profile that gocker gives a container, as a file for podman.
 *
 * @param {import('../engines.mjs').Engine} engine
 * @param {string} image
 * @param {string} folder
 */
async function writeProfile(engine, image, folder) {
  const ask = async (/** @type {string[]} */ ...argv) => (await engine.stage.run(argv, engine.env)).stdout.trim();
  await ask(...gocker, 'run', '--name', 'model', '--network', 'none', image, 'true');
  const path = await ask(...gocker, 'inspect', '--format', '{{.HostsPath}}', 'model');
  const { linux } = JSON.parse(await ask('cat', join(dirname(path), 'config.json')));
  await ask(...gocker, 'rm', 'model');
  const profile = join(folder, 'profile.json');
  writeFileSync(profile, JSON.stringify(linux.seccomp));
  return profile;
}
