/** The same by the library, as a program that has installed the package uses it. */
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type * as Library from '../../src/index.ts';
import { startRegistry, type TestRegistry } from '../support/registry/index.ts';
import { alpineImage } from './alpine-image.ts';
import { alpine, cli, entriesOf, Host, isRoot } from './host.ts';

describe.skipIf(alpine === undefined || !isRoot)('the library (root, ../shared)', () => {
  let library: typeof Library;
  let engine: Library.Engine;
  let registry: TestRegistry;
  let host: Host;

  beforeAll(async () => {
    library = await import(pathToFileURL(cli.replace(/cli\.cjs$/, 'index.js')).href);
    registry = await startRegistry();
    registry.addImage('library/alpine', 'latest', await alpineImage(alpine ?? ''));
    host = new Host(registry.host);
    engine = library.openEngine({ root: host.root, env: host.env });
  });

  afterAll(async () => {
    await registry.close();
    const left = host.leftovers();
    host.close();
    expect(left).toEqual([]);
  });

  test('pull tells what it does as events, in order', async () => {
    const events: Library.PullEvent[] = [];
    const pulled = await engine.pull('alpine', { onEvent: (event) => events.push(event) });
    expect(pulled).toMatchObject({ reference: 'docker.io/library/alpine:latest', status: 'downloaded' });
    const states = events.flatMap((event) => (event.kind === 'layer' ? event.state : []));
    expect([states[0], states.at(-1)]).toEqual(['downloading', 'complete']);
    expect(await engine.pull('alpine')).toMatchObject({ status: 'up-to-date' });
    expect(await engine.images()).toHaveLength(1);
  });

  test('run gives streams and an exit, and the calls that made it', async () => {
    const container = await engine.run({
      image: 'alpine',
      command: ['sh', '-c', 'cat; echo done >&2; exit 3'],
      interactive: true,
      autoRemove: true,
    });
    container.stdin?.end('hello\n');
    const [stdout, stderr, exit] = await Promise.all([
      text(container.stdout),
      text(container.stderr),
      container.wait(),
    ]);
    expect({ stdout, stderr, exit }).toEqual({ stdout: 'hello\n', stderr: 'done\n', exit: { exitCode: 3 } });
    expect(container.explain().map(({ call }) => call)).toContain('pivot_root');
  });

  test('disposing of a container ends it, and an aborted signal does', async () => {
    const container = await engine.run({ image: 'alpine', command: ['sleep', '1000'], autoRemove: true });
    await container[Symbol.asyncDispose]();
    expect(await container.wait()).toEqual({ exitCode: 137, signal: 'SIGKILL' });
    const aborting = new AbortController();
    const second = await engine.run({
      image: 'alpine',
      command: ['sleep', '1000'],
      autoRemove: true,
      signal: aborting.signal,
    });
    aborting.abort();
    expect(await second.wait()).toEqual({ exitCode: 137, signal: 'SIGKILL' });
    expect(entriesOf(`${host.root}/containers`)).toEqual([]);
  });

  test('twenty containers at once, each with its own output, leave nothing open', async () => {
    const before = entriesOf('/proc/self/fd').length;
    const outputs = await Promise.all(
      Array.from({ length: 20 }, async (_, at) => {
        const container = await engine.run({ image: 'alpine', command: ['echo', `${at}`], autoRemove: true });
        const [output] = await Promise.all([text(container.stdout), container.wait()]);
        return output;
      }),
    );
    expect(outputs).toEqual(Array.from({ length: 20 }, (_, at) => `${at}\n`));
    await expect.poll(() => entriesOf('/proc/self/fd').length).toBeLessThanOrEqual(before);
  });

  test('an error is a GockerError with a code, and an aborted pull rejects with the signal’s reason', async () => {
    await expect(engine.run({ image: 'alpine', command: ['nope'], autoRemove: true })).rejects.toMatchObject({
      code: 'COMMAND_NOT_FOUND',
      hint: expect.any(String),
    });
    const reason = new Error('enough');
    await expect(engine.pull('alpine', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    await expect(engine.inspectImage('nope')).rejects.toBeInstanceOf(library.GockerError);
  });
});
