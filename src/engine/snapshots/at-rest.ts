/** Containers whose files nobody is changing: a mounted upperdir can't be taken from under its processes. */
import { GockerError } from '../../errors/index.ts';
import { withContainer } from '../containers/lock.ts';
import type { ContainerRecord } from '../containers/record.ts';
import { statusOf } from '../containers/status.ts';
import type { EngineContext } from '../context.ts';

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
  { deed }: { readonly deed: Deed },
  act: (record: ContainerRecord) => Promise<T>,
): Promise<T> {
  return await withContainer(context, text, (record) => {
    if (!isAtRest(record)) throw running(record, deed);
    return act(record);
  });
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
