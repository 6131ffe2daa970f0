/** The same by the library, as a program that has installed the package uses it. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
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
    const left = await host.remains();
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

  test('a container is told to do things by its handle, and found by its name by another', async () => {
    await using container = await engine.run({
      image: 'alpine',
      name: 'handled',
      command: ['sh', '-c', 'echo started; trap "echo asked; exit 7" TERM; while :; do sleep 0.01; done'],
    });
    container.stdout.resume();
    container.stderr.resume();
    const found = await engine.container('handled');
    expect(found.id).toBe(container.id);
    const exec = await found.exec({ command: ['cat'], interactive: true });
    exec.stdin?.end('from within');
    expect(await text(exec.stdout)).toBe('from within');
    expect(await exec.wait()).toEqual({ exitCode: 0 });
    const lines: string[] = [];
    for await (const entry of container.logs({ follow: true })) {
      if (entry.stream === 'lost') continue;
      lines.push(`${entry.stream} ${entry.bytes}`);
      if (lines.length === 1) await Promise.all([found.stop(), found.wait()]);
    }
    expect(lines).toEqual(['stdout started\n', 'stdout asked\n']);
    expect(await container.wait()).toEqual({ exitCode: 7 });
    expect(await found.wait()).toEqual({ exitCode: 7 });
    expect(await container.inspect()).toMatchObject({ Name: '/handled', State: { Status: 'exited', ExitCode: 7 } });
    await container.remove();
    await expect(engine.container('handled')).rejects.toMatchObject({ code: 'CONTAINER_NOT_FOUND' });
  });

  test('disposing of a container that was found ends it, and removes it if it was to be', async () => {
    for (const autoRemove of [true, false]) {
      const running = await engine.run({ image: 'alpine', command: ['sleep', '1000'], name: 'found', autoRemove });
      {
        await using _found = await engine.container('found');
      }
      expect(await running.wait()).toMatchObject({ exitCode: 137 });
      expect(entriesOf(`${host.root}/containers`)).toHaveLength(autoRemove ? 0 : 1);
      if (!autoRemove) await running.remove();
    }
  });

  test('a detached container outlives the program that made it, and is started, stopped and attached to by its handle', async () => {
    const index = pathToFileURL(cli.replace(/cli\.cjs$/, 'index.js')).href;
    const program = `
      import { openEngine } from '${index}';
      const command = ['sh', '-c', 'trap "exit 3" TERM; read line; echo got $line; while :; do sleep 0.01; done'];
      const made = await openEngine().run({ image: 'alpine', name: 'detached', command, interactive: true, detach: true });
      console.log(made.id);
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      env: host.env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [id] = (await once(child.stdout, 'data')) as [Buffer];
    child.kill('SIGKILL');
    await once(child, 'exit');
    const container = await engine.container('detached');
    expect(container.id).toBe(`${id}`.trim());
    expect(await container.inspect()).toMatchObject({ State: { Status: 'running' } });
    const attached = await container.attach({ stdin: true });
    attached.stdin?.write('a line\n');
    for await (const entry of container.logs({ follow: true })) {
      expect(entry).toMatchObject({ stream: 'stdout', bytes: Buffer.from('got a line\n') });
      break;
    }
    attached[Symbol.dispose]();
    await container.stop();
    expect(await container.wait()).toEqual({ exitCode: 3 });
    await container.start();
    expect(await container.inspect()).toMatchObject({ State: { Status: 'running' } });
    await container[Symbol.asyncDispose]();
    expect(await container.wait()).toEqual({ exitCode: 137 });
    await container.remove();
  });

  test('the containers of a program that is killed die with it', async () => {
    const index = pathToFileURL(cli.replace(/cli\.cjs$/, 'index.js')).href;
    const program = `
      import { openEngine } from '${index}';
      const engine = openEngine();
      const options = { image: 'alpine', command: ['sleep', '1000'] };
      await engine.run({ ...options, autoRemove: true });
      const kept = await engine.run({ ...options, name: 'orphan' });
      console.log(kept.pid);
      setInterval(() => {}, 1000);`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', program], {
      env: host.env,
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [pid] = (await once(child.stdout, 'data')) as [Buffer];
    expect(existsSync(`/proc/${Number(pid)}`)).toBe(true);
    child.kill('SIGKILL');
    await once(child, 'exit');
    const found = await engine.container('orphan');
    expect(await found.wait()).toEqual({ exitCode: 137 });
    // Both were killed, and each dies at its own pace.
    await expect.poll(() => engine.containers()).toMatchObject([{ name: 'orphan', status: 'exited', exitCode: 137 }]);
    await found.remove();
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
