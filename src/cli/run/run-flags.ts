/** The flags of `run`. */
import type { Flags, Options } from '../command.ts';

export const runFlags = {
  dryRun: {
    flags: '--dry-run',
    kind: 'boolean',
    description: 'Print the kernel calls that would be made, and make none',
  },
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
  explain: {
    flags: '--explain [text|json]',
    kind: 'optional',
    values: ['', 'text', 'json'],
    description: 'Print each kernel call with why, result and time, on standard error, after the run',
  },
  hostname: { flags: '-h, --hostname <name>', kind: 'text', description: "The container's host name" },
  interactive: { flags: '-i, --interactive', kind: 'boolean', description: 'Keep standard input open' },
  label: { flags: '-l, --label <list>', kind: 'list', description: 'Set a label, NAME=value' },
  name: { flags: '--name <name>', kind: 'text', description: "The container's name" },
  network: {
    flags: '--network <none|host>',
    kind: 'text',
    values: ['none', 'host'],
    also: ['net'],
    description: 'A network of its own with loopback alone, or the one of this machine',
  },
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
  readOnly: { flags: '--read-only', kind: 'boolean', description: "Mount the container's root read-only" },
  rm: { flags: '--rm', kind: 'boolean', description: 'Remove the container when it ends' },
  tmpfs: { flags: '--tmpfs <list>', kind: 'list', description: 'Mount a tmpfs: /path[:size=64m,mode=1777]' },
  tty: { flags: '-t, --tty', kind: 'boolean', description: 'Give it a terminal' },
  user: { flags: '-u, --user <user>', kind: 'text', description: 'Run as this user: name|uid[:group|gid]' },
  volume: { flags: '-v, --volume <list>', kind: 'list', description: 'Bind a directory or file: /source:/target[:ro]' },
  workdir: { flags: '-w, --workdir <path>', kind: 'text', description: 'Start in this directory' },
} as const satisfies Options;

export type RunFlags = Flags<typeof runFlags>;
