/**
 * What a container finds: a script for its shell that prints all of it, and a reading of the output from which everything is
 * gone that must differ between two engines (ids, folders of state, times).
 */
import { readlinkSync } from 'node:fs';
import { join } from 'node:path';

/** Sections begin with `== name`. Only what Alpine has. */
export const probe = `
section() { echo "== $1"; }
section identity; id -u; id -g; id -G; pwd; echo "$HOME"; umask
section status; grep -E '^(Cap|NoNewPrivs|Seccomp:)' /proc/self/status
section limits; tail -n +2 /proc/self/limits
section oom; cat /proc/self/oom_score_adj
section mounts; cat /proc/self/mountinfo
section devices; ls -l /dev | tail -n +2
section folders; ls -ld / /tmp /dev/shm /dev/mqueue /dev/pts /etc/hosts /etc/resolv.conf 2>/dev/null
section names; hostname; cat /proc/sys/kernel/domainname /etc/hostname
section namespaces; for n in cgroup ipc net pid user uts; do readlink /proc/self/ns/$n; done
section interfaces; tail -n +3 /proc/net/dev | sed 's/:.*//'
section sysctls; cd /proc/sys; for f in kernel/msgmax kernel/sem kernel/shmmax kernel/shm_rmid_forced fs/mqueue/msg_max \
  net/core/somaxconn net/ipv4/ip_unprivileged_port_start net/ipv4/ping_group_range net/ipv4/ip_forward; do
  echo $f = $(cat $f); done
`;

export type Findings = Readonly<Record<string, readonly string[]>>;

/** @param names texts that stand for this engine's places and namespaces → what to print instead */
export function readFindings(output: string, names: ReadonlyMap<string, string>): Findings {
  const findings: Record<string, string[]> = {};
  for (const block of output.split(/^== /m).slice(1)) {
    const [name = '', ...lines] = block.trimEnd().split('\n');
    const read = readers[name] ?? ((line: string) => [line]);
    const named = lines.map((line) => [...names].reduce((text, [from, to]) => text.replaceAll(from, to), line));
    findings[name] = named.flatMap(read);
    if (unordered.has(name)) findings[name].sort();
  }
  return findings;
}

const unordered = new Set(['mounts', 'devices', 'folders', 'interfaces']);

const readers: Readonly<Record<string, (line: string) => string[]>> = {
  mounts: readMount,
  devices: readEntry,
  folders: readEntry,
  identity: (line) => [/^[\d ]+$/.test(line) ? [...new Set(line.split(' '))].join(' ') : line],
  namespaces: (line) => [line.replace(/:\[\d+\]$/, ' its own')],
  names: (line) => [line.replace(/^[0-9a-f]{12}$/, 'ID')],
  limits: (line) => [line.replace(/ +/g, ' ').trim()],
  interfaces: (line) => [line.trim()],
};

/** A line of mountinfo (proc_pid_mountinfo(5)) as `/target type options`. Which directory is the source is told for binds. */
function readMount(line: string): string[] {
  const [before = '', after = ''] = line.split(' - ');
  const [, , , root = '', target = '', options = '', ...tags] = before.split(' ');
  const [type = '', , superOptions = ''] = after.split(' ');
  const told = superOptions.split(',').filter((option) => /^(size|mode|uid|gid|ptmxmode|nr_inodes)=/.test(option));
  const shared = tags.map((tag) => tag.replace(/:\d+/, ''));
  const source =
    root === '/' || type.startsWith('cgroup') ? '' : ` of ${root.replace(/^.*\/[0-9a-f]{64}\//, 'STATE/')}`;
  return [[target, type, options.split(',').sort().join(','), ...told, ...shared].join(' ') + source];
}

/** A line of `ls -l` without its number of links, its size and its time. */
function readEntry(line: string): string[] {
  const match = /^(\S+) +\d+ (\S+) +(\S+) +(\d+, +\d+|\d+) .{12} (.*)$/.exec(line);
  if (match === null) return [line];
  const [, mode = '', user = '', group = '', number = '', name = ''] = match;
  return [[mode, user, group, number.includes(',') ? number.replace(/ +/, '') : '', name].filter(Boolean).join(' ')];
}

/** The namespaces that an engine itself is in, by the identity that readlink(1) prints: `net:[4026531840]`. */
export function namespaceNames(folder: string): Map<string, string> {
  const kinds = ['cgroup', 'ipc', 'net', 'pid', 'user', 'uts'];
  return new Map(kinds.map((kind) => [readlinkSync(join(folder, kind)), `${kind} the host's`]));
}
