/** The events of images and volumes in docker's form; those of containers are in record-event.ts. */
import { familiarName, familiarRepository, parseReference } from '../../oci/index.ts';
import type { EngineContext } from '../context.ts';
import type { NetworkRecord } from '../networks/network-record.ts';
import { recordEvent } from './record-event.ts';

/** @param reference in any form */
export function recordPull(context: EngineContext, reference: string): void {
  const parsed = parseReference(reference);
  const attributes = { name: familiarRepository(parsed) };
  recordEvent(context, { type: 'image', action: 'pull', id: familiarName(parsed), attributes });
}

/** @param action `tag`, `untag`, `delete`, `import` … @param id of the image @param name the id where left out */
export function recordImageEvent(context: EngineContext, action: string, id: string, name = id): void {
  recordEvent(context, { type: 'image', action, id, attributes: { name } });
}

/** @param action `create`, `destroy` */
export function recordVolumeEvent(context: EngineContext, action: string, name: string): void {
  recordEvent(context, { type: 'volume', action, id: name, attributes: { driver: 'local' } });
}

/** @param action `create`, `destroy`, `connect`, `disconnect` @param container of the last two its id */
export function recordNetworkEvent(
  context: EngineContext,
  action: string,
  { id, name }: Pick<NetworkRecord, 'id' | 'name'>,
  container?: string,
): void {
  const attributes = { ...(container === undefined ? {} : { container }), name, type: 'bridge' };
  recordEvent(context, { type: 'network', action, id, attributes });
}
