/** A local Alpine minirootfs as an image: the tarball as it is becomes the layer's blob. */
import { createReadStream } from 'node:fs';
import { GockerError } from '../../errors/index.ts';
import { familiarName, type Platform, type Reference } from '../../oci/index.ts';
import type { AlpineTarball } from './alpine-tarball.ts';
import { type LocalImage, makeLocalImage } from './local-image.ts';

/** @throws GockerError `ALPINE_TARBALL_INVALID` where it can't be read or decompressed */
export async function makeAlpineImage(
  tarball: AlpineTarball,
  reference: Reference,
  platform: Platform,
): Promise<LocalImage> {
  const release = tarball.version === undefined ? 'Alpine' : `Alpine ${tarball.version}`;
  try {
    return await makeLocalImage({
      reference,
      platform,
      // What Docker's official image says.
      config: {
        Env: ['PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin'],
        Cmd: ['/bin/sh'],
        WorkingDir: '/',
      },
      history: { created_by: `gocker: ${release} minirootfs`, comment: 'from a local tarball' },
      openLayer: (offset) => createReadStream(tarball.path, { start: offset, highWaterMark: 1 << 18 }),
      warning: `"${familiarName(reference)}" is ${release} from the local file "${tarball.path}", not from the registry.`,
    });
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new GockerError('ALPINE_TARBALL_INVALID', `cannot use Alpine tarball "${tarball.path}": ${reason}`, {
      hint: 'Fetch the file again, and check it against the .sha256 beside it on the server.',
      cause,
    });
  }
}
