/** Files of a container in a user namespace: ids are the container's own on either side, whether it runs or not. */
import { chownSync, lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import { attacked, attackTest, scratch, start } from '../attacks/box.ts';

/** Of the thread that synchronous calls are made by. */
function credentials(): string[] {
  const status = readFileSync('/proc/thread-self/status', 'latin1');
  return status.split('\n').filter((line) => /^(?:Uid|Gid|Groups|Cap\w+):/.test(line));
}

attackTest(
  'copies keep the ids that files have in the container, with its volumes, and change nobody’s identity',
  async () => {
    const { engine } = await attacked();
    const before = credentials();
    const from = join(await scratch('from'), 'tree');
    mkdirSync(join(from, 'sub'), { recursive: true });
    writeFileSync(join(from, 'sub', 'file'), 'x');
    chownSync(join(from, 'sub', 'file'), 1000, 1001);
    symlinkSync('sub', join(from, 'link'));
    const to = await scratch('to');
    const options = { userns: 'auto', autoRemove: false, volumes: ['owned:/vol'] };
    const container = await start(['sleep', '1000'], options);
    const ids = async (path: string, name: string) => {
      await engine.copyFrom({ container: container.id, path }, join(to, name), { archive: true });
      const { uid, gid } = lstatSync(join(to, name, 'sub', 'file'));
      return [lstatSync(join(to, name)).uid, lstatSync(join(to, name, 'link')).isSymbolicLink(), uid, gid];
    };
    for (const state of ['running', 'stopped']) {
      if (state === 'stopped') await container[Symbol.asyncDispose]();
      for (const path of [`/${state}`, `/vol/${state}`]) {
        await engine.copyTo(from, { container: container.id, path });
        expect([path, ...(await ids(path, path.replaceAll('/', '-')))]).toEqual([path, 0, true, 1000, 1001]);
      }
    }
    // What was copied in while it ran lies on the disk as what was copied in afterwards.
    const upper = String(
      ((await engine.inspectContainer(container.id)) as { GraphDriver: { Data: { UpperDir: string } } }).GraphDriver
        .Data.UpperDir,
    );
    for (const state of ['running', 'stopped']) expect(lstatSync(join(upper, state, 'sub', 'file')).uid).toBe(1000);
    expect(credentials()).toEqual(before);
    await engine.removeContainer(container.id, { volumes: true });
  },
);
