/** The container's namespaces, namespaces(7): which the clone makes, which are joined, and what is set in the new ones. */
import { GockerError } from '../../errors/index.ts';
import type { NamespaceType, Spec } from '../../oci/index.ts';
import {
  AF,
  AT_FDCWD,
  CLONE,
  type CloneFlag,
  flags,
  KEYCTL,
  type KernelCall,
  O,
  resultOf,
  SIOC,
  SOCK,
} from '../../syscall/index.ts';
import { interfaceUp } from './structures.ts';

const cloneFlags: Readonly<Record<NamespaceType, CloneFlag>> = {
  pid: 'CLONE_NEWPID',
  network: 'CLONE_NEWNET',
  mount: 'CLONE_NEWNS',
  ipc: 'CLONE_NEWIPC',
  uts: 'CLONE_NEWUTS',
  user: 'CLONE_NEWUSER',
  cgroup: 'CLONE_NEWCGROUP',
};

/** Those that a process can enter itself; joining the others is for the clone, or undoes the rootfs. */
const joinable: readonly NamespaceType[] = ['network', 'ipc', 'uts', 'cgroup'];

/** @throws GockerError `NAMESPACE_UNSUPPORTED` */
export function checkNamespaces(spec: Spec): void {
  for (const { type, path } of spec.linux.namespaces) {
    if (type === 'user') throw unsupported(type, 'user namespaces are not played yet');
    if (path !== undefined && !joinable.includes(type)) throw unsupported(type, `joining "${path}" is not played yet`);
  }
  if (!hasNew(spec, 'mount')) throw unsupported('mount', 'without a new one the mounts would be the host’s');
}

/**
 * What clone3(2) is asked for. Not the cgroup namespace: its root is the cgroup in which it is made, and the child must be in
 * its own cgroup first.
 */
export function namespaceFlags(spec: Spec): CloneFlag[] {
  return spec.linux.namespaces
    .filter(({ type, path }) => path === undefined && type !== 'cgroup')
    .map(({ type }) => cloneFlags[type]);
}

/** Whether the container gets a new namespace of this type. */
export function hasNew(spec: Spec, type: NamespaceType): boolean {
  return spec.linux.namespaces.some((namespace) => namespace.type === type && namespace.path === undefined);
}

/** To be played while the host's files are in sight, and in the container's cgroup. */
export function enterNamespaces(spec: Spec): KernelCall[] {
  const calls: KernelCall[] = [];
  for (const { type, path } of spec.linux.namespaces) {
    if (path !== undefined) calls.push(...joinNamespace(type, path));
  }
  if (hasNew(spec, 'cgroup')) {
    calls.push({
      call: 'unshare',
      args: [flags(CLONE, 'CLONE_NEWCGROUP')],
      why: "the container's cgroup becomes the root of what it sees, so not before it is in it",
    });
  }
  return calls;
}

/** To be played with the host's privileges still there. */
export function setUpNamespaces(spec: Spec): KernelCall[] {
  return [
    ...(hasNew(spec, 'network') ? loopbackUp() : []),
    ...name('sethostname', spec.hostname),
    ...name('setdomainname', spec.domainname),
    {
      call: 'keyctl',
      args: [flags(KEYCTL, 'KEYCTL_JOIN_SESSION_KEYRING'), null],
      allow: ['ENOSYS', 'EDQUOT', 'EACCES', 'EPERM'],
      why: 'a session keyring of its own: keys have no namespace',
    },
  ];
}

function joinNamespace(type: NamespaceType, path: string): KernelCall[] {
  const result = `${type} namespace`;
  return [
    {
      call: 'openat',
      args: [AT_FDCWD, path, flags(O, 'O_RDONLY', 'O_CLOEXEC'), 0],
      result,
      why: 'the namespace to share',
    },
    { call: 'setns', args: [resultOf(result), flags(CLONE, cloneFlags[type])], why: `shares the ${type} namespace` },
  ];
}

function loopbackUp(): KernelCall[] {
  return [
    {
      call: 'socket',
      args: [flags(AF, 'AF_INET'), flags(SOCK, 'SOCK_DGRAM', 'SOCK_CLOEXEC'), 0],
      result: 'any socket',
      why: 'interfaces are spoken to by any socket of their namespace',
    },
    {
      call: 'ioctl',
      args: [resultOf('any socket'), flags(SIOC, 'SIOCSIFFLAGS'), interfaceUp('lo')],
      why: 'a new network namespace has its loopback down',
    },
  ];
}

function name(call: 'sethostname' | 'setdomainname', value: string | undefined): KernelCall[] {
  if (value === undefined || value === '') return [];
  return [{ call, args: [value, Buffer.byteLength(value)], why: 'in its own UTS namespace' }];
}

function unsupported(type: string, is: string): GockerError {
  return new GockerError('NAMESPACE_UNSUPPORTED', `cannot make the ${type} namespace: ${is}`);
}
