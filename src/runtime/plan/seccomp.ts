/**
 * The container's seccomp filter, seccomp(2). It judges the calls of the tape, too, that come after it: so it comes as late as can
 * be. Loading it wants no_new_privs or CAP_SYS_ADMIN, so that nobody fools a setuid program with one; docker leaves
 * no_new_privs off, and then it is loaded just before that capability goes.
 */
import { GockerError } from '../../errors/index.ts';
import type { LinuxSeccomp, Spec } from '../../oci/index.ts';
import { buffer, flags, type KernelCall, SECCOMP, SECCOMP_FILTER_FLAG } from '../../syscall/index.ts';
import { filterOf } from '../seccomp/filter-cache.ts';
import { capabilityMask } from '../spec/capabilities.ts';
import type { HostFacts } from './input.ts';

type Right = 'with no_new_privs' | 'with CAP_SYS_ADMIN';

/** Flags that a profile may set: the others are for a process that answers notifications. */
const known = ['SECCOMP_FILTER_FLAG_TSYNC', 'SECCOMP_FILTER_FLAG_LOG', 'SECCOMP_FILTER_FLAG_SPEC_ALLOW'] as const;

/** What the process must still be able to do when the filter is loaded. */
export function lentForFilter(spec: Spec, host: HostFacts): bigint {
  return rightFor(spec) === 'with CAP_SYS_ADMIN' ? capabilityMask(['CAP_SYS_ADMIN']) & host.capabilities : 0n;
}

/**
 * Nothing where the spec has no profile, or loads it by the other right.
 *
 * @throws GockerError `SECCOMP_INVALID`
 */
export function loadFilter(spec: Spec, right: Right): KernelCall[] {
  const profile = spec.linux.seccomp;
  if (profile === undefined || right !== rightFor(spec)) return [];
  const instructions = filterOf(profile);
  const count = instructions.length / 8;
  // `struct sock_fprog`, linux/filter.h.
  const program = Buffer.alloc(16);
  program.writeUInt16LE(count, 0);
  return [
    {
      call: 'seccomp',
      args: [
        flags(SECCOMP, 'SECCOMP_SET_MODE_FILTER'),
        flags(SECCOMP_FILTER_FLAG, ...filterFlags(profile)),
        buffer(`{len=${count}, filter=/* gocker seccomp explain */}`, program, [
          { offset: 8, kind: 'pointer', to: buffer('instructions', instructions) },
        ]),
      ],
      why: `what no container needs of the kernel, none can attack; ${right}, which loading it wants`,
    },
  ];
}

function rightFor({ process, linux }: Spec): Right | undefined {
  if (linux.seccomp === undefined) return undefined;
  return process.noNewPrivileges === true ? 'with no_new_privs' : 'with CAP_SYS_ADMIN';
}

/** Before Linux 5.16 a filter also forbade speculation unless told not to; docker's runtime, too, lets it be. */
function filterFlags({ flags: names = ['SECCOMP_FILTER_FLAG_SPEC_ALLOW'] }: LinuxSeccomp) {
  return names.map((name) => {
    const flag = known.find((each) => each === name);
    if (flag !== undefined) return flag;
    throw new GockerError(
      'SECCOMP_INVALID',
      `cannot use seccomp profile: flag "${name}" has no use here (expected ${known.join(', ')})`,
    );
  });
}
