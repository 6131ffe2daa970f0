/** `export`: all files of a container as one tar, without what is mounted in it. */
import { closeSync } from 'node:fs';
import { hold, locationOf, type PackedEntry, TreeEntries, viewPath, walkTree, writeTar } from '../../overlay/index.ts';
import type { EngineContext } from '../context.ts';
import { recordContainerEvent } from '../events/record-event.ts';
import { type ContainerTree, withContainerTree } from './container-tree.ts';
import { fromContainer } from './copied-metadata.ts';

/** @param take reads the archive to its end @throws those of withContainerTree(), GockerError `TAR_CONTENT_CHANGED`; what `take` throws */
export async function exportContainer<T>(
  context: EngineContext,
  text: string,
  take: (tar: AsyncIterable<Uint8Array>) => Promise<T>,
): Promise<T> {
  return await withContainerTree(context, text, (tree) => {
    recordContainerEvent(context, tree.record, 'export');
    return take(writeTar(entriesOf(context, tree)));
  });
}

function* entriesOf(context: EngineContext, { root, maker = 0 }: ContainerTree): Generator<PackedEntry> {
  const file = hold(root, viewPath('.'));
  if (file === undefined) return;
  const entries = new TreeEntries({ onSkipped: (what) => context.warn(what) });
  try {
    for (const node of walkTree({ file, location: locationOf(file, undefined) })) {
      // docker's has no entry for the root itself.
      const packed = node.path.length === 0 ? undefined : entries.entryOf(node);
      if (packed !== undefined) yield { ...packed, entry: fromContainer(packed.entry, maker) };
    }
  } finally {
    closeSync(file.fd);
  }
}
