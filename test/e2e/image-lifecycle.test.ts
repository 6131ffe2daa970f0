/** From a registry to a shell in a container and back to nothing, by the commands that a user types. */
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startRegistry, type TestRegistry } from '../support/registry/index.ts';
import { alpineImage } from './alpine-image.ts';
import { alpine, Host, isRoot } from './host.ts';

describe.skipIf(alpine === undefined || !isRoot)('with Alpine in a registry (root, ../shared)', () => {
  let registry: TestRegistry;
  let host: Host;

  beforeAll(async () => {
    registry = await startRegistry();
    const image = await alpineImage(alpine ?? '', [
      [{ name: 'etc/motd', content: 'hello\n' }, { name: 'etc/.wh.alpine-release' }],
    ]);
    registry.addImage('library/alpine', 'latest', image);
    registry.addImage('library/alpine', '3.20', image);
  });

  afterAll(async () => {
    await registry.close();
  });

  beforeEach(() => {
    host = new Host(registry.host);
  });

  afterEach(async () => {
    const left = await host.remains();
    host.close();
    expect(left).toEqual([]);
  });

  test('pull, list, run, run offline, remove', async () => {
    const pulled = await host.gocker(['pull', 'alpine']);
    expect(pulled.stderr + pulled.stdout).toContain('Status: Downloaded newer image for alpine:latest');
    expect(pulled.exitCode).toBe(0);
    expect(pulled.stdout.trimEnd().split('\n').at(-1)).toBe('docker.io/library/alpine:latest');
    expect(await host.ok(['images'])).toMatch(
      /^REPOSITORY +TAG +IMAGE ID +CREATED +SIZE\nalpine +latest +[0-9a-f]{12} /,
    );
    expect(await host.ok(['run', '--rm', 'alpine', 'cat', '/etc/motd'])).toBe('hello\n');
    const before = registry.requests.length;
    expect(await host.ok(['run', '--rm', 'alpine', 'sh', '-c', 'test ! -e /etc/alpine-release && echo gone'])).toBe(
      'gone\n',
    );
    expect(registry.requests.length).toBe(before);
    const removed = await host.ok(['rmi', 'alpine']);
    expect(removed).toMatch(/^Untagged: alpine:latest\nUntagged: alpine@sha256:[0-9a-f]{64}\nDeleted: sha256:/);
    expect(await host.ok(['images', '-q'])).toBe('');
  });

  test('a second pull asks by HEAD alone and fetches nothing', async () => {
    await host.ok(['pull', '-q', 'alpine']);
    const before = registry.requests.length;
    const again = await host.gocker(['pull', 'alpine']);
    expect(again.stderr + again.stdout).toContain('Status: Image is up to date for alpine:latest');
    expect(
      registry.requests
        .slice(before)
        .filter(({ target }) => target !== 'ping')
        .map(({ method }) => method),
    ).toEqual(['HEAD']);
  });

  test('run pulls what is missing, says so on stderr, and keeps stdout for the command', async () => {
    const { stdout, stderr, exitCode } = await host.gocker(['run', '--rm', 'alpine', 'echo', 'out']);
    expect({ stdout, exitCode }).toEqual({ stdout: 'out\n', exitCode: 0 });
    expect(stderr).toContain('Unable to find image "alpine:latest" locally');
  });

  test('a container that is kept is listed, refuses its image’s removal, and goes by rm', async () => {
    await host.ok(['pull', '-q', 'alpine']);
    await host.ok(['run', '--name', 'kept', 'alpine', 'true']);
    expect(await host.ok(['ps', '-a'])).toMatch(/Exited \(0\) .* kept\n$/);
    const refused = await host.gocker(['rmi', 'alpine']);
    expect(refused.exitCode).toBe(1);
    expect(refused.stderr).toMatch(/cannot remove image "alpine": stopped container [0-9a-f]{12} \("kept"\) uses it/);
    expect(await host.ok(['rm', 'kept'])).toBe('kept\n');
    await host.ok(['rmi', 'alpine']);
  });

  test('rmi while a container runs is refused even by force, and the container runs on', async () => {
    await host.ok(['pull', '-q', 'alpine']);
    const running = host.start([
      'run',
      '--rm',
      '-i',
      '--name',
      'busy',
      'alpine',
      'sh',
      '-c',
      'echo ready; cat; ls /bin | wc -l',
    ]);
    await running.says('ready');
    const refused = await host.gocker(['rmi', '-f', 'alpine']);
    expect(refused.stderr).toMatch(/running container [0-9a-f]{12} \("busy"\) uses it/);
    running.child.stdin?.end('typed\n');
    expect((await running.finished).stdout).toMatch(/^ready\ntyped\n[1-9]\d+\n$/);
  });

  test('tag, history, inspect and a removal by id with several names', async () => {
    await host.ok(['pull', '-q', 'alpine:3.20']);
    await host.ok(['tag', 'alpine:3.20', 'localhost:5000/mine:1']);
    const [id] = (await host.ok(['images', '-q', '--no-trunc'])).split('\n');
    expect(await host.ok(['inspect', '--format', '{{.Id}}', 'localhost:5000/mine:1'])).toBe(`${id}\n`);
    expect((await host.ok(['history', '-q', 'alpine:3.20'])).split('\n')[0]).toBe(id?.slice(7, 19));
    const refused = await host.gocker(['rmi', id ?? '']);
    expect(refused.stderr).toContain('has several names');
    expect(await host.ok(['rmi', '-f', id?.slice(7, 19) ?? ''])).toContain('Untagged: localhost:5000/mine:1\n');
    expect(await host.ok(['images', '-q'])).toBe('');
  });
});
