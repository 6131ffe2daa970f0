/** `tag`: one more name for an image. */
import { GockerError } from '../../errors/index.ts';
import { familiarName, formatReference, parseReference } from '../../oci/index.ts';
import type { EngineContext } from '../context.ts';
import { recordImageEvent } from '../events/subjects.ts';
import { requireImage } from './stored.ts';

/** An image that had the name before is dangling from then on. @throws GockerError `IMAGE_NOT_FOUND`, `TAG_INVALID` */
export async function tagImage(context: EngineContext, source: string, target: string): Promise<void> {
  const reference = parseReference(target);
  if (reference.digest !== undefined) {
    throw new GockerError('TAG_INVALID', `cannot tag "${target}": it has a digest (expected name[:tag])`);
  }
  const { id, descriptor } = requireImage(context.store, source);
  await context.store.addImage({ descriptor, name: formatReference(reference) });
  recordImageEvent(context, 'tag', id, familiarName(reference));
}
