/** `inspect` of an image, with docker's keys. */
import { familiarName, parseReference } from '../../oci/index.ts';
import type { EngineContext } from '../context.ts';
import { openSnapshotter } from '../snapshotter.ts';
import type { ImageDetails } from '../types.ts';
import { imageSize } from './list.ts';
import { loadAll, requireImage } from './stored.ts';

/** @throws GockerError `IMAGE_NOT_FOUND` */
export async function inspectImage(context: EngineContext, name: string): Promise<ImageDetails> {
  const image = requireImage(context.store, name);
  const { config } = image;
  const same = loadAll(context.store, () => {}).filter(({ id }) => id === image.id);
  const snapshotter = openSnapshotter(context);
  const lowerdirs = snapshotter.lowerdirs(config.rootfs.diff_ids);
  return {
    Id: image.id,
    RepoTags: unique(same.map(({ entry }) => familiar(entry.name))),
    RepoDigests: unique(same.map(({ entry }) => familiar(entry.repoDigest))),
    Comment: config.history?.at(-1)?.comment ?? '',
    Created: config.created ?? '',
    Author: config.author ?? '',
    Config: config.config ?? {},
    Architecture: config.architecture,
    ...(config.variant === undefined ? {} : { Variant: config.variant }),
    Os: config.os,
    Size: imageSize(context, image),
    GraphDriver: { Name: 'overlay', Data: lowerdirs === undefined ? {} : { LowerDir: lowerdirs.join(':') } },
    RootFS: { Type: 'layers', Layers: config.rootfs.diff_ids },
  };
}

function unique(names: readonly (string | undefined)[]): string[] {
  return [...new Set(names.filter((name) => name !== undefined))];
}

function familiar(name: string | undefined): string | undefined {
  try {
    return name === undefined ? undefined : familiarName(parseReference(name));
  } catch {
    return name;
  }
}
