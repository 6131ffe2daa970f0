/** The process that joins a container, out of the container's own and the user's words. */
import { describe, expect, test } from 'vitest';
import { type ExecUser, execSpec } from '../../../../src/engine/containers/spec/exec-process.ts';
import type { ExecOptions } from '../../../../src/engine/options/exec-options.ts';
import type { Process, Spec } from '../../../../src/oci/index.ts';
import { capabilityNames } from '../../../../src/runtime/index.ts';

const capabilities = ['CAP_CHOWN', 'CAP_KILL'];

const container: Spec = {
  ociVersion: '1.2.1',
  process: {
    cwd: '/srv',
    args: ['server'],
    env: ['PATH=/bin', 'HOSTNAME=box', 'A=1', 'HOME=/root'],
    user: { uid: 0, gid: 0, additionalGids: [0, 10], umask: 0o27 },
    capabilities: { bounding: capabilities, permitted: capabilities, effective: capabilities },
    noNewPrivileges: true,
    oomScoreAdj: 5,
    apparmorProfile: 'tight',
    rlimits: [{ type: 'RLIMIT_NOFILE', soft: 1, hard: 2 }],
  },
  root: { path: 'rootfs' },
  linux: { namespaces: [], seccomp: { defaultAction: 'SCMP_ACT_ALLOW' } },
};

const guest: ExecUser = {
  user: { uid: 405, gid: 100, additionalGids: [7], home: '/home/guest' },
  ownHome: '/root',
};

function spec(options: Partial<ExecOptions> = {}, user?: ExecUser, own: Partial<Process> = {}): Spec {
  const given = { ...container, process: { ...container.process, ...own } };
  return execSpec(given, { command: ['ls', '-l'], ...options }, user);
}

const process = (...args: Parameters<typeof spec>) => spec(...args).process;

describe('execSpec()', () => {
  test('keeps all of the container’s process but its command and its terminal', () => {
    const { args, terminal, capabilities: sets, ...kept } = process({}, undefined, { terminal: true });
    const { args: _, capabilities: __, ...own } = container.process;
    expect({ args, terminal }).toEqual({ args: ['ls', '-l'], terminal: false });
    expect(kept).toEqual(own);
    expect(sets).toEqual({
      bounding: capabilities,
      permitted: capabilities,
      effective: capabilities,
      inheritable: [],
      ambient: [],
    });
    expect(spec().linux.seccomp).toEqual({ defaultAction: 'SCMP_ACT_ALLOW' });
  });

  test('sets variables on top of the container’s, each once, and refuses what is none', () => {
    expect(process({ env: ['A=2', 'B=3'] }).env).toEqual(['PATH=/bin', 'HOSTNAME=box', 'A=2', 'HOME=/root', 'B=3']);
    expect(() => spec({ env: ['=x'] })).toThrow('it is not NAME=value');
  });

  test('gives another user its own home, unless somebody gave the container one', () => {
    expect(process({ user: 'guest' }, guest).env).toContain('HOME=/home/guest');
    expect(process({ user: 'guest', env: ['HOME=/mine'] }, guest).env).toContain('HOME=/mine');
    const chosen = ['PATH=/bin', 'HOSTNAME=box', 'HOME=/srv'];
    expect(process({ user: 'guest' }, guest, { env: chosen }).env).toEqual(chosen);
  });

  test('gives another user its groups, and as little power as a container’s own such user has', () => {
    const { user, capabilities: sets } = process({ user: 'guest' }, guest);
    expect(user).toEqual({ uid: 405, gid: 100, additionalGids: [100, 7], umask: 0o27 });
    expect(sets).toMatchObject({ bounding: capabilities, permitted: [], effective: [] });
  });

  test('gives root the powers that a container of another user keeps for its programs', () => {
    const user = { uid: 1000, gid: 1000 };
    const own = { user, capabilities: { bounding: capabilities, permitted: [], effective: [] } };
    const root = { ...guest, user: { uid: 0, gid: 0, additionalGids: [], home: '/root' } };
    expect(process({ user: 'root' }, root, own).capabilities).toMatchObject({ permitted: capabilities });
  });

  test('has TERM where it has a terminal, whatever the container has', () => {
    const withTerminal = ['PATH=/bin', 'HOSTNAME=box', 'TERM=xterm', 'HOME=/root'];
    expect(process({ tty: true }).env).toContain('TERM=xterm');
    expect(process({}, undefined, { terminal: true, env: withTerminal }).env).not.toContain('TERM=xterm');
    expect(process({ tty: true, env: ['TERM=vt100'] }).env).toContain('TERM=vt100');
  });

  test('has a terminal as large as it is told, and not as the container’s was', () => {
    const own = { terminal: true, consoleSize: { height: 1, width: 2 } };
    expect(process({ tty: true, consoleSize: { rows: 3, columns: 4 } }, undefined, own).consoleSize).toEqual({
      height: 3,
      width: 4,
    });
    expect(process({ tty: true }, undefined, own).consoleSize).toBeUndefined();
  });

  test('has all capabilities and no filter where it is privileged, but gains no more where the container doesn’t', () => {
    const { process: privileged, linux } = spec({ privileged: true });
    expect(privileged.capabilities).toMatchObject({ bounding: capabilityNames, effective: capabilityNames });
    expect(privileged.noNewPrivileges).toBe(true);
    expect(linux.seccomp).toBeUndefined();
  });

  test('wants a command, and an absolute working directory', () => {
    expect(process({ workdir: '/tmp' }).cwd).toBe('/tmp');
    expect(() => spec({ workdir: 'tmp' })).toThrow('it is not an absolute path');
    expect(() => spec({ command: [] })).toThrow('there is no command');
  });
});
