/** Which manifest of an index suits a platform: image-spec v1.1.1 image-index.md, with variants as containerd orders them. */
import { GockerError } from '../errors/index.ts';
import { isDigest } from './digest.ts';
import type { Descriptor, ImageIndex } from './documents.ts';
import { isIndexMediaType, isManifestMediaType } from './media-type.ts';
import { formatPlatform, normalizePlatform, type Platform } from './platform.ts';

/** The lowest version that each architecture's code may be compiled for, with variants that are supersets of the lower. */
const lowestVariant: Readonly<Record<string, number>> = { amd64: 1, arm: 5, arm64: 8 };

/**
 * The best entry for the platform: the same variant first, then lower ones that run on it (`arm/v7` takes v6, then v5);
 * of equals the first. Entries that hold no image (attestations, artifacts) are passed over. An entry that names no
 * platform is taken when none that names one suits: its config has the last word.
 *
 * @throws GockerError `PLATFORM_NOT_FOUND`, `DIGEST_UNSUPPORTED`
 */
export function selectPlatform(index: ImageIndex, platform: Platform): Descriptor {
  const images = index.manifests.filter((entry) => isManifestMediaType(entry.mediaType) && !isAttestation(entry));
  const chosen = accepted(platform)
    .map((wanted) =>
      images.find((entry) => entry.platform && formatPlatform(normalizePlatform(entry.platform)) === wanted),
    )
    .concat(images.find((entry) => entry.platform === undefined && entry.artifactType === undefined))
    .find((entry) => entry !== undefined);
  if (chosen === undefined) throw notFound(index, images, platform);
  if (isDigest(chosen.digest)) return chosen;
  throw new GockerError(
    'DIGEST_UNSUPPORTED',
    `cannot verify manifest "${chosen.digest}": unknown digest algorithm (expected sha256 or sha512)`,
  );
}

/** True where an image for `offered` runs on `platform`. */
export function acceptsPlatform(platform: Platform, offered: Platform): boolean {
  return accepted(platform).includes(formatPlatform(normalizePlatform(offered)));
}

/** The platform and those whose code runs on it, best first, in their written form. */
function accepted(platform: Platform): string[] {
  const { os, architecture, variant } = normalizePlatform(platform);
  const lowest = lowestVariant[architecture];
  const version = /^v(\d+)/.exec(variant ?? '')?.[1];
  const exact = formatPlatform({ os, architecture, ...(variant === undefined ? {} : { variant }) });
  if (lowest === undefined || version === undefined) return [exact];
  const lower = Array.from({ length: Math.max(0, Number(version) - lowest) }, (_, step) => Number(version) - 1 - step);
  const others = lower.map((number) => formatPlatform(normalizePlatform({ os, architecture, variant: `v${number}` })));
  return [exact, ...others];
}

/** BuildKit keeps provenance beside the images as manifests for the platform `unknown/unknown`. */
function isAttestation({ platform, annotations }: Descriptor): boolean {
  return (
    (platform?.os === 'unknown' && platform.architecture === 'unknown') ||
    annotations?.['vnd.docker.reference.type'] === 'attestation-manifest'
  );
}

function notFound(index: ImageIndex, images: readonly Descriptor[], platform: Platform): GockerError {
  const wanted = formatPlatform(normalizePlatform(platform));
  const there = [...new Set(images.flatMap((entry) => (entry.platform ? [formatPlatform(entry.platform)] : [])))];
  const nested = index.manifests.some((entry) => isIndexMediaType(entry.mediaType));
  const found =
    there.length > 0 ? `it has ${there.join(', ')}` : nested ? 'it holds nothing but other indexes' : 'it has no image';
  return new GockerError(
    'PLATFORM_NOT_FOUND',
    `cannot select a manifest from the image index: ${found} (expected ${wanted})`,
    there.length > 0 ? { hint: 'Choose one of them with --platform.' } : {},
  );
}
