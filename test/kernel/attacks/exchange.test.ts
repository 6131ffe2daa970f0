/**
 * A directory of a volume that others exchange for a link while a start mounts below it: CVE-2021-30465. Whoever checks a path
 * and then uses it loses this race sooner or later.
 */
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { Container } from '../../../src/index.ts';
import type { AttackCall } from '../../support/attack/index.ts';
import { attackProgram } from '../../support/attack/index.ts';
import { attacked, attackTest, canary, hostMounts, scratch, sh, start } from './box.ts';

const exchange = 2;

/** A container that exchanges two names of a folder, without end. */
async function startExchange(folder: string): Promise<Container> {
  const swap: AttackCall = { call: 'renameat2', args: [-100, '/shared/a', -100, '/shared/b', exchange] };
  const program = await scratch('program');
  writeFileSync(join(program, 'attack'), attackProgram(Array(2001).fill(swap)), { mode: 0o755 });
  const loop = 'echo ready; while :; do /attack/attack > /dev/null; done';
  const attacker = await start(['sh', '-c', loop], { volumes: [`${folder}:/shared`, `${program}:/attack:ro`] });
  await new Promise<void>((resolve) => attacker.stdout.once('data', () => resolve()));
  return attacker;
}

attackTest(
  'a volume mounted below what another container exchanges for a link stays within the container',
  async () => {
    const { directory, sings } = await canary();
    const shared = await scratch('shared');
    const secret = await scratch('secret');
    writeFileSync(join(secret, 'secret'), '');
    mkdirSync(join(shared, 'a'));
    symlinkSync(directory, join(shared, 'b'));
    await using _attacker = await startExchange(shared);
    for (let attempt = 0; attempt < 15; attempt++) {
      const victim = { volumes: [`${shared}:/shared`, `${secret}:/shared/a/below`], tmpfs: ['/shared/b/below'] };
      await sh('true', victim).catch(() => {});
      sings();
    }
    expect(await hostMounts()).toEqual([]);
    expect(readdirSync(secret)).toEqual(['secret']);
  },
);

attackTest(
  'a subpath of a volume that another container exchanges for a link is one of the volume, or none',
  async () => {
    const { directory, sings } = await canary();
    const { engine, host } = await attacked();
    const volume = join(host.root, 'volumes/shared/_data');
    await sh('mkdir /shared/a', { mounts: ['type=volume,source=shared,target=/shared'] });
    writeFileSync(join(volume, 'a', 'own'), '');
    symlinkSync(directory, join(volume, 'b'));
    const seen = new Set<string>();
    {
      await using _attacker = await startExchange(volume);
      for (let attempt = 0; attempt < 15; attempt++) {
        const mounts = ['type=volume,source=shared,target=/x,volume-subpath=a'];
        seen.add(await sh('ls /x', { mounts }).catch((error) => error.code));
      }
    }
    expect([...seen].filter((what) => !/^(own|ENOENT|ELOOP|EXDEV|ENOTDIR|VOLUME_INVALID)$/.test(what))).toEqual([]);
    sings();
    await engine.removeVolume('shared');
  },
);
