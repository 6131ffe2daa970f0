/** `gocker start` */
import { type Context, defineCommand } from '../command.ts';
import { forEachOperand } from '../for-each-operand.ts';
import { UsageError } from '../usage-error.ts';

export const start = defineCommand({
  name: 'start',
  usage: '[OPTIONS] CONTAINER [CONTAINER...]',
  description: 'Start containers that do not run',
  options: {
    attach: { flags: '-a, --attach', kind: 'boolean', description: 'Join its output and our signals, until it ends' },
    detachKeys: {
      flags: '--detach-keys <keys>',
      kind: 'text',
      description: 'Keys that leave the container and let it run on (default: ctrl-p,ctrl-q)',
    },
    interactive: { flags: '-i, --interactive', kind: 'boolean', description: 'Join our input, too' },
  },
  operands: { least: 1, most: Number.POSITIVE_INFINITY },
  examples: ['gocker start web', 'gocker start -ai shell', 'gocker start $(gocker ps -aq -f status=exited)'],
  async run(flags, operands, context) {
    if (flags.attach || flags.interactive) return attended(operands, flags, context);
    const engine = await context.engine();
    return forEachOperand(operands, { context, forgive: undefined }, async (name) => {
      await engine.start(name);
      context.stdout.write(`${name}\n`);
    });
  },
});

/** @returns the exit code of the container; 0 where the user left it by the detach keys */
async function attended(
  [name = '', ...more]: readonly string[],
  flags: { readonly detachKeys: string | undefined; readonly interactive: boolean },
  context: Context,
): Promise<number> {
  if (more.length > 0) {
    throw new UsageError('start', 'you cannot start and attach multiple containers at once', { exitCode: 1 });
  }
  const [{ attendAttached }, { defaultDetachKeys, parseDetachKeys }, { SignalRelay }, { consoleSize }] =
    await Promise.all([
      import('../run/attendance.ts'),
      import('../run/detach-keys.ts'),
      import('../run/signals.ts'),
      import('../run/terminal.ts'),
    ]);
  const detachKeys = parseDetachKeys(flags.detachKeys ?? defaultDetachKeys, 'start');
  const size = consoleSize();
  const engine = await context.engine();
  const relay = new SignalRelay();
  try {
    const container = await engine.startAttached(name, {
      stdin: flags.interactive,
      closeStdin: flags.interactive,
      ...(size === undefined ? {} : { consoleSize: size }),
    });
    return (await attendAttached(container, { relay, detachKeys, redraw: false }))?.exitCode ?? 0;
  } finally {
    relay.close();
  }
}
