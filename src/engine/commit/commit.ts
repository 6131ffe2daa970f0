/** `commit`: what a container has changed becomes the topmost layer of a new image. */
import { readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { GockerError } from '../../errors/index.ts';
import {
  type Descriptor,
  type Digest,
  DOCKER_LAYER_GZIP,
  type ExecutionConfig,
  familiarName,
  formatReference,
  OCI_CONFIG,
  OCI_LAYER_GZIP,
  OCI_MANIFEST,
  parseDigest,
  parseReference,
  type Spec,
  sha256Digest,
} from '../../oci/index.ts';
import { changesOf, openInLayers } from '../../overlay/index.ts';
import { userFromFiles } from '../../runtime/index.ts';
import type { Lease } from '../../store/index.ts';
import { withContainer } from '../containers/lock.ts';
import { lowerdirsOf, rootBelow } from '../containers/lowerdirs.ts';
import type { ContainerRecord } from '../containers/record.ts';
import type { EngineContext } from '../context.ts';
import { recordContainerEvent } from '../events/record-event.ts';
import { uppersOf } from '../files/changes.ts';
import { runningProcess } from '../files/container-tree.ts';
import { isPlaceholder } from '../files/own-doing.ts';
import { type LoadedImage, loadAll } from '../images/stored.ts';
import type { CommitOptions, Committed } from '../options/file-options.ts';
import { openSnapshotter } from '../snapshotter.ts';
import { changeConfig } from './change-config.ts';
import { committedImage } from './committed-image.ts';
import { containerConfig } from './container-config.ts';
import { type KeptLayer, keepLayer } from './keep-layer.ts';
import { whilePaused } from './paused.ts';

const MAX_ACCOUNT_BYTES = 4 << 20;

/**
 * Durable once it resolves, and nothing is seen of it before. One that doesn't run stays so meanwhile; one that runs is paused.
 *
 * @throws GockerError `CONTAINER_NOT_FOUND`, `CONTAINER_AMBIGUOUS`, `IMAGE_NOT_FOUND`, `CHANGE_INVALID`, `TAG_INVALID`; those of
 *   packing and of the store
 */
export async function commitContainer(
  context: EngineContext,
  text: string,
  options: CommitOptions = {},
): Promise<Committed> {
  const name = options.reference === undefined ? undefined : tagOf(options.reference);
  const act = (record: ContainerRecord) => commit(context, record, { ...options, name });
  const held = await withContainer(context, text, async (record) =>
    runningProcess(record) === undefined ? { committed: await act(record) } : { record },
  );
  // It may be stopped meanwhile: who only reads can't be hurt.
  if ('committed' in held) return held.committed;
  const { record } = held;
  return options.pause === false ? await act(record) : await whilePaused(context, record, () => act(record));
}

interface Commit extends CommitOptions {
  readonly name: string | undefined;
}

async function commit(context: EngineContext, record: ContainerRecord, options: Commit): Promise<Committed> {
  const image = imageOf(context, record);
  const config = changeConfig(configOf(context, record, image), options.changes ?? []);
  await using lease = await context.store.lease();
  await lease.add(image.descriptor.digest, ...image.config.rootfs.diff_ids.map(parseDigest));
  const layers = await keepChanges(context, record, { lease, options });
  const { author, message } = options;
  const documents = committedImage({
    image,
    config,
    layers,
    created: new Date().toISOString(),
    command: [record.path, ...record.args].join(' '),
    ...(author === undefined ? {} : { author }),
    ...(message === undefined ? {} : { message }),
  });
  const id = await put(context, lease, documents.config, OCI_CONFIG);
  const base = image.manifest.layers.map(asOCI);
  const manifest = await put(
    context,
    lease,
    {
      schemaVersion: 2,
      mediaType: OCI_MANIFEST,
      config: id,
      layers: [...base, ...layers.map(({ descriptor }) => descriptor)],
    },
    OCI_MANIFEST,
  );
  const { name } = options;
  await context.store.addImage({ descriptor: manifest, ...(name === undefined ? {} : { name }) });
  // What commits left that were killed.
  await openSnapshotter(context).sweep();
  recordContainerEvent(context, record, 'commit', {
    comment: message ?? '',
    imageID: id.digest,
    imageRef: name === undefined ? '' : familiarName(parseReference(name)),
  });
  return { id: id.digest };
}

function tagOf(text: string): string {
  const reference = parseReference(text);
  if (reference.digest === undefined) return formatReference(reference);
  throw new GockerError('TAG_INVALID', `cannot name an image "${text}": it has a digest (expected name[:tag])`);
}

function imageOf(context: EngineContext, record: ContainerRecord): LoadedImage {
  const image = loadAll(context.store, () => {}).find(({ id }) => id === record.imageID);
  if (image !== undefined) return image;
  throw new GockerError('IMAGE_NOT_FOUND', `cannot commit "${record.name}": its image "${record.image}" is not here`, {
    hint: `Pull it again: gocker pull ${record.image}; or keep the files alone: gocker export -o files.tar ${record.name}.`,
  });
}

function configOf(
  context: EngineContext,
  record: ContainerRecord,
  { config: { config = {} } }: LoadedImage,
): ExecutionConfig {
  const path = join(context.containers.directory(record.id), 'config.json');
  const spec = JSON.parse(readFileSync(path, 'utf8')) as Spec;
  const lowerdirs = lowerdirsOf(context, { layers: record.layers }) ?? [];
  const accounts = (path: string) => openInLayers(lowerdirs, path, MAX_ACCOUNT_BYTES)?.toString() ?? '';
  const imageUser = userFromFiles(config.User ?? '', accounts('/etc/passwd'), accounts('/etc/group'));
  return containerConfig(config, { record, spec, imageUser });
}

/** What snapshots have frozen, and what came since: a layer each, bottom first, where anything changed at all. */
async function keepChanges(
  context: EngineContext,
  record: ContainerRecord,
  { lease, options }: { readonly lease: Lease; readonly options: Commit },
): Promise<readonly KeptLayer[]> {
  const [own, ...frozen] = uppersOf(context, record);
  const below = lowerdirsOf(context, record) ?? [];
  const changed = own !== undefined && hasChanged(own, below, rootBelow(context, record)) ? [own] : [];
  const layers: KeptLayer[] = [];
  for (const upperdir of [...frozen.reverse(), ...changed]) {
    const stack = [...record.layers, ...layers.map(({ diffID }) => diffID)];
    layers.push(await keepLayer(context, { upperdir, stack, lease, signal: options.signal }));
  }
  return layers;
}

function hasChanged(upperdir: string, lowerdirs: readonly string[], below: string | undefined): boolean {
  if (changesOf(upperdir, lowerdirs, { leaveOut: isPlaceholder }).next().done === false || below === undefined)
    return true;
  const [own, other] = [statSync(upperdir), statSync(below)];
  return own.mode !== other.mode || own.uid !== other.uid || own.gid !== other.gid;
}

async function put(context: EngineContext, lease: Lease, document: object, mediaType: string): Promise<Descriptor> {
  const bytes = Buffer.from(JSON.stringify(document));
  await lease.add(sha256Digest(bytes));
  return await context.store.put(bytes, mediaType);
}

/** docker's name for the same, which has no place in an OCI manifest. */
function asOCI({ mediaType, digest, size }: Descriptor): { mediaType: string; digest: Digest; size: number } {
  return { mediaType: mediaType === DOCKER_LAYER_GZIP ? OCI_LAYER_GZIP : mediaType, digest, size };
}
