/** A removal that is killed half way: what is left of the container goes with the next command. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { alpine, entriesOf, Host, isRoot } from './host.ts';

describe.skipIf(!isRoot || alpine === undefined)('a removal that is killed (root, ../shared)', () => {
  let host: Host;

  beforeAll(async () => {
    host = await Host.withAlpine();
  });

  afterAll(() => {
    host.close();
  });

  test('leaves nothing that the next command does not clear up: no folder, no name', async () => {
    const id = (await host.ok(['create', '--name', 'cut', 'alpine', 'true'])).trim();
    const directory = join(host.root, 'containers', id);
    // Long enough in its removal to be met there.
    const many = join(directory, 'upper', 'many');
    mkdirSync(many);
    for (let number = 0; number < 10_000; number++) writeFileSync(join(many, `${number}`), '');
    const removal = host.start(['rm', 'cut'], { input: '' });
    await expect.poll(() => existsSync(join(directory, 'state.json')), { interval: 1, timeout: 10_000 }).toBe(false);
    removal.child.kill('SIGKILL');
    await removal.finished;
    expect(await host.ok(['ps', '-aq'])).toBe('');
    await host.ok(['create', '--name', 'cut', 'alpine', 'true']);
    expect(existsSync(directory)).toBe(false);
    await host.ok(['rm', 'cut']);
    expect(entriesOf(join(host.root, 'containers'))).toEqual([]);
    expect(entriesOf(join(host.root, 'names'))).toEqual([]);
  });
});
