/** `run`: an image becomes a container with a running process. */
import { GockerError } from '../../errors/index.ts';
import { acceptsPlatform, parsePlatform } from '../../oci/index.ts';
import { launch, planLaunch } from '../../runtime/index.ts';
import type { EngineContext } from '../context.ts';
import { explainPlan } from '../explain.ts';
import { findImage, type LoadedImage, requireImage } from '../images/stored.ts';
import type { RunOptions } from '../options/run-options.ts';
import type { Container, ExplainedCall, PullOptions } from '../types.ts';
import { RunningContainer } from './container.ts';
import { draftContainer, prepareContainer } from './prepare.ts';
import { sweepContainers } from './sweep.ts';

/**
 * Resolves once the command runs.
 *
 * @throws GockerError of the pull and the options; `COMMAND_NOT_FOUND`, `COMMAND_NOT_EXECUTABLE`; TapeError, which names the
 *   kernel call. Nothing is left of the container then.
 */
export async function run(context: EngineContext, options: RunOptions): Promise<Container> {
  await sweepContainers(context);
  const image = await ensureImage(context, options);
  options.signal?.throwIfAborted();
  const { record, spec, rootfs } = await prepareContainer(context, image, options);
  try {
    const stdin = options.interactive === true ? 'pipe' : 'null';
    const process = await launch({ spec, rootfs, stdin, timing: options.timing === true });
    for (const warning of process.warnings) context.warn(warning);
    return new RunningContainer(context.containers, record, process, options.signal);
  } catch (error) {
    context.containers.remove(record);
    context.containers.unmark(record);
    throw error;
  }
}

/** The calls that run() would make, and none is made. */
export async function plan(context: EngineContext, options: RunOptions): Promise<readonly ExplainedCall[]> {
  const image = await ensureImage(context, options);
  const { spec, rootfs } = draftContainer(context, image, options);
  return explainPlan(planLaunch({ spec, rootfs, stdin: options.interactive === true ? 'pipe' : 'null' }));
}

async function ensureImage(context: EngineContext, options: RunOptions): Promise<LoadedImage> {
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
