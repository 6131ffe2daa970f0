/** `run`: an image becomes a container with a running process. */
import { launch, planLaunch } from '../../runtime/index.ts';
import type { EngineContext } from '../context.ts';
import { explainPlan } from '../explain.ts';
import type { NetworksAtStart } from '../networks/at-start.ts';
import type { RunOptions } from '../options/run-options.ts';
import type { Container, ExplainedCall } from '../types.ts';
import { RunningContainer } from './container.ts';
import { ensureImage } from './ensure-image.ts';
import { forgetContainer } from './forget.ts';
import { logOf } from './logging.ts';
import { networksOf } from './networks.ts';
import { draftContainer, prepareContainer } from './prepare.ts';
import { sweepContainers } from './sweep.ts';

/** As with docker, which says nothing of it. */
const dropIgnored = '--cap-drop does nothing beside --privileged, which gives every capability';

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
  const { record, spec, rootfs, joins } = await prepareContainer(context, image, options);
  if (options.privileged === true && options.capDrop !== undefined) context.warn(dropIgnored);
  let networks: NetworksAtStart | undefined;
  try {
    networks = await networksOf(context, record);
    const stdin = options.interactive === true ? 'pipe' : 'null';
    const process = await launch({
      spec,
      rootfs,
      stdin,
      joins,
      log: record.logging?.driver === 'none' ? undefined : logOf(context, record),
      init: options.init === true,
      timing: options.timing === true,
      ...(networks === undefined ? {} : { prepare: networks.prepare }),
    });
    for (const warning of process.warnings) context.warn(warning);
    const container = new RunningContainer(context, record, process, options.signal);
    const release = () => networks?.[Symbol.dispose]();
    container.wait().then(release, release);
    return container;
  } catch (error) {
    networks?.[Symbol.dispose]();
    await forgetContainer(context, record, { volumes: true });
    context.containers.unmark(record);
    throw error;
  }
}

/** The calls that run() would make, and none is made. */
export async function plan(context: EngineContext, options: RunOptions): Promise<readonly ExplainedCall[]> {
  const image = await ensureImage(context, options);
  const { spec, rootfs } = await draftContainer(context, image, options);
  const stdin = options.interactive === true ? 'pipe' : 'null';
  return explainPlan(planLaunch({ spec, rootfs, stdin, init: options.init === true }));
}
