/**
 * Where gocker differs from docker on purpose. A line of the findings that matches is left out on both sides; a test fails when
 * nothing differs there any more, so that this list cannot outlive its reasons.
 */
export interface Difference {
  readonly section: string;
  readonly line: RegExp;
  /** With these flags alone. */
  readonly flags?: RegExp;
  readonly why: string;
}

export const differences: readonly Difference[] = [
  {
    section: 'mounts',
    line: /^\/sys\/fs\/cgroup/,
    why: 'docker shows each v1 hierarchy; we mount the v2 one, where the container is at home on every machine',
  },
  {
    section: 'namespaces',
    line: /^cgroup /,
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
    why: 'docker leaves /dev/core out where the kernel has no /proc/kcore, which is masked for both anyway',
  },
];
