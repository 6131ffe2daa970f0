/** `gocker attach` */
import { defineCommand } from '../command.ts';
import { isTerminal } from '../sink.ts';
import { flagError } from '../usage-error.ts';

export const attach = defineCommand({
  name: 'attach',
  usage: '[OPTIONS] CONTAINER',
  description: 'Join our input, output and signals to a running container',
  options: {
    detachKeys: {
      flags: '--detach-keys <keys>',
      kind: 'text',
      description: 'Keys that leave the container and let it run on (default: ctrl-p,ctrl-q)',
    },
    noStdin: { flags: '--no-stdin', kind: 'boolean', description: 'Keep our input to ourselves' },
    sigProxy: {
      flags: '--sig-proxy [true|false]',
      kind: 'optional',
      values: ['', 'true', 'false'],
      description: 'Pass our signals on to the container (default: true)',
    },
  },
  operands: { least: 1, most: 1 },
  examples: ['gocker attach web', 'gocker attach --no-stdin --sig-proxy=false web'],
  async run(flags, [name = ''], { engine, stderr }) {
    const { defaultDetachKeys, parseDetachKeys } = await import('../run/detach-keys.ts');
    const detachKeys = parseDetachKeys(flags.detachKeys ?? defaultDetachKeys, 'attach');
    const container = await (await engine()).attach(name, { stdin: !flags.noStdin });
    if (container.tty && container.stdin !== undefined && !isTerminal(0)) {
      container[Symbol.dispose]();
      throw flagError('attach', 'the input device is not a TTY');
    }
    const [{ attendAttached }, { SignalRelay }] = await Promise.all([
      import('../run/attendance.ts'),
      import('../run/signals.ts'),
    ]);
    const relay = flags.sigProxy === 'false' ? undefined : new SignalRelay();
    const exit = await attendAttached(container, { relay, detachKeys, redraw: true }).finally(() => relay?.close());
    if (exit !== undefined) return exit.exitCode;
    stderr.write('read escape sequence\n');
    return 1;
  },
});
