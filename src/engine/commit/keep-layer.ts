/** An upperdir as a layer of the store: its blob, and its tree unpacked from that very blob, so that both are known to be one. */
import { createHash } from 'node:crypto';
import { type Descriptor, type DiffID, OCI_LAYER_GZIP, parseDiffID, parseDigest } from '../../oci/index.ts';
import { gzip, packUpperdir } from '../../overlay/index.ts';
import type { Lease } from '../../store/index.ts';
import type { EngineContext } from '../context.ts';
import { isPlaceholder } from '../files/own-doing.ts';
import { openSnapshotter } from '../snapshotter.ts';

export interface KeptLayer {
  readonly diffID: DiffID;
  readonly descriptor: Descriptor;
}

export interface KeepLayerOptions {
  readonly upperdir: string;
  /** The layers below, bottom first. */
  readonly stack: readonly DiffID[];
  readonly lease: Lease;
  readonly signal: AbortSignal | undefined;
}

/** Durable once it resolves; the lease keeps it until an image does. */
export async function keepLayer(context: EngineContext, options: KeepLayerOptions): Promise<KeptLayer> {
  const { upperdir, stack, lease, signal } = options;
  const hash = createHash('sha256');
  const tar = packUpperdir(upperdir, { leaveOut: isPlaceholder, onSkipped: (what) => context.warn(what) });
  const watched = async function* () {
    for await (const chunk of tar) {
      signal?.throwIfAborted();
      hash.update(chunk);
      yield chunk;
    }
  };
  const content = await context.store.keep(gzip(watched()), lease);
  const diffID = parseDiffID(`sha256:${hash.digest('hex')}`);
  await lease.add(parseDigest(diffID));
  const blob = context.store.open(content.digest);
  await openSnapshotter(context).ingestLayer({ stack: [...stack, diffID], blob, signal });
  return { diffID, descriptor: { mediaType: OCI_LAYER_GZIP, ...content } };
}
