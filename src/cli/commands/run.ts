/** `gocker run` */
import type { Engine, PullEvent, RunOptions } from '../../engine/index.ts';
import { familiarName, parseReference } from '../../oci/index.ts';
import { type Context, defineCommand } from '../command.ts';
import { openProgress } from '../progress/progress.ts';
import { formatCalls } from '../run/explain.ts';
import { foreground } from '../run/foreground.ts';
import { describeOom } from '../run/oom.ts';
import { type RunFlags, runFlags } from '../run/run-flags.ts';
import { readRunOptions } from '../run/run-options.ts';
import { SignalRelay } from '../run/signals.ts';
import { isTerminal } from '../sink.ts';
import { flagError } from '../usage-error.ts';

export const run = defineCommand({
  name: 'run',
  usage: '[OPTIONS] IMAGE [COMMAND] [ARG...]',
  description: 'Create and run a new container from an image',
  options: runFlags,
  operands: { least: 1, most: Number.POSITIVE_INFINITY },
  flagsFirst: true,
  examples: [
    'gocker run --rm -it alpine /bin/sh',
    'gocker run --rm -v ./src:/src:ro -w /src alpine ls -l',
    'gocker run --explain alpine true',
  ],
  async run(flags, operands, context) {
    // Without a terminal, what a shell in the container prints for a person would go to a program that waits for data.
    if (flags.interactive && flags.tty && !isTerminal(0)) throw flagError('run', 'the input device is not a TTY');
    const options = readRunOptions(flags, operands, context.env);
    const relay = new SignalRelay();
    try {
      return await start(await context.engine(), flags, { options, relay, context });
    } catch (error) {
      if (relay.exitCode !== undefined) return relay.exitCode;
      throw error;
    } finally {
      relay.close();
    }
  },
});

async function start(
  engine: Engine,
  flags: RunFlags,
  { options, relay, context }: { readonly options: RunOptions; readonly relay: SignalRelay; readonly context: Context },
): Promise<number> {
  const { stdout, stderr } = context;
  const progress = openProgress(context, flags.quiet);
  const onEvent = (event: PullEvent) => {
    if (event.kind === 'pulling' && !flags.quiet && flags.pull !== 'always') {
      stderr.write(`Unable to find image "${familiarName(parseReference(event.reference))}" locally\n`);
    }
    progress.show(event);
  };
  const pulling = { ...options, signal: relay.signal, onEvent };
  if (flags.dryRun) {
    const calls = await engine.plan(pulling).finally(() => progress.close());
    stdout.write(formatCalls(calls, flags.explain ?? 'text'));
    return 0;
  }
  const container = await foreground(engine, pulling, { relay, ready: () => progress.close() });
  if (container.oomKilled === true) stderr.write(describeOom(options));
  if (flags.explain !== undefined) stderr.write(formatCalls(container.explain(), flags.explain));
  return container.exitCode;
}
