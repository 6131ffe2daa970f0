/** The flags of `run` and `create`: those on the command itself here, the others by topic in flags/. */
import type { Flags, Options } from '../command.ts';
import { healthFlags } from './flags/health-flags.ts';
import { lifecycleFlags } from './flags/lifecycle-flags.ts';
import { loggingFlags } from './flags/logging-flags.ts';
import { mountFlags } from './flags/mount-flags.ts';
import { nameFlags } from './flags/name-flags.ts';
import { namespaceFlags } from './flags/namespace-flags.ts';
import { networkFlags } from './flags/network-flags.ts';
import { portFlags } from './flags/port-flags.ts';
import { privilegeFlags } from './flags/privilege-flags.ts';
import { processFlags } from './flags/process-flags.ts';
import { resourceFlags } from './flags/resource-flags.ts';
import { restartFlags } from './flags/restart-flags.ts';

/** Of `run` alone. */
const foregroundFlags = {
  detach: {
    flags: '-d, --detach',
    kind: 'boolean',
    description: 'Let it run by itself, and print its id',
  },
  detachKeys: {
    flags: '--detach-keys <keys>',
    kind: 'text',
    description: 'Keys that leave its terminal and let it run on (default: ctrl-p,ctrl-q)',
  },
  dryRun: {
    flags: '--dry-run',
    kind: 'boolean',
    description: 'Print the kernel calls that would be made, and make none',
  },
  explain: {
    flags: '--explain [text|json]',
    kind: 'optional',
    values: ['', 'text', 'json'],
    description: 'Print each kernel call with why, result and time, on standard error, after the run',
  },
  wait: {
    flags: '--wait',
    kind: 'boolean',
    description: 'With --detach: return when it is healthy or, where nothing checks that, when it runs',
  },
  waitTimeout: {
    flags: '--wait-timeout <seconds>',
    kind: 'text',
    description: 'How long to --wait before that has failed (default: for ever)',
  },
} as const satisfies Options;

const commandFlags = {
  cidfile: { flags: '--cidfile <path>', kind: 'text', description: "Write the container's id to a new file" },
  entrypoint: {
    flags: '--entrypoint <command>',
    kind: 'text',
    description: "Run this instead of the image's entrypoint",
  },
  env: {
    flags: '-e, --env <list>',
    kind: 'list',
    description: 'Set a variable, NAME=value; NAME alone takes over our own',
  },
  envFile: { flags: '--env-file <list>', kind: 'list', description: 'Read variables from a file' },
  interactive: { flags: '-i, --interactive', kind: 'boolean', description: 'Keep standard input open' },
  label: { flags: '-l, --label <list>', kind: 'list', description: 'Set a label, NAME=value' },
  labelFile: { flags: '--label-file <list>', kind: 'list', description: 'Read labels from a file' },
  name: { flags: '--name <name>', kind: 'text', description: "The container's name" },
  noFallback: {
    flags: '--no-fallback',
    kind: 'boolean',
    description: 'Fail where the registry is out of reach, rather than take what this machine has',
  },
  platform: {
    flags: '--platform <os/arch>',
    kind: 'text',
    description: "Another platform than this machine's: linux/arm64",
  },
  pull: {
    flags: '--pull <missing|always|never>',
    kind: 'text',
    values: ['missing', 'always', 'never'],
    description: 'When to ask the registry (default: missing)',
  },
  quiet: { flags: '-q, --quiet', kind: 'boolean', description: 'Print nothing about a pull' },
  rm: { flags: '--rm', kind: 'boolean', description: 'Remove the container when it ends' },
  tty: { flags: '-t, --tty', kind: 'boolean', description: 'Give it a terminal' },
  user: { flags: '-u, --user <user>', kind: 'text', description: 'Run as this user: name|uid[:group|gid]' },
  workdir: { flags: '-w, --workdir <path>', kind: 'text', description: 'Start in this directory' },
} as const satisfies Options;

const containerFlags = {
  ...commandFlags,
  ...healthFlags,
  ...lifecycleFlags,
  ...loggingFlags,
  ...mountFlags,
  ...namespaceFlags,
  ...nameFlags,
  ...networkFlags,
  ...portFlags,
  ...privilegeFlags,
  ...processFlags,
  ...resourceFlags,
  ...restartFlags,
} as const satisfies Options;

/** As help prints them. */
export const runFlags = sorted({ ...foregroundFlags, ...containerFlags });
export const createFlags = sorted(containerFlags);

function sorted<T extends Options>(options: T): T {
  return Object.fromEntries(Object.entries(options).sort(([a], [b]) => (a < b ? -1 : 1))) as T;
}

export type RunFlags = Flags<typeof runFlags>;
export type CreateFlags = Flags<typeof createFlags>;
