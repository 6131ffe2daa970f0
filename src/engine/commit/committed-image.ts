/** The config of a committed image: its base's, with what the container adds. Pure. */
import type { ExecutionConfig, HistoryEntry, ImageConfig } from '../../oci/index.ts';
import type { LoadedImage } from '../images/stored.ts';
import type { KeptLayer } from './keep-layer.ts';

export interface CommitFacts {
  readonly image: Pick<LoadedImage, 'config'>;
  readonly config: ExecutionConfig;
  /** Bottom first; none where the container changed nothing. */
  readonly layers: readonly Pick<KeptLayer, 'diffID'>[];
  /** RFC 3339. */
  readonly created: string;
  /** What the container ran. */
  readonly command: string;
  readonly author?: string;
  readonly message?: string;
}

export function committedImage(facts: CommitFacts): { readonly config: ImageConfig } {
  const { image, config, layers, created, author } = facts;
  const { rootfs, history, ...rest } = image.config;
  return {
    config: {
      ...rest,
      created,
      ...(author === undefined ? {} : { author }),
      config,
      rootfs: { type: 'layers', diff_ids: [...rootfs.diff_ids, ...layers.map(({ diffID }) => diffID)] },
      history: [...(history ?? rootfs.diff_ids.map(() => ({}))), ...ownHistory(facts)],
    },
  };
}

/** image-spec v1.1.1 config.md: as many entries with layers as there are layers. */
function ownHistory({ layers, created, command, author, message }: CommitFacts): HistoryEntry[] {
  const said = { ...(author === undefined ? {} : { author }), ...(message === undefined ? {} : { comment: message }) };
  const last: HistoryEntry = { created, created_by: command, ...said };
  if (layers.length === 0) return [{ ...last, empty_layer: true }];
  const frozen = layers.slice(1).map((): HistoryEntry => ({ created, created_by: 'gocker snapshot' }));
  return [...frozen, last];
}
