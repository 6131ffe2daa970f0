/** What a container runs, as its image and its user said it before it was put together: docker shows that, and images are made of it. */
import type { ExecutionConfig } from '../../oci/index.ts';
import type { RunOptions } from '../options/run-options.ts';

/** docker's keys. Left out: nobody said anything. */
export type AskedCommand = Pick<ExecutionConfig, 'User' | 'Cmd' | 'Entrypoint' | 'WorkingDir'>;

export function askedCommand(config: ExecutionConfig, options: RunOptions): AskedCommand {
  const { command = [], entrypoint, user = config.User, workdir = config.WorkingDir } = options;
  // The image's command belongs to the image's entrypoint.
  const cmd = command.length > 0 || entrypoint !== undefined ? command : config.Cmd;
  return stated({ User: user, Cmd: cmd, Entrypoint: entrypoint ?? config.Entrypoint, WorkingDir: workdir });
}

function stated(asked: { readonly [K in keyof AskedCommand]: AskedCommand[K] | undefined }): AskedCommand {
  const given = Object.entries(asked).filter(([, value]) => (value?.length ?? 0) > 0);
  return Object.fromEntries(given) as AskedCommand;
}
