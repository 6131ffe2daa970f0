/** The container's namespaces, namespaces(7): which the clone makes, which are joined, and what is set in the new ones. */
import { GockerError } from '../../errors/index.ts';
import type { NamespaceType, Spec } from '../../oci/index.ts';
import {
  AF,
  CLONE,
  type CloneFlag,
  cloneCall,
  flags,
  KEYCTL,
  type KernelCall,
  resultOf,
  SIOC,
  SOCK,
} from '../../syscall/index.ts';
import { sharedSource, sourceNamespace } from './shared-source.ts';
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

/** @throws GockerError `NAMESPACE_UNSUPPORTED` */
export function checkNamespaces(spec: Spec): void {
  if (!hasNew(spec, 'mount')) throw unsupported('mount', 'without a new one the mounts would be the host’s');
  const has = (type: NamespaceType) => spec.linux.namespaces.find((namespace) => namespace.type === type);
  const { uidMappings = [], gidMappings = [] } = spec.linux;
  if (has('user') === undefined) return;
  if (uidMappings.length === 0 || gidMappings.length === 0)
    throw unsupported('user', 'linux.uidMappings or linux.gidMappings is empty');
  if (has('user')?.path === undefined && has('pid')?.path !== undefined) {
    throw unsupported('user', 'a pid namespace that is shared belongs to another: share that user namespace too');
  }
}

export function cloneFlagOf(type: NamespaceType): CloneFlag {
  return cloneFlags[type];
}

/**
 * What clone3(2) is asked for. Not the cgroup namespace: its root is the cgroup in which it is made, and the child must be in
 * its own cgroup first.
 */
export function namespaceFlags(spec: Spec): CloneFlag[] {
  // All others are to belong to the user namespace, and come with the step into it.
  if (spec.linux.namespaces.some(({ type }) => type === 'user')) return ['CLONE_NEWNS'];
  return spec.linux.namespaces
    .filter(({ type, path }) => path === undefined && type !== 'cgroup')
    .map(({ type }) => cloneFlags[type]);
}

/** Whether the container gets a new namespace of this type. */
export function hasNew(spec: Spec, type: NamespaceType): boolean {
  return spec.linux.namespaces.some((namespace) => namespace.type === type && namespace.path === undefined);
}

/** Those of others that the start enters, for good or for a look: descriptors that the child inherits under these names. */
export function joinedNamespaces(spec: Spec): { readonly name: string; readonly path: string }[] {
  const joined = spec.linux.namespaces.flatMap(({ type, path }) =>
    path === undefined ? [] : [{ name: nameOf(type), path }],
  );
  const sources = (spec.mounts ?? []).flatMap((mount) => sharedSource(mount) ?? []).map(sourceNamespace);
  return [...joined, ...sources];
}

/** To be played past the gate (whoever waits there knows the first process alone), and in the container's cgroup. */
export function enterNamespaces(spec: Spec): KernelCall[] {
  const calls = joinNamespaces(spec);
  if (hasNew(spec, 'cgroup')) {
    calls.push({
      call: 'unshare',
      args: [flags(CLONE, 'CLONE_NEWCGROUP')],
      why: "the container's cgroup becomes the root of what it sees, so not before it is in it",
    });
  }
  const joinsPID = spec.linux.namespaces.some(({ type, path }) => type === 'pid' && path !== undefined);
  return joinsPID ? [...calls, ...beBornInto('pid')] : calls;
}

/** But for the user namespace, which takes the right to join others of the host. */
export function joinNamespaces(spec: Spec): KernelCall[] {
  return spec.linux.namespaces.flatMap(({ type, path }) =>
    path === undefined || type === 'user' ? [] : [joinNamespace(type, path)],
  );
}

/** To be played with the host's privileges still there. */
export function setUpNamespaces(spec: Spec): KernelCall[] {
  return [
    ...(hasNew(spec, 'network') ? loopbackUp() : []),
    ...name('sethostname', spec.hostname),
    ...name('setdomainname', spec.domainname),
    keyringOfItsOwn(),
  ];
}

export function keyringOfItsOwn(): KernelCall {
  return {
    call: 'keyctl',
    args: [flags(KEYCTL, 'KEYCTL_JOIN_SESSION_KEYRING'), null],
    allow: ['ENOSYS', 'EDQUOT', 'EACCES', 'EPERM'],
    why: 'a session keyring of its own: keys have no namespace',
  };
}

function joinNamespace(type: NamespaceType, path: string): KernelCall {
  return {
    call: 'setns',
    args: [resultOf(nameOf(type)), flags(CLONE, cloneFlags[type])],
    why: `shares the ${type} namespace of ${path}, which was opened before the clone`,
  };
}

/** pid_namespaces(7): a process stays where it was born, and only its children are where it has gone. */
function beBornInto(type: NamespaceType): KernelCall[] {
  return [
    {
      ...cloneCall(['CLONE_PARENT'], `a sibling goes on: the ${type} namespace is that of children alone`),
      forks: true,
    },
    { call: 'setsid', args: [], why: 'the session of its own stayed behind with the process before' },
  ];
}

function nameOf(type: NamespaceType): string {
  return `${type} namespace`;
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
