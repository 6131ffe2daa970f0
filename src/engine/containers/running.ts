/** A container that is asked for what only a running one can do. */
import { GockerError } from '../../errors/index.ts';
import type { ProcessIdentity } from '../../runtime/index.ts';
import type { EngineContext } from '../context.ts';
import type { ContainerRecord } from './record.ts';
import { statusOf } from './status.ts';

export type RunningRecord = ContainerRecord & { readonly process: ProcessIdentity };

/**
 * @param text name, id or unique prefix of an id
 * @param act for the error: `list the processes of`
 * @throws GockerError `CONTAINER_NOT_FOUND`, `CONTAINER_AMBIGUOUS`, `CONTAINER_NOT_RUNNING`
 */
export function findRunning({ containers }: EngineContext, text: string, act: string): RunningRecord {
  const record = containers.find(text);
  const { process } = record;
  if (process !== undefined && statusOf(record) === 'running') return { ...record, process };
  throw notRunning(record, act);
}

export function notRunning(
  { id, name }: Pick<ContainerRecord, 'id' | 'name'>,
  act: string,
  cause?: unknown,
): GockerError {
  const message = `cannot ${act} container "${name}": container ${id.slice(0, 12)} is not running`;
  return new GockerError('CONTAINER_NOT_RUNNING', message, {
    cause,
    hint: `Start it with "gocker start ${name}".`,
  });
}
