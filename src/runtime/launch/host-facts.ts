/** What a plan must know of this machine and of gocker's own process, proc_pid_status(5). */
import { existsSync, readFileSync, statSync } from 'node:fs';
import type { Spec } from '../../oci/index.ts';
import { thisArchitecture } from '../../syscall/index.ts';
import { cgroup2Mountpoint } from '../cgroups/hierarchies.ts';
import { isOfKernel } from '../plan/hidden-paths.ts';
import { type HostFacts, kindKey } from '../plan/input.ts';
import { parseMountOptions } from '../spec/mount-options.ts';

/** What doesn't change while a process lives. */
let own: Omit<HostFacts, 'kinds' | 'hasCgroup2'> | undefined;

/** Reads synchronously: a few hundred microseconds at the first call, a stat for each bind mount and masked path later. */
export function readHostFacts(spec: Spec): HostFacts {
  own ??= readOwnFacts();
  return { ...own, hasCgroup2: cgroup2Mountpoint() !== undefined, kinds: kindsOf(spec) };
}

/** The mask of the capabilities that gocker itself has, and so can give. */
export function heldCapabilities(): bigint {
  own ??= readOwnFacts();
  return own.capabilities;
}

function readOwnFacts(): Omit<HostFacts, 'kinds' | 'hasCgroup2'> {
  const status = readFileSync('/proc/self/status', 'latin1');
  const ignored = maskIn(status, 'SigIgn');
  return {
    architecture: thisArchitecture(),
    knowsMemfdExec: existsSync('/proc/sys/vm/memfd_noexec'),
    lastCapability: Number(readFileSync('/proc/sys/kernel/cap_last_cap', 'latin1')),
    capabilities: maskIn(status, 'CapPrm') & maskIn(status, 'CapBnd'),
    ignoredSignals: Array.from({ length: 64 }, (_, bit) => bit + 1).filter(
      (signal) => ((ignored >> BigInt(signal - 1)) & 1n) === 1n,
    ),
  };
}

function maskIn(status: string, field: string): bigint {
  return BigInt(`0x${new RegExp(`^${field}:\\s*([0-9a-f]+)$`, 'm').exec(status)?.[1] ?? '0'}`);
}

/** A source that is not there is left to open_tree(2), whose error names it. */
function kindsOf({ mounts = [], linux }: Spec): Map<string, 'file' | 'directory'> {
  const binds = mounts.flatMap(({ source, options = [] }) => {
    const { bind, subdirectory } = parseMountOptions(options);
    return bind === undefined ? [] : [kindKey(source, subdirectory)];
  });
  const masked = (linux.maskedPaths ?? []).filter(isOfKernel);
  const kinds = new Map<string, 'file' | 'directory'>();
  for (const path of [...binds, ...masked]) {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat !== undefined) kinds.set(path, stat.isDirectory() ? 'directory' : 'file');
  }
  return kinds;
}
