/** A program of the container's choice that the kernel would start on the host as a cgroup empties: CVE-2022-0492. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { AttackCall } from '../../support/attack/index.ts';
import { attackTest, attempt, outcomes, sh, withAndWithoutFilter } from './box.ts';

/** Where cgroup v1 is, each hierarchy has one of these at its root. */
function agents(): Map<string, string> {
  const names = existsSync('/sys/fs/cgroup') ? readdirSync('/sys/fs/cgroup') : [];
  const files = names.map((name) => join('/sys/fs/cgroup', name, 'release_agent')).filter((path) => existsSync(path));
  return new Map(files.map((path) => [path, readFileSync(path, 'utf8')]));
}

attackTest('no cgroup file system can be mounted, of whatever version or controller', async () => {
  const before = agents();
  const options = ['memory', 'rdma', 'pids', 'none,name=evil', 'cpu', 'devices'];
  const attacks: AttackCall[] = [
    ...options.map((option) => ({ call: 'mount', args: ['cgroup', '/mnt', 'cgroup', 0, option] })),
    { call: 'mount', args: ['cgroup2', '/mnt', 'cgroup2', 0, null] },
  ];
  for (const filter of withAndWithoutFilter) {
    expect(new Set(await outcomes(attacks, filter))).toEqual(new Set(['mount EPERM']));
  }
  expect(agents()).toEqual(before);
});

attackTest('a user and cgroup namespace of its own gives a container no way to one', async () => {
  const before = agents();
  // Opened for writing and not written: a hierarchy of the host's would be the host's.
  const script = `mkdir -p /tmp/c; for v in "-t cgroup -o rdma" "-t cgroup -o memory" "-t cgroup2"; do
    unshare -UrmC sh -c "mount $v cgroup /tmp/c && [ -e /tmp/c/release_agent ] && : >> /tmp/c/release_agent && echo writable"
    done 2>/dev/null; true`;
  for (const filter of withAndWithoutFilter) expect(await sh(script, filter)).not.toContain('writable');
  expect(agents()).toEqual(before);
});

attackTest('what a container sees of its cgroups it can only read', async () => {
  const writeOnly = 1;
  const files = (await sh('find /sys/fs/cgroup -type f | head -n 60')).split('\n').filter((path) => path !== '');
  const attempts = await attempt(files.map((path) => ({ call: 'openat', args: [-100, path, writeOnly, 0] })));
  expect(attempts.filter(({ error }) => error === undefined)).toEqual([]);
  const made = await outcomes([{ call: 'mkdirat', args: [-100, '/sys/fs/cgroup/evil', 0o755] }]);
  expect(made[0]).toMatch(/^mkdirat (EROFS|EPERM|EACCES)$/);
});
