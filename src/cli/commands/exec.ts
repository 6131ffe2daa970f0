/** `gocker exec` */
import type { Engine, ExecOptions } from '../../engine/index.ts';
import { defineCommand, type Flags, type Options } from '../command.ts';
import { readEnvironment } from '../run/environment.ts';
import { present } from '../run/flags/present.ts';
import { attend } from '../run/foreground.ts';
import { SignalRelay } from '../run/signals.ts';
import { isTerminal } from '../sink.ts';
import { flagError } from '../usage-error.ts';

const flagsOfExec = {
  detach: {
    flags: '-d, --detach',
    kind: 'boolean',
    description: 'Leave it running in the background, without input and output; else it ends with gocker',
  },
  env: {
    flags: '-e, --env <list>',
    kind: 'list',
    description: 'Set a variable, NAME=value; NAME alone takes over our own',
  },
  envFile: { flags: '--env-file <list>', kind: 'list', description: 'Read variables from a file' },
  interactive: { flags: '-i, --interactive', kind: 'boolean', description: 'Keep standard input open' },
  privileged: {
    flags: '--privileged',
    kind: 'boolean',
    description: 'Give all capabilities and no seccomp filter',
  },
  tty: { flags: '-t, --tty', kind: 'boolean', description: 'Give it a terminal' },
  user: { flags: '-u, --user <user>', kind: 'text', description: 'Run as this user: name|uid[:group|gid]' },
  workdir: { flags: '-w, --workdir <path>', kind: 'text', description: 'Start in this directory' },
} as const satisfies Options;

export const exec = defineCommand({
  name: 'exec',
  usage: '[OPTIONS] CONTAINER COMMAND [ARG...]',
  description: 'Execute a command in a running container',
  options: flagsOfExec,
  operands: { least: 2, most: Number.POSITIVE_INFINITY },
  flagsFirst: true,
  examples: ['gocker exec -it web sh', 'gocker exec -u 1000 -w /srv web ls -l', 'gocker exec -d web touch /tmp/ready'],
  async run(flags, [container = '', ...command], context) {
    if (flags.tty && flags.interactive && !flags.detach && !isTerminal(0)) {
      throw flagError('exec', 'the input device is not a TTY');
    }
    const options = readOptions(flags, command, context.env);
    const engine = await context.engine();
    if (!flags.detach) return await foreground(engine, container, options);
    await engine.execDetached(container, options);
    return 0;
  },
});

async function foreground(engine: Engine, container: string, options: ExecOptions): Promise<number> {
  const relay = new SignalRelay();
  try {
    const start = (more: Partial<ExecOptions>) => engine.exec(container, { ...options, ...more, signal: relay.signal });
    const { exit } = await attend(start, { options, relay });
    return exit.exitCode;
  } catch (error) {
    if (relay.exitCode !== undefined) return relay.exitCode;
    throw error;
  } finally {
    relay.close();
  }
}

function readOptions(
  flags: Flags<typeof flagsOfExec>,
  command: readonly string[],
  own: Readonly<Record<string, string | undefined>>,
): ExecOptions {
  return {
    command,
    env: readEnvironment(flags.envFile, flags.env, own),
    interactive: flags.interactive,
    tty: flags.tty,
    privileged: flags.privileged,
    ...present({ user: flags.user, workdir: flags.workdir }),
  };
}
