/** `gocker run` */
import type { Engine, RunOptions } from '../../engine/index.ts';
import { type Context, defineCommand } from '../command.ts';
import { type CidFile, openCidFile } from '../run/cid-file.ts';
import { formatCalls } from '../run/explain.ts';
import { foreground } from '../run/foreground.ts';
import { describeOom } from '../run/oom.ts';
import { type RunFlags, runFlags } from '../run/run-flags.ts';
import { readRunOptions } from '../run/run-options.ts';
import { showPull } from '../run/show-pull.ts';
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
    if (flags.interactive && flags.tty && !flags.detach && !isTerminal(0))
      throw flagError('run', 'the input device is not a TTY');
    checkWait(flags);
    const options = { ...readRunOptions(flags, operands, context.env), timing: flags.explain !== undefined };
    const cidFile = openCidFile(flags.cidfile);
    const relay = new SignalRelay();
    try {
      return await start(await context.engine(), flags, { options, relay, context, cidFile });
    } catch (error) {
      if (relay.exitCode !== undefined) return relay.exitCode;
      throw error;
    } finally {
      relay.close();
      cidFile.close();
    }
  },
});

/** @throws UsageError */
function checkWait(flags: RunFlags): void {
  const { detach, wait, waitTimeout } = flags;
  if (wait && !detach)
    throw flagError('run', '--wait does nothing without --detach: a run in the foreground waits anyway');
  if (waitTimeout !== undefined && !wait) throw flagError('run', '--wait-timeout does nothing without --wait');
  readWaitTimeout(flags);
}

function readWaitTimeout({ waitTimeout }: RunFlags): { readonly timeout?: number } {
  if (waitTimeout === undefined) return {};
  if (/^\d+$/.test(waitTimeout) && Number(waitTimeout) > 0) return { timeout: Number(waitTimeout) };
  throw flagError('run', `invalid argument "${waitTimeout}" for "--wait-timeout" flag (expected seconds, 1 or more)`);
}

interface Run {
  readonly options: RunOptions;
  readonly relay: SignalRelay;
  readonly context: Context;
  readonly cidFile: CidFile;
}

async function start(engine: Engine, flags: RunFlags, { options, relay, context, cidFile }: Run): Promise<number> {
  const { stdout, stderr } = context;
  const pull = showPull(context, flags);
  const pulling = { ...options, signal: relay.signal, onEvent: pull.onEvent };
  if (flags.dryRun) {
    const calls = await engine.plan(pulling).finally(pull.close);
    stdout.write(formatCalls(calls, flags.explain ?? 'text'));
    return 0;
  }
  if (flags.detach) {
    const { id } = await engine.runDetached(pulling).finally(pull.close);
    cidFile.write(id);
    stdout.write(`${id}\n`);
    if (flags.wait) await engine.untilReady(id, { ...readWaitTimeout(flags), signal: relay.signal });
    return 0;
  }
  if (wantsMonitor(options)) {
    const { attended } = await import('../run/attended.ts');
    return await attended(engine, flags, { options: pulling, context, relay, pull, cidFile });
  }
  const container = await foreground(engine, pulling, { relay, ready: pull.close, started: cidFile.write });
  if (container.oomKilled === true) stderr.write(describeOom(options));
  if (flags.explain !== undefined) stderr.write(formatCalls(container.explain(), flags.explain));
  return container.exitCode;
}

/** Who may leave it, or have it looked after, must not be its parent. */
function wantsMonitor({ tty, interactive, restart, healthCmd }: RunOptions): boolean {
  return (tty === true && interactive === true) || (restart ?? 'no') !== 'no' || healthCmd !== undefined;
}
