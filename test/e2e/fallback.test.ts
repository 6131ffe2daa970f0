/** Where there is no network: the first command of the README gives a container all the same, and says what it is made of. */
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { startRegistry } from '../support/registry/index.ts';
import { alpine, Host, isRoot } from './host.ts';

describe.skipIf(!isRoot)('without a registry (root)', () => {
  let host: Host;

  beforeEach(() => {
    host = new Host();
  });

  afterEach(async () => {
    const left = await host.remains();
    host.close();
    expect(left).toEqual([]);
  });

  test('with no tarball either, this machine’s own programs run, with a warning that it is not Alpine', async () => {
    const args = [
      'run',
      '--rm',
      'alpine',
      'sh',
      '-c',
      'echo hello from $(cat /etc/os-release | head -n 1); ls / | wc -l',
    ];
    const { stdout, stderr, exitCode } = await host.gocker(args);
    expect([exitCode, stdout]).toEqual([0, expect.stringMatching(/^hello from .*\n\d+\n$/)]);
    expect(stderr).toMatch(/warning: cannot reach registry/);
    expect(stderr).toMatch(/warning: "localhost\/host-tools" is used: .* is not Alpine/);
    expect(await host.ok(['images'])).toMatch(/^localhost\/host-tools +latest /m);
    expect(await host.ok(['verify'])).toContain('sound');
    await host.ok(['rmi', 'localhost/host-tools']);
  });

  test.skipIf(alpine === undefined)(
    'a tarball is Alpine, said aloud, and is asked for no more once it is here',
    async () => {
      const env = { GOCKER_ALPINE_TARBALL: alpine };
      const first = await host.gocker(['run', '--rm', 'alpine', 'cat', '/etc/alpine-release'], { env });
      expect(first.stdout).toBe('3.20.3\n');
      expect(first.stderr).toMatch(/warning: "alpine:latest" is Alpine 3\.20\.3 from the local file/);
      const second = await host.gocker(['run', '--rm', 'alpine', 'cat', '/etc/alpine-release']);
      expect(second).toMatchObject({ stdout: '3.20.3\n', stderr: '', exitCode: 0 });
    },
  );

  test('--no-fallback fails and names the request', async () => {
    const { stderr, exitCode } = await host.gocker(['run', '--rm', '--no-fallback', 'alpine', 'true']);
    expect(exitCode).toBe(125);
    expect(stderr).toMatch(/cannot reach registry .* \(ECONNREFUSED\)/);
  });

  test('an image that the registry does not have is no reason to fall back', async () => {
    const registry = await startRegistry();
    const there = new Host(registry.host);
    try {
      const { stderr, exitCode } = await there.gocker(['run', '--rm', 'alpine', 'true']);
      expect(exitCode).toBe(125);
      expect(stderr).not.toContain('host-tools');
      expect(await there.ok(['images', '-q'])).toBe('');
    } finally {
      there.close();
      await registry.close();
    }
  });
});
