/** `rm`: a container and its files. */
import { GockerError } from '../../errors/index.ts';
import { killProcess, removeCgroup } from '../../runtime/index.ts';
import type { EngineContext } from '../context.ts';
import { recordContainerEvent } from '../events/record-event.ts';
import { forceEnd, ownerDone } from './ending.ts';
import { untilWitnessed } from './exit-witnesses.ts';
import { forgetContainer } from './forget.ts';
import { withContainer } from './lock.ts';
import { isPaused, thaw } from './pause.ts';
import type { ContainerRecord } from './record.ts';
import { cgroupOf } from './spec/resources.ts';
import { isAlive, statusOf } from './status.ts';

export interface RemoveOptions {
  /** Ends it first where it runs; one whose record can't be read goes, too. */
  readonly force?: boolean;
  /** Its anonymous volumes, too. */
  readonly volumes?: boolean;
}

/** How often a container may be started again by others between its end and its removal. */
const ATTEMPTS = 5;

/** @throws GockerError `CONTAINER_NOT_FOUND`, `CONTAINER_AMBIGUOUS`, `CONTAINER_RUNNING`, `CONTAINER_UNKILLABLE` */
export async function removeContainer(
  context: EngineContext,
  text: string,
  options: RemoveOptions = {},
): Promise<void> {
  try {
    await removeWhole(context, text, options);
  } catch (error) {
    const isLost = error instanceof GockerError && ['CONTAINER_BROKEN', 'CONTAINER_NOT_FOUND'].includes(error.code);
    if (!isLost || options.force !== true) throw error;
    const { removeBroken } = await import('./remove-broken.ts');
    if (!(await removeBroken(context, text))) throw error;
  }
}

async function removeWhole(context: EngineContext, text: string, options: RemoveOptions): Promise<void> {
  const { id } = context.containers.find(text);
  for (let attempt = 1; ; attempt++) {
    const isLast = attempt === ATTEMPTS;
    const left = await withContainer(context, id, (record) =>
      removeOrEnd(context, record, { ...options, isLast }),
    ).catch((error: unknown) => {
      // One that was to vanish at its end has.
      if (attempt > 1 && error instanceof GockerError && error.code === 'CONTAINER_NOT_FOUND') return undefined;
      throw error;
    });
    if (left === undefined) return;
    if (statusOf(left) === 'running') await forceEnd(context, left, 'remove');
    else await ownerDone(context, left);
  }
}

/** @returns the record where it is to be waited for first */
async function removeOrEnd(
  context: EngineContext,
  record: ContainerRecord,
  { force, volumes, isLast }: RemoveOptions & { readonly isLast: boolean },
): Promise<ContainerRecord | undefined> {
  const status = statusOf(record);
  const runs = status === 'running';
  if ((runs || status === 'restarting') && force !== true) throw running(record);
  // Its owner may be writing its end down, or about to start it again.
  const isLookedAfter = record.process !== undefined && context.containers.isMarked(record) && isAlive(record.owner);
  if (runs || (isLookedAfter && !isLast)) {
    if (force !== true) return record;
    const asked: ContainerRecord = { ...record, stopping: true };
    context.containers.update(asked);
    if (runs && record.process !== undefined) {
      killProcess(record.process, 'SIGKILL');
      recordContainerEvent(context, record, 'kill', { signal: '9' });
    }
    await thaw(context, asked);
    return asked;
  }
  if (isLookedAfter && record.monitor !== undefined) killProcess(record.owner, 'SIGKILL');
  await removeCgroup(cgroupOf(record.id, record.resources?.cgroupParent));
  await untilWitnessed(context.containers.directory(record.id));
  await forgetContainer(context, record, { volumes: volumes === true });
  context.containers.unmarkDead(record.id);
  return undefined;
}

/** In docker's words. */
function running(record: ContainerRecord): GockerError {
  const { name } = record;
  const [is, first] = isPaused(record)
    ? ['container is paused and must be unpaused first', `gocker unpause ${name}`]
    : [`container is ${statusOf(record)}`, `gocker stop ${name}`];
  return new GockerError('CONTAINER_RUNNING', `cannot remove container "${name}": ${is}`, {
    hint: `Begin with "${first}", or force its removal with "gocker rm -f ${name}".`,
  });
}
