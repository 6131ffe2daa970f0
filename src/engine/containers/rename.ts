/** `rename`: another name for a container, running or not. */
import { GockerError } from '../../errors/index.ts';
import type { EngineContext } from '../context.ts';
import { recordContainerEvent } from '../events/record-event.ts';
import { withContainer } from './lock.ts';
import { checkContainerName } from './names.ts';

/**
 * @param text name, id or unique prefix of an id
 * @throws GockerError `CONTAINER_NOT_FOUND`, `CONTAINER_AMBIGUOUS`, `NAME_INVALID`, `NAME_TAKEN`; it keeps its name then
 */
export async function renameContainer(context: EngineContext, text: string, name: string): Promise<void> {
  const { containers } = context;
  await withContainer(context, text, async (record) => {
    checkContainerName(name);
    if (name === record.name) {
      throw new GockerError(
        'NAME_TAKEN',
        `cannot rename container "${text}": it has that name already (expected another one)`,
      );
    }
    containers.rename(record, name);
    if (record.networks !== undefined) {
      await (await import('../networks/rename-member.ts')).renameMember(context, record.id, name);
    }
    recordContainerEvent(context, { ...record, name }, 'rename', { oldName: `/${record.name}` });
  });
}
