/** The image that a container is to be made of, or to have mounted: from the store, else pulled, as `--pull` says. */
import { GockerError } from '../../errors/index.ts';
import { acceptsPlatform, parsePlatform } from '../../oci/index.ts';
import type { EngineContext } from '../context.ts';
import { findImage, type LoadedImage, requireImage } from '../images/stored.ts';
import type { RunOptions } from '../options/run-options.ts';
import type { PullOptions } from '../types.ts';

/** @throws GockerError `IMAGE_NOT_FOUND`; those of the pull */
export async function ensureImage(context: EngineContext, options: RunOptions): Promise<LoadedImage> {
  const policy = options.pull ?? 'missing';
  const here = policy === 'always' ? undefined : findImage(context.store, options.image);
  if (here !== undefined && fits(here, options.platform)) return here;
  if (policy === 'never') {
    const what = here === undefined ? 'it is not here' : `it is here, but not for ${options.platform}`;
    throw new GockerError('IMAGE_NOT_FOUND', `cannot run image "${options.image}": ${what}, and --pull=never`, {
      hint: `Pull it: gocker pull ${options.image}.`,
    });
  }
  const { pull } = await import('../pull/pull.ts');
  const { platform, fallback, signal, onEvent } = options;
  const pullOptions: PullOptions = {
    ...(platform === undefined ? {} : { platform }),
    ...(fallback === undefined ? {} : { fallback }),
    ...(signal === undefined ? {} : { signal }),
    ...(onEvent === undefined ? {} : { onEvent }),
  };
  const pulled = await pull(context, options.image, pullOptions);
  return requireImage(context.store, pulled.reference);
}

function fits(image: LoadedImage, platform: string | undefined): boolean {
  return platform === undefined || acceptsPlatform(parsePlatform(platform), image.config);
}
