/**
 * Which images there are, and under which names. Pure: each function takes the images and gives them as they shall be.
 * As docker has it: a name that moves on leaves its old image without one (dangling) instead of deleting it.
 */
import type { Digest } from '../oci/index.ts';
import type { StoredImage } from './index-file.ts';

/** @param name in its normal form, by tag, or by digest (`repository@sha256:…`) */
export function findImage(images: readonly StoredImage[], name: string): StoredImage | undefined {
  return images.find((image) => image.name === name) ?? images.find((image) => image.repoDigest === name);
}

/** The image under its name; whatever had that name loses it. Nothing changes where it is there already, just so. */
export function addImage(images: readonly StoredImage[], added: StoredImage): StoredImage[] {
  if (images.some((image) => isSame(image, added))) return [...images];
  const others = images.flatMap((image) => {
    if (added.name === undefined || image.name !== added.name) return [image];
    const { name: _, ...unnamed } = image;
    return [unnamed];
  });
  return withoutIdle([...others, added]);
}

export function removeName(images: readonly StoredImage[], name: string): StoredImage[] {
  return images.filter((image) => image.name !== name && (image.name !== undefined || image.repoDigest !== name));
}

export function removeDigest(images: readonly StoredImage[], digest: Digest): StoredImage[] {
  return images.filter((image) => image.descriptor.digest !== digest);
}

/** Leaves out entries that say nothing which another one of the same image does not say too. */
function withoutIdle(images: readonly StoredImage[]): StoredImage[] {
  return images.filter((image, at) => {
    if (image.name !== undefined) return true;
    return !images.some((other, otherAt) => {
      if (other === image || other.descriptor.digest !== image.descriptor.digest) return false;
      const saysAsMuch = image.repoDigest === undefined || other.repoDigest === image.repoDigest;
      // Of two that say the same, the later one stays.
      return saysAsMuch && (other.name !== undefined || other.repoDigest !== image.repoDigest || otherAt > at);
    });
  });
}

function isSame(a: StoredImage, b: StoredImage): boolean {
  return (
    a.name === b.name &&
    a.repoDigest === b.repoDigest &&
    a.descriptor.digest === b.descriptor.digest &&
    a.descriptor.size === b.descriptor.size &&
    a.descriptor.mediaType === b.descriptor.mediaType
  );
}
