/**
 * Where gocker differs from docker on purpose. A line of the findings that matches is left out on both sides; a test fails when
 * nothing differs there any more, so that this list cannot outlive its reasons.
 */
import { existsSync } from 'node:fs';

/** Controllers in hierarchies of their own, cgroups(7). */
const hasV1 = existsSync('/sys/fs/cgroup/memory');

export interface Difference {
  readonly section: string;
  readonly line: RegExp;
  /** With these flags alone. */
  readonly flags?: RegExp;
  /** On this machine alone. */
  readonly here?: boolean;
  readonly why: string;
}

export const differences: readonly Difference[] = [
  {
    section: 'mounts',
    line: /^\/sys\/fs\/cgroup/,
    here: hasV1,
    why: 'docker shows each v1 hierarchy; we mount the v2 one, where the container is at home on every machine',
  },
  {
    section: 'namespaces',
    line: /^cgroup /,
    here: hasV1,
    why: 'docker leaves cgroup namespaces out under v1; a container has no business with the paths above it',
  },
  {
    section: 'mounts',
    line: /^\/(proc\/acpi|sys\/firmware) tmpfs/,
    why: 'what masks a directory is an empty read-only tmpfs for both, of other sizes',
  },
  {
    section: 'interfaces',
    line: /./,
    flags: /--network host/,
    why: "the test's dockerd has a network namespace of its own for a host",
  },
  {
    section: 'sysctls',
    line: /ip_forward/,
    flags: /--network host/,
    why: 'and forwards there',
  },
  {
    section: 'devices',
    line: /^lrwxrwxrwx root root core/,
    here: !existsSync('/proc/kcore'),
    why: 'docker leaves /dev/core out where the kernel has no /proc/kcore, which is masked for both anyway',
  },
  {
    section: 'names',
    line: /./,
    flags: /--uts host/,
    why: "docker's /etc/hostname is the container's id there, which is no host's name",
  },
  {
    section: 'mounts',
    line: /^\/dev\/shm /,
    flags: /--ipc host/,
    why: "docker binds the host's as it is; ours has nosuid, nodev and noexec, as a container's own has",
  },
  {
    section: 'calls',
    line: /^socket 38 /,
    why: "docker's profile refuses AF_ALG from moby/profiles dec315c on, which is younger than docker 28",
  },
  {
    section: 'calls',
    line: /^(?:personality (?:3[2-9]|[45]\d|6[0-3])|call 135) /,
    why: 'the kernel sees 32 bits of this argument, so our filter looks at no more: what it lets pass is persona 0 or a question',
  },
];
