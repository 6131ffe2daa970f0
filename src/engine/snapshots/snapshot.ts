/** `snapshot`: what a container has changed becomes a layer below it, under a tag of its own. */
import { GockerError } from '../../errors/index.ts';
import type { ContainerRecord } from '../containers/record.ts';
import type { EngineContext } from '../context.ts';
import type { SnapshotOptions } from '../options/snapshot-options.ts';
import { atRest } from './at-rest.ts';
import { freeze } from './freeze.ts';

const deed = { verb: 'take a snapshot of', command: 'gocker snapshot' };

/**
 * Takes as long for much as for little. Once it resolves, the snapshot is on the disk.
 *
 * @param text name, id or unique prefix of an id
 * @returns its tag: the given one, else a number above all that there are
 * @throws GockerError `TAG_INVALID`, `TAG_TAKEN`, `SNAPSHOT_TOO_DEEP`; those of atRest()
 */
export async function takeSnapshot(
  context: EngineContext,
  text: string,
  { tag: given, ...options }: SnapshotOptions & { readonly tag?: string } = {},
): Promise<string> {
  if (given !== undefined) checkTag(given);
  return await atRest(context, text, { ...options, deed }, async (record) => {
    const { snapshots = [] } = record;
    const tag = given ?? nextTag(snapshots);
    if (snapshots.some((snapshot) => snapshot.tag === tag)) throw taken(record, tag);
    const created = new Date().toISOString();
    await freeze(context, record, (frozen) => ({
      snapshots: [...snapshots, { tag, created, ...(frozen === undefined ? {} : { frozen }) }],
    }));
    return tag;
  });
}

function checkTag(tag: string): void {
  // distribution-spec "tag", as images have them.
  if (/^[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,127}$/.test(tag)) return;
  throw new GockerError(
    'TAG_INVALID',
    `cannot name a snapshot ${JSON.stringify(tag)}: invalid tag (expected [a-zA-Z0-9_][a-zA-Z0-9_.-]*, 128 at most)`,
  );
}

function nextTag(snapshots: NonNullable<ContainerRecord['snapshots']>): string {
  const numbers = snapshots.flatMap(({ tag }) => (/^\d{1,9}$/.test(tag) ? [Number(tag)] : []));
  return `${Math.max(0, ...numbers) + 1}`;
}

function taken({ name }: ContainerRecord, tag: string): GockerError {
  return new GockerError(
    'TAG_TAKEN',
    `cannot name a snapshot "${tag}": container "${name}" has one of that tag (expected another tag)`,
    { hint: `Remove it with "gocker snapshot rm ${name} ${tag}", or leave the tag out to be given one.` },
  );
}
