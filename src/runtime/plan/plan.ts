/**
 * A runtime spec as the kernel calls that make it a running container. Pure: nothing is read, nothing is done. Every file
 * system is made detached while the host is in sight and attached after pivot_root(2), when no path leads out any more; this
 * is the order of the whole, and each part says why it stands where it stands.
 */
import type { Process } from '../../oci/index.ts';
import { type KernelCall, resultOf } from '../../syscall/index.ts';
import { capabilityMask } from '../spec/capabilities.ts';
import { makeTarget } from './attach.ts';
import { checkSpec } from './check-spec.ts';
import { filterDevices, mayUseAllDevices } from './device-filter.ts';
import { placeDevices, planDevices } from './device-nodes.ts';
import { openNullDevice } from './devices.ts';
import { makeFilesystems } from './filesystems.ts';
import { makeHandover } from './handover.ts';
import { maskPaths, protectPaths, sortHidden } from './hidden-paths.ts';
import { takeIdentity } from './identity.ts';
import { attachRootfs, makeIdmappedRootfs } from './idmapped-rootfs.ts';
import type { HostFacts, PlanInput } from './input.ts';
import { setLimits } from './limits.ts';
import { attachMounts, isOwnDev, type PlannedMount, planMounts } from './mounts.ts';
import { checkNamespaces, enterNamespaces, joinNamespaces, setUpNamespaces } from './namespaces.ts';
import { arrive, depart, dieWithParent } from './passage.ts';
import { makeRootfs, pivotRoot, readOnlyRootfs } from './rootfs.ts';
import { lentForFilter } from './seccomp.ts';
import { writeScore, writeSettings } from './settings.ts';
import { attachConsole, connectStdio } from './stdio.ts';
import {
  enterUserNamespace,
  giveAwayPipes,
  inUserNamespace,
  makeFilesForRoot,
  mapUserNamespace,
} from './user-namespace.ts';

/**
 * To be played by a child that was cloned with `namespaceFlags(spec)`.
 *
 * @throws GockerError for a spec that can't be played, naming the field
 */
export function planContainer(given: PlanInput): KernelCall[] {
  const input = { ...given, host: powersFor(given) };
  const { spec, host } = input;
  checkSpec(spec);
  checkNamespaces(spec);
  const mounts = planMounts(spec.mounts ?? [], host);
  return [
    ...arrive(),
    ...(inUserNamespace(spec.linux) ? gatherInUserNamespace(input, mounts) : gather(input, mounts)),
    ...pivotRoot(),
    ...writeSettings(spec, mounts),
    ...furnish(input, mounts),
    ...makeHandover(host),
    ...setLimits(spec.process.rlimits),
    ...takeIdentity(spec.process, host, lentForFilter(spec, host)),
    ...dieWithParent(),
    ...depart(input),
  ];
}

/** What there is of powers to give. A node that nothing filters could be that of the host's disk: not for those who may use all anyway. */
function powersFor({ spec, host, deviceAccess }: PlanInput): HostFacts {
  // There it has all powers, whatever gocker has: over nothing but what is the namespace's, which no device is.
  if (inUserNamespace(spec.linux)) return { ...host, capabilities: 2n ** BigInt(host.lastCapability + 1) - 1n };
  if (deviceAccess !== 'none' || mayUseAllDevices(spec)) return host;
  return { ...host, capabilities: host.capabilities & ~capabilityMask(['CAP_MKNOD']) };
}

/** Up to the moment when the rootfs is a mount that the child stands in, and all mounts for it are made. */
function gather(input: PlanInput, mounts: readonly PlannedMount[]): KernelCall[] {
  const { spec, rootfs, deviceAccess } = input;
  const { outside, inside } = makeFilesystems(input, mounts);
  return [
    ...enterNamespaces(spec),
    ...setUpNamespaces(spec),
    ...(deviceAccess === 'bpf' ? filterDevices(spec) : []),
    ...outside,
    ...inside,
    ...makeRootfs(rootfs),
  ];
}

/** The same where a user namespace takes the host's rights on the way: whatever needs them comes before. */
function gatherInUserNamespace(input: PlanInput, mounts: readonly PlannedMount[]): KernelCall[] {
  const { spec, rootfs, deviceAccess, stdin } = input;
  const { outside, dev, inside } = makeFilesystems(input, mounts);
  const pipes = stdin === 'pipe' ? ['stdin', 'stdout', 'stderr'] : ['stdout', 'stderr'];
  return [
    ...mapUserNamespace(spec),
    ...joinNamespaces(spec),
    ...(deviceAccess === 'bpf' ? filterDevices(spec) : []),
    ...writeScore(spec),
    ...outside,
    ...makeFilesForRoot(spec),
    ...dev,
    ...makeIdmappedRootfs(rootfs),
    ...(spec.process.terminal ? [] : giveAwayPipes(spec, pipes)),
    ...enterUserNamespace(spec),
    ...setUpNamespaces(spec),
    ...inside,
    ...attachRootfs(),
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
