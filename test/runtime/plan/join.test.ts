/** The plan of a process that joins a container: which calls, in which order, and what may fail. */
import { describe, expect, test } from 'vitest';
import { type JoinInput, planJoin } from '../../../src/runtime/plan/join.ts';
import { expectOrder, host, placeOf, type SpecChanges, specOf, textOf } from './plan-support.ts';

const filter = { defaultAction: 'SCMP_ACT_ERRNO', syscalls: [{ names: ['read'], action: 'SCMP_ACT_ALLOW' }] };
const userNamespace: SpecChanges = {
  linux: {
    namespaces: [{ type: 'user' }, { type: 'mount' }, { type: 'pid' }],
    uidMappings: [{ containerID: 0, hostID: 300_000, size: 65_536 }],
    gidMappings: [{ containerID: 0, hostID: 300_000, size: 65_536 }],
  },
};

function plan(changes: SpecChanges = {}, input: Partial<JoinInput> = {}) {
  const spec = specOf({ mounts: [], ...changes });
  return planJoin({ spec, host, stdin: 'pipe', detached: false, filtersDevices: true, ...input });
}

const lines = (...args: Parameters<typeof plan>) => textOf(plan(...args));

describe('planJoin()', () => {
  test('enters all namespaces at once, out of the reach of all who are there, and is then born into the pid namespace', () => {
    expectOrder(lines(), [
      /^prctl\(PR_SET_DUMPABLE, 0/,
      /^recvfrom\(<lifeline>/,
      /^setns\(<container>, CLONE_NEWNS\|CLONE_NEWPID\|CLONE_NEWNET\|CLONE_NEWIPC\|CLONE_NEWUTS\|CLONE_NEWCGROUP\)/,
      /^clone3\(\{flags=CLONE_PARENT/,
      /^keyctl/,
      /^memfd_create\("gocker-handover"/,
      /^setresuid/,
      /^prctl\(PR_SET_PDEATHSIG, SIGKILL/,
      /^close_range\(3/,
      /^execveat\(<handover>/,
      /^execve\("/,
    ]);
    expect(lines().filter((line) => line.startsWith('setns'))).toHaveLength(1);
  });

  test('opens nothing by path before it is inside, and nothing of the container by a link of /proc', () => {
    const all = lines({ process: { cwd: '/srv/app/' } }, { stdin: 'null' });
    const setns = placeOf(all, /^setns/);
    expect(all.slice(0, setns).filter((line) => /^(open|mkdir|chdir)/.test(line))).toEqual([]);
    expect(all.filter((line) => /^openat2/.test(line))).toEqual([
      'openat2(AT_FDCWD, "/dev/null", {flags=O_RDWR|O_CLOEXEC, resolve=RESOLVE_NO_SYMLINKS}, 24)',
      'openat2(AT_FDCWD, "/srv/app", {flags=O_PATH|O_DIRECTORY|O_CLOEXEC, resolve=RESOLVE_NO_MAGICLINKS}, 24)',
    ]);
    expect(all.filter((line) => /^(mkdirat|mknodat|mount|fsopen|move_mount|pivot_root|unshare)/.test(line))).toEqual(
      [],
    );
  });

  test('enters a user namespace with the others, with score and pipes seen to by the host’s root before', () => {
    const user = { uid: 7, gid: 0 };
    expectOrder(lines({ ...userNamespace, process: { oomScoreAdj: 3, user } }), [
      /^openat\(AT_FDCWD, "\/proc\/self\/oom_score_adj"/,
      /^fchown\(<stdin>, 300007, -1\)/,
      /^setns\(<container>, CLONE_NEWUSER\|CLONE_NEWNS/,
      /^setgroups\(0, \[\]\)/,
      /^setresgid\(0, 0, 0\)/,
      /^setresuid\(0, 0, 0\)/,
      /^clone3/,
    ]);
    expect(lines().join('\n')).not.toContain('CLONE_NEWUSER');
  });

  test('has the container’s AppArmor profile written while it is the host’s root, in the host’s proc', () => {
    expectOrder(lines({ process: { apparmorProfile: 'tight' } }), [
      /^openat\(AT_FDCWD, "\/proc\/self\/attr\/apparmor\/exec"/,
      /^write\(<\/proc\/self\/attr\/apparmor\/exec>, "exec tight"/,
      /^setns/,
    ]);
  });

  test('is bound by the container’s filter, at the moment at which a container’s own process is', () => {
    const linux = { ...specOf().linux, seccomp: filter };
    expectOrder(lines({ linux }), [/^setresuid/, /^seccomp/, /^execveat/]);
    expectOrder(lines({ linux, process: { noNewPrivileges: true } }), [
      /^prctl\(PR_SET_NO_NEW_PRIVS/,
      /^execveat/,
      /^seccomp/,
      /^execve\("/,
    ]);
  });

  test('may make device nodes only where something filters the use of devices', () => {
    const bounds = (filtersDevices: boolean) =>
      lines({}, { filtersDevices }).filter((line) => line.includes('PR_CAPBSET_DROP, CAP_MKNOD'));
    expect(bounds(true)).toEqual([]);
    expect(bounds(false)).toHaveLength(1);
  });

  test('has a terminal by descriptors, out of the container’s devpts', () => {
    const all = lines({ process: { terminal: true, consoleSize: { height: 3, width: 4 } } });
    expectOrder(all, [
      /^setns/,
      /^openat2\(AT_FDCWD, "\/dev\/pts", \{flags=O_PATH\|O_DIRECTORY\|O_CLOEXEC, resolve=RESOLVE_NO_SYMLINKS\}/,
      /^openat2\(<\/dev\/pts>, "ptmx", \{flags=O_RDWR\|O_NOCTTY\|O_CLOEXEC, resolve=RESOLVE_NO_XDEV\|RESOLVE_NO_SYMLINKS\}/,
      /^ioctl\(<terminal>, TIOCGPTPEER/,
      /^ioctl\(<terminal>, TIOCSWINSZ, \{ws_row=3, ws_col=4\}/,
      /^sendmsg\(<lifeline>/,
      /^dup3\(<terminal of the container>, 0/,
      /^ioctl\(0, TIOCSCTTY/,
    ]);
    expect(all.join('\n')).not.toContain('/dev/console');
  });

  test('is left to the container’s init where it is detached: no pipe of ours, no death signal, its pidfd for us', () => {
    const calls = plan({}, { detached: true });
    const all = textOf(calls);
    expectOrder(all, [
      /^setns/,
      /flags=CLONE_PARENT/,
      /^clone3\(\{flags=0/,
      /^getpid/,
      /^pidfd_open/,
      /^sendmsg\(<lifeline>/,
      /^dup3/,
    ]);
    expect(calls.filter(({ forks }) => forks !== undefined).map(({ forks }) => forks)).toEqual([true, 'orphan']);
    expect(all.filter((line) => line.startsWith('dup3'))).toEqual([0, 1, 2].map((fd) => `dup3(</dev/null>, ${fd}, 0)`));
    expect(all.join('\n')).not.toContain('PR_SET_PDEATHSIG');
  });

  test('refuses a process that can’t be played, naming the field', () => {
    expect(() => plan({ process: { cwd: 'srv' } })).toThrow('process.cwd');
    expect(() => plan({ process: { args: [] } })).toThrow('process.args');
    const user = { uid: 70_000, gid: 0 };
    expect(() => plan({ ...userNamespace, process: { user, terminal: true } })).toThrow('has no id 70000');
  });
});
