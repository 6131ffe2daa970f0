/** What looks after a container while it runs and when it ends: restart policy and health check, as its record keeps them. */
import { GockerError } from '../../errors/index.ts';
import type { ExecutionConfig } from '../../oci/index.ts';
import type { RunOptions } from '../options/run-options.ts';
import { chooseHealthcheck } from './health/healthcheck.ts';
import type { ContainerRecord } from './record.ts';
import { parseRestartPolicy, type RestartPolicy } from './restart/policy.ts';

/** @throws GockerError `RESTART_POLICY_INVALID`, `HEALTHCHECK_INVALID`, `OPTIONS_CONFLICT` */
export function superviseBy(
  config: ExecutionConfig,
  options: RunOptions,
): Pick<ContainerRecord, 'restart' | 'healthcheck' | 'shell'> {
  const restart = chooseRestart(options);
  const healthcheck = chooseHealthcheck(config.Healthcheck, options);
  const shell = healthcheck?.Test?.[0] === 'CMD-SHELL' ? config.Shell : undefined;
  return {
    ...(restart === undefined ? {} : { restart }),
    ...(healthcheck === undefined ? {} : { healthcheck }),
    ...(shell === undefined ? {} : { shell }),
  };
}

function chooseRestart({ restart, autoRemove }: RunOptions): RestartPolicy | undefined {
  const policy = restart === undefined ? undefined : parseRestartPolicy(restart);
  if (policy === undefined || policy.name === 'no') return undefined;
  if (autoRemove !== true) return policy;
  throw new GockerError('OPTIONS_CONFLICT', 'conflicting options: cannot specify both --restart and --rm', {
    hint: "One that is started again can't be gone: leave out one of them.",
  });
}
