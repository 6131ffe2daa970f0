/** Containers whose files nobody is changing: a mounted upperdir can't be taken from under its processes. */
import { GockerError } from '../../errors/index.ts';
import { withContainer } from '../containers/lock.ts';
import type { ContainerRecord } from '../containers/record.ts';
import { statusOf } from '../containers/status.ts';
import type { EngineContext } from '../context.ts';
import type { SnapshotOptions } from '../options/snapshot-options.ts';

/** What is to be done, for errors: `take a snapshot of`, `gocker snapshot`. */
export interface Deed {
  readonly verb: string;
  readonly command: string;
}

/**
 * Acts on the container while it doesn't run, under its lock.
 *
 * @throws GockerError `CONTAINER_RUNNING`, `CONTAINER_EPHEMERAL`, `CONTAINER_NOT_FOUND`, `CONTAINER_AMBIGUOUS`; those of its end
 *   and of its start, and what `act` throws, after which one that was stopped runs again
 */
export async function atRest<T>(
  context: EngineContext,
  text: string,
  { deed, stop = false }: SnapshotOptions & { readonly deed: Deed },
  act: (record: ContainerRecord) => Promise<T>,
): Promise<T> {
  const guarded = (record: ContainerRecord) => {
    if (!isAtRest(record)) throw running(record, deed);
    return act(record);
  };
  const found = context.containers.find(text);
  if (!stop || isAtRest(found)) return await withContainer(context, found.id, guarded);
  if (found.autoRemove) throw ephemeral(found, deed);
  const { stopContainer } = await import('../containers/stop.ts');
  const { startContainer } = await import('../containers/start.ts');
  await stopContainer(context, found.id);
  try {
    return await withContainer(context, found.id, guarded);
  } finally {
    await startContainer(context, found.id);
  }
}

/** One that is being made is somebody else's still. */
function isAtRest(record: ContainerRecord): boolean {
  const status = statusOf(record);
  return status === 'exited' || (status === 'created' && record.kept === true);
}

function running({ id, name }: ContainerRecord, { verb, command }: Deed): GockerError {
  return new GockerError(
    'CONTAINER_RUNNING',
    `cannot ${verb} container "${name}": ${id.slice(0, 12)} is running (expected one that is not)`,
    { hint: `Stop it first, or have "${command} --stop" stop it and start it again.` },
  );
}

function ephemeral({ name }: ContainerRecord, { verb }: Deed): GockerError {
  return new GockerError(
    'CONTAINER_EPHEMERAL',
    `cannot ${verb} container "${name}": it was run with --rm, so it is gone once it is stopped (expected one that stays)`,
    { hint: 'Run it without --rm.' },
  );
}
