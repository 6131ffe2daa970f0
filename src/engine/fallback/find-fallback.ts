/** What can be run where the registry can't be reached and the image is not in the store: ARCHITECTURE "Where there is no network". */
import { acceptsPlatform, hostPlatform, type Platform, type Reference } from '../../oci/index.ts';
import { makeAlpineImage } from './alpine-image.ts';
import { findAlpineTarball, isAlpine } from './alpine-tarball.ts';
import { hostToolsReference, makeHostToolsImage } from './host-tools.ts';
import type { LocalImage } from './local-image.ts';

export interface FallbackRequest {
  readonly reference: Reference;
  readonly platform: Platform;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/**
 * For Alpine a local tarball, else this machine's own programs; those by their own name too. For any other image nothing:
 * a shell is not what its user asked for. The image's `reference` says what it is: `localhost/host-tools` is never kept as
 * Alpine.
 *
 * @throws GockerError `ALPINE_TARBALL_INVALID`, `HOST_TOOLS_UNAVAILABLE`, `TAR_CONTENT_CHANGED`
 */
export async function findFallback({ reference, platform, env }: FallbackRequest): Promise<LocalImage | undefined> {
  const tarball = findAlpineTarball({ reference, platform, env });
  if (tarball !== undefined) return makeAlpineImage(tarball, reference, platform);
  const served = reference.digest === undefined && (isAlpine(reference) || isHostTools(reference));
  return served && acceptsPlatform(platform, hostPlatform()) ? makeHostToolsImage({ path: env.PATH }) : undefined;
}

function isHostTools({ registry, repository, tag }: Reference): boolean {
  return (
    registry === hostToolsReference.registry &&
    repository === hostToolsReference.repository &&
    (tag ?? 'latest') === hostToolsReference.tag
  );
}
