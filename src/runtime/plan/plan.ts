/**
 * A runtime spec as the kernel calls that make it a running container. Pure: nothing is read, nothing is done. Every file
 * system is made detached while the host is in sight and attached after pivot_root(2), when no path leads out any more; this
 * is the order of the whole, and each part says why it stands where it stands.
 */
import { GockerError } from '../../errors/index.ts';
import type { Process, Spec } from '../../oci/index.ts';
import { checkParent, flags, type KernelCall, MS, PR, resultOf, waitAtGate } from '../../syscall/index.ts';
import { capabilityMask } from '../spec/capabilities.ts';
import { makeTarget } from './attach.ts';
import { checkSpec } from './check-spec.ts';
import { closeDescriptors, executeCommand, resetSignals, unblockSignals } from './command.ts';
import { filterDevices, mayUseAllDevices } from './device-filter.ts';
import { makeDevices, placeDevices, planDevices } from './device-nodes.ts';
import { openNullDevice } from './devices.ts';
import { becomeHandover, makeHandover } from './handover.ts';
import { makeCover, maskPaths, protectPaths, sortHidden } from './hidden-paths.ts';
import { lowerEffective, takeIdentity } from './identity.ts';
import type { HostFacts, PlanInput } from './input.ts';
import { setLimits } from './limits.ts';
import { attachMounts, isOwnDev, makeMounts, type PlannedMount, planMounts } from './mounts.ts';
import { checkNamespaces, enterNamespaces, setUpNamespaces } from './namespaces.ts';
import { makeRootfs, pivotRoot, readOnlyRootfs } from './rootfs.ts';
import { lentForFilter, loadFilter } from './seccomp.ts';
import { writeSettings } from './settings.ts';
import { attachConsole, connectStdio, openTerminal } from './stdio.ts';

/**
 * To be played by a child that was cloned with `namespaceFlags(spec)`.
 *
 * @throws GockerError for a spec that can't be played, naming the field
 */
export function planContainer(given: PlanInput): KernelCall[] {
  const { spec, rootfs, deviceAccess } = given;
  const host = deviceAccess === 'none' ? withoutDevices(spec, given.host) : given.host;
  const input = { ...given, host };
  checkSpec(spec);
  checkNamespaces(spec);
  const mounts = planMounts(spec.mounts ?? [], host);
  return [
    ...arrive(),
    ...enterNamespaces(spec),
    ...setUpNamespaces(spec),
    ...(deviceAccess === 'bpf' ? filterDevices(spec) : []),
    ...makeTree(input, mounts),
    ...makeRootfs(rootfs),
    ...pivotRoot(),
    ...writeSettings(spec, mounts),
    ...furnish(input, mounts),
    ...makeHandover(host),
    ...setLimits(spec.process.rlimits),
    ...takeIdentity(spec.process, host, lentForFilter(spec, host)),
    ...outliveNobody(),
    ...depart(input),
  ];
}

/** A node that nothing filters could be that of the host's disk: not for those who may use all devices anyway. */
function withoutDevices(spec: Spec, host: HostFacts): HostFacts {
  if (mayUseAllDevices(spec)) return host;
  return { ...host, capabilities: host.capabilities & ~capabilityMask(['CAP_MKNOD']) };
}

function arrive(): KernelCall[] {
  return [
    {
      call: 'prctl',
      args: [flags(PR, 'PR_SET_DUMPABLE'), 0, 0, 0, 0],
      why: "first of all: nobody reads this process's memory, which is a copy of gocker's, by /proc/PID",
    },
    { call: 'setsid', args: [], why: "a session of its own, away from gocker's terminal" },
    ...waitAtGate(),
    { call: 'umask', args: [0], why: 'modes below are meant as they are written' },
  ];
}

/** The filesystems, while the host is in sight. */
function makeTree({ spec, host }: PlanInput, mounts: readonly PlannedMount[]): KernelCall[] {
  const hidden = sortHidden(spec.linux.maskedPaths ?? [], host);
  const { beforeSlave, afterSlave } = makeMounts(mounts);
  const devpts = mounts.find(({ mount }) => mount.type === 'devpts');
  if (spec.process.terminal && devpts === undefined) {
    throw new GockerError(
      'MOUNT_INVALID',
      'cannot open a terminal: the spec mounts no devpts (expected one at "/dev/pts")',
    );
  }
  return [
    ...beforeSlave,
    {
      call: 'mount',
      args: [null, '/', null, flags(MS, 'MS_REC', 'MS_SLAVE'), null],
      why: 'nothing that is mounted from here on shows on the host',
    },
    ...afterSlave,
    ...makeDevices(planDevices(spec.linux.devices), mounts),
    ...makeCover(hidden),
    ...(spec.process.terminal && devpts !== undefined ? openTerminal(spec.process, devpts.result) : []),
  ];
}

/** Inside the container's `/`. What writes to the rootfs comes before it is made read-only. */
function furnish(input: PlanInput, mounts: readonly PlannedMount[]): KernelCall[] {
  const { spec, host } = input;
  const hidden = sortHidden(spec.linux.maskedPaths ?? [], host);
  return [
    ...attachMounts(mounts),
    ...placeDevices(planDevices(spec.linux.devices), mounts),
    ...(mounts.some(isOwnDev) ? [] : [openNullDevice()]),
    ...(spec.process.terminal ? attachConsole() : []),
    ...connectStdio(input),
    ...workIn(spec.process.cwd),
    ...(spec.root.readonly ? [readOnlyRootfs('/')] : []),
    ...maskPaths(hidden),
    ...protectPaths(spec.linux.readonlyPaths ?? []),
  ];
}

/** As docker does, a missing one is made. It is entered by descriptor, and no link of /proc leads there (CVE-2024-21626). */
function workIn(path: Process['cwd']): KernelCall[] {
  const calls = makeTarget({ path, kind: 'directory', walk: 'no-magic-links' }, 'working directory');
  if (calls.length === 0) return [];
  return [...calls, { call: 'fchdir', args: [resultOf('working directory')], why: `starts in ${path}` }];
}

/** The kernel forgets the death signal when ids change, so it is asked for after that, and gocker may have died before it was. */
function outliveNobody(): KernelCall[] {
  return [
    {
      call: 'prctl',
      args: [flags(PR, 'PR_SET_PDEATHSIG'), { kind: 'constant', value: 9, text: 'SIGKILL' }, 0, 0, 0],
      why: 'a container dies with the gocker that holds its pipes',
    },
    checkParent(),
  ];
}

/** With an init signals stay blocked until the program is apart from it. */
function depart({ spec, host, init = false }: PlanInput): KernelCall[] {
  return [
    { call: 'umask', args: [spec.process.user.umask ?? 0o022], why: 'what programs expect to start with' },
    ...resetSignals(host.ignoredSignals),
    ...(init ? [] : [unblockSignals()]),
    closeDescriptors(),
    ...loadFilter(spec, 'with CAP_SYS_ADMIN'),
    lowerEffective(spec.process, host),
    ...becomeHandover(spec.process, init, loadFilter(spec, 'with no_new_privs')),
    ...(init ? [unblockSignals()] : []),
    ...executeCommand(spec.process),
  ];
}
