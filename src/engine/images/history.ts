/** `history`: the steps that made an image, newest first. */
import type { EngineContext } from '../context.ts';
import type { HistoryLine } from '../types.ts';
import { layerSizes } from './list.ts';
import { requireImage } from './stored.ts';

/** @throws GockerError `IMAGE_NOT_FOUND` */
export async function imageHistory(context: EngineContext, name: string): Promise<readonly HistoryLine[]> {
  const image = requireImage(context.store, name);
  const sizes = layerSizes(context, image);
  const entries = image.config.history ?? sizes.map(() => ({ created: image.config.created, created_by: '' }));
  let layer = 0;
  const lines = entries.map((entry): HistoryLine => {
    const empty = 'empty_layer' in entry && entry.empty_layer === true;
    return {
      id: undefined,
      created: entry.created,
      createdBy: entry.created_by ?? '',
      size: empty ? 0 : (sizes[layer++] ?? 0),
      comment: ('comment' in entry ? entry.comment : undefined) ?? '',
    };
  });
  return lines.reverse().map((line, at) => (at === 0 ? { ...line, id: image.id } : line));
}
