/** A start that its user takes part in from the first byte on: `run -it`, `start -a`. */
import { logEnd } from '../../runtime/index.ts';
import { runUnderMonitor } from '../containers/detached.ts';
import { witnessExit } from '../containers/exit-witnesses.ts';
import { logOf } from '../containers/logging.ts';
import type { ContainerRecord } from '../containers/record.ts';
import { type StartOptions, startContainer } from '../containers/start.ts';
import type { EngineContext } from '../context.ts';
import type { Attached, AttachOptions } from '../options/attach-options.ts';
import type { RunOptions } from '../options/run-options.ts';
import { attachStarted } from './attach.ts';

type Joining = Omit<AttachOptions, 'from'>;

/** @throws GockerError as runDetached(); nothing is left of the container then */
export async function runAttached(context: EngineContext, options: RunOptions & Joining): Promise<Attached> {
  return runUnderMonitor(context, options, (record, start) => joinStart(context, record, { options, start }));
}

/** @throws GockerError as startContainer() */
export async function startAttached(
  context: EngineContext,
  text: string,
  options: StartOptions & Joining = {},
): Promise<Attached> {
  const record = context.containers.find(text);
  return joinStart(context, record, { options, start: () => startContainer(context, record.id, options) });
}

async function joinStart(
  context: EngineContext,
  record: ContainerRecord,
  { options, start }: { readonly options: Joining; readonly start: () => Promise<unknown> },
): Promise<Attached> {
  const { id } = record;
  // One that removes itself stays until we have seen its end.
  const release = witnessExit(context.containers.directory(id));
  try {
    const from = logEnd(logOf(context, record).path);
    await start();
    return await attachStarted(context, id, { from, release, options });
  } catch (error) {
    release();
    throw error;
  }
}
