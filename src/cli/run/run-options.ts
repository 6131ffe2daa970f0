/** From flags to what the engine takes. */
import type { PullPolicy, RunOptions } from '../../engine/index.ts';
import { type Environment, readEnvironment } from './environment.ts';
import { readHealthOptions } from './flags/health-flags.ts';
import { readLifecycleOptions } from './flags/lifecycle-flags.ts';
import { readLoggingOptions } from './flags/logging-flags.ts';
import { readMountOptions } from './flags/mount-flags.ts';
import { readNameOptions } from './flags/name-flags.ts';
import { readNamespaceOptions } from './flags/namespace-flags.ts';
import { readNetworkOptions } from './flags/network-flags.ts';
import { readPortOptions } from './flags/port-flags.ts';
import { present } from './flags/present.ts';
import { readPrivilegeOptions } from './flags/privilege-flags.ts';
import { readProcessOptions } from './flags/process-flags.ts';
import { readResourceOptions } from './flags/resource-flags.ts';
import { readRestartOptions } from './flags/restart-flags.ts';
import { readLabels } from './labels.ts';
import type { CreateFlags } from './run-flags.ts';

/**
 * @param operands the image, then the command and its arguments
 * @throws GockerError where a variable, a label or a volume can't be read
 */
export function readRunOptions(
  flags: CreateFlags,
  [image = '', ...command]: readonly string[],
  own: Environment,
): RunOptions {
  const texts = {
    name: flags.name,
    user: flags.user,
    workdir: flags.workdir,
    platform: flags.platform,
  };
  return {
    image,
    ...(command.length === 0 ? {} : { command }),
    ...present(texts),
    // docker's way to say "no entrypoint" is an empty one.
    ...(flags.entrypoint === undefined ? {} : { entrypoint: flags.entrypoint === '' ? [] : [flags.entrypoint] }),
    env: readEnvironment(flags.envFile, flags.env, own),
    labels: readLabels(flags.labelFile, flags.label),
    autoRemove: flags.rm,
    interactive: flags.interactive,
    tty: flags.tty,
    fallback: !flags.noFallback,
    ...readHealthOptions(flags),
    ...readLifecycleOptions(flags),
    ...readLoggingOptions(flags),
    ...readMountOptions(flags),
    ...readNamespaceOptions(flags),
    ...readNetworkOptions(flags),
    ...readNameOptions(flags),
    ...readPortOptions(flags),
    ...readResourceOptions(flags),
    ...readRestartOptions(flags),
    ...readProcessOptions(flags),
    ...readPrivilegeOptions(flags),
    // The option table admits no other values.
    ...(flags.pull === undefined ? {} : { pull: flags.pull as PullPolicy }),
  };
}
