/** What is set by writing to /proc: sysctls, the OOM score, the AppArmor profile. Through the container's own proc filesystem, by descriptor. */
import { GockerError } from '../../errors/index.ts';
import type { Spec } from '../../oci/index.ts';
import { AT_FDCWD, buffer, flags, type KernelCall, O, resultOf } from '../../syscall/index.ts';
import type { PlannedMount } from './mounts.ts';
import { hasNew } from './namespaces.ts';
import { openHow, sizeOf } from './structures.ts';
import { inUserNamespace } from './user-namespace.ts';

/** Which profile the next program runs under, apparmor(7): of this process alone. */
const apparmorAttribute = 'self/attr/apparmor/exec';
export const apparmorFile = `/proc/${apparmorAttribute}`;

/** Those of the IPC namespace, ipc_namespaces(7). */
const ipcSysctls = /^(?:kernel\.(?:msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced)|fs\.mqueue\.[\w-]+)$/;

/** @throws GockerError `SYSCTL_INVALID`, `MOUNT_INVALID` */
export function writeSettings(spec: Spec, mounts: readonly PlannedMount[]): KernelCall[] {
  const sysctls = Object.entries(spec.linux.sysctl ?? {});
  const { oomScoreAdj, apparmorProfile } = spec.process;
  const score = inUserNamespace(spec.linux) ? undefined : oomScoreAdj;
  if (sysctls.length === 0 && score === undefined && apparmorProfile === undefined) return [];
  const proc = mounts.find(({ mount }) => mount.type === 'proc');
  if (proc === undefined) {
    throw new GockerError('MOUNT_INVALID', 'cannot set sysctls: the spec mounts no proc (expected one at "/proc")');
  }
  return [
    ...sysctls.flatMap(([key, value]) => {
      checkSysctl(spec, key);
      return write(proc.result, `sys/${sysctlPath(key)}`, value);
    }),
    // While this process is root's: once its ids change, its attributes are not its own to open.
    ...(apparmorProfile === undefined ? [] : write(proc.result, apparmorAttribute, `exec ${apparmorProfile}`)),
    ...(score === undefined ? [] : write(proc.result, 'self/oom_score_adj', `${score}`, ['EACCES', 'EPERM'])),
  ];
}

/** For a user namespace: through the host's proc and with its rights, which /proc/self wants of a process that nobody may look into. */
export function writeScore({ process: { oomScoreAdj } }: Spec): KernelCall[] {
  if (oomScoreAdj === undefined) return [];
  const why = 'whom the kernel ends first when there is no memory';
  return writeOwn('/proc/self/oom_score_adj', `${oomScoreAdj}`, { why, allow: ['EACCES', 'EPERM'] });
}

/** For who joins a container, in whose own proc anything may stand by now: through the host's. It is inherited. */
export function writeProfile({ process: { apparmorProfile } }: Spec): KernelCall[] {
  if (apparmorProfile === undefined) return [];
  return writeOwn(apparmorFile, `exec ${apparmorProfile}`, { why: 'which profile the next program runs under' });
}

/** sysctl(8): dots part the words; where a slash comes first it does, and dots belong to the names (`net/ipv4/conf/eth0.1/…`). */
function sysctlPath(key: string): string {
  const separator = /[./]/.exec(key)?.[0];
  if (separator === '/') return key;
  return key.replace(/[./]/g, (character) => (character === '.' ? '/' : '.'));
}

function checkSysctl(spec: Spec, key: string): void {
  const fail = (is: string, expected: string) => {
    throw new GockerError('SYSCTL_INVALID', `cannot set sysctl ${JSON.stringify(key)}: ${is} (expected ${expected})`);
  };
  const words = sysctlPath(key).split('/');
  if (words.length < 2 || words.some((word) => !/^[\w*:.-]+$/.test(word) || /^\.+$/.test(word))) {
    fail('it is no name of one', 'words with dots between them');
  }
  const isOfNetwork = words[0] === 'net' && hasNew(spec, 'network');
  const isOfIPC = ipcSysctls.test(words.join('.')) && hasNew(spec, 'ipc');
  if (!isOfNetwork && !isOfIPC)
    fail('it would change the host', 'one of a namespace that the container has for itself');
}

function writeOwn(
  file: string,
  value: string,
  { why, allow }: { readonly why: string; readonly allow?: readonly string[] },
): KernelCall[] {
  const bytes = Buffer.from(value);
  const allowed = (...names: readonly string[]) => (allow === undefined ? {} : { allow: [...allow, ...names] });
  return [
    {
      call: 'openat',
      args: [AT_FDCWD, file, flags(O, 'O_WRONLY', 'O_CLOEXEC'), 0],
      result: file,
      ...allowed(),
      why,
    },
    {
      call: 'write',
      args: [resultOf(file), buffer(JSON.stringify(value), bytes), bytes.length],
      ...allowed('EBADF'),
      why: `sets it to ${JSON.stringify(value)}`,
    },
  ];
}

function write(proc: string, path: string, value: string, allow?: readonly string[]): KernelCall[] {
  const bytes = Buffer.from(value);
  const file = `/proc/${path}`;
  const allowed = allow === undefined ? {} : { allow: [...allow, 'EBADF'] };
  return [
    {
      call: 'openat2',
      args: [
        resultOf(proc),
        path,
        openHow(['O_WRONLY', 'O_CLOEXEC'], ['RESOLVE_BENEATH', 'RESOLVE_NO_MAGICLINKS']),
        sizeOf.openHow,
      ],
      result: file,
      ...allowed,
      why: `${file} of the container's own proc`,
    },
    {
      call: 'write',
      args: [resultOf(file), buffer(JSON.stringify(value), bytes), bytes.length],
      ...allowed,
      why: `sets it to ${JSON.stringify(value)}`,
    },
  ];
}
