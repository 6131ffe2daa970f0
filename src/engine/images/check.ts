/** The checks of `verify`: blobs against their digests, unpacked layers against their blobs. */
import type { Descriptor, DiffID } from '../../oci/index.ts';
import type { Finding, StoredImage } from '../../store/index.ts';
import type { EngineContext } from '../context.ts';
import { openSnapshotter, stacksOf } from '../snapshotter.ts';
import type { VerifyFinding } from '../types.ts';
import { loadAll } from './stored.ts';

/** What was looked at, with what a repair needs to know. */
export interface Fault {
  readonly finding: VerifyFinding;
  readonly repair?:
    | { readonly kind: 'blob'; readonly blob: Extract<Finding, { digest: unknown }> }
    | { readonly kind: 'layer'; readonly stack: readonly DiffID[]; readonly blob: Descriptor };
}

export interface CheckOptions {
  readonly signal: AbortSignal | undefined;
  readonly onBytes: (bytes: number) => void;
  /** Objects that are known to be bad. */
  readonly bad: ReadonlySet<string>;
}

export async function* checkBlobs(context: EngineContext, options: CheckOptions): AsyncGenerator<Fault> {
  for await (const found of context.store.verify(options)) {
    if (found.kind === 'unknown-file' || found.kind === 'broken-index') {
      const reason = found.kind === 'broken-index' ? found.error.message : 'it does not belong in the store';
      const state = found.kind === 'broken-index' ? 'corrupt' : 'unknown';
      yield { finding: { object: found.path, kind: 'file', state, reason, neededBy: [] } };
      continue;
    }
    const about = { object: found.digest, kind: 'blob', neededBy: found.images.map(nameOf) } as const;
    if (found.kind === 'ok') yield { finding: { ...about, state: 'sound' } };
    else yield { finding: { ...about, ...explain(found) }, repair: { kind: 'blob', blob: found } };
  }
}

/** Each unpacked layer once, whichever images share it; one whose blob is bad is left to the repair of that. */
export async function* checkLayers(context: EngineContext, { signal, bad }: CheckOptions): AsyncGenerator<Fault> {
  const snapshotter = openSnapshotter(context);
  const seen = new Set<string>();
  for (const { entry, manifest, config } of loadAll(context.store, () => {})) {
    for (const [at, stack] of stacksOf(config.rootfs.diff_ids).entries()) {
      const blob = manifest.layers[at];
      const key = snapshotter.key(stack);
      if (blob === undefined || bad.has(blob.digest)) continue;
      if (key !== undefined && seen.has(key)) continue;
      seen.add(key ?? '');
      const about = { object: stack.at(-1) ?? '', kind: 'layer', neededBy: [nameOf(entry)] } as const;
      const wrong = key === undefined ? 'it is not unpacked' : await compare(context, stack, blob, signal);
      if (wrong === undefined) yield { finding: { ...about, state: 'sound' } };
      else {
        const state = key === undefined ? 'missing' : 'corrupt';
        yield { finding: { ...about, state, reason: wrong }, repair: { kind: 'layer', stack, blob } };
      }
    }
  }
}

/** @returns what differs first */
async function compare(
  context: EngineContext,
  stack: readonly DiffID[],
  blob: Descriptor,
  signal: AbortSignal | undefined,
): Promise<string | undefined> {
  const options = { stack, blob: context.store.open(blob.digest), signal };
  for await (const found of openSnapshotter(context).verify(options)) {
    if (found.kind === 'missing') return 'a layer below it is not unpacked';
    const { path, what } = found.difference;
    return `"${path}": ${what}`;
  }
  return undefined;
}

function explain(found: Extract<Finding, { digest: unknown }>): Pick<VerifyFinding, 'state' | 'reason'> {
  switch (found.kind) {
    case 'missing':
      return { state: 'missing', reason: 'an image needs it' };
    case 'corrupt':
      return { state: 'corrupt', reason: found.error.message };
    default:
      return { state: 'corrupt', reason: `it has ${found.size} bytes and its image says ${found.pointer?.size}` };
  }
}

function nameOf({ name, repoDigest, descriptor }: StoredImage): string {
  return name ?? repoDigest ?? descriptor.digest;
}
