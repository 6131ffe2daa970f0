/** What is told of a pull that a container has to wait for. */
import type { PullEvent } from '../../engine/index.ts';
import { familiarName, parseReference } from '../../oci/index.ts';
import type { Context } from '../command.ts';
import { openProgress } from '../progress/progress.ts';
import type { CreateFlags } from './run-flags.ts';

export interface PullShow {
  readonly onEvent: (event: PullEvent) => void;
  /** Before anything else is printed. */
  readonly close: () => Promise<void>;
}

export function showPull(context: Context, { quiet, pull }: Pick<CreateFlags, 'quiet' | 'pull'>): PullShow {
  const progress = openProgress(context, quiet);
  const onEvent = (event: PullEvent) => {
    if (event.kind === 'pulling' && !quiet && pull !== 'always') {
      context.stderr.write(`Unable to find image "${familiarName(parseReference(event.reference))}" locally\n`);
    }
    progress.show(event);
  };
  return { onEvent, close: () => progress.close() };
}
