/** `run -d --wait`: until a container does what it is for. */
import { GockerError } from '../../errors/index.ts';
import type { EngineContext } from '../context.ts';
import { ContainerChanges } from './container-changes.ts';
import { healthOf } from './health/health-file.ts';
import { statusOf } from './status.ts';

export interface ReadyOptions {
  /** Seconds; for ever where left out. */
  readonly timeout?: number;
  readonly signal?: AbortSignal;
}

/**
 * Resolves once it is healthy or, where nothing checks that, once it runs.
 *
 * @param text name, id or unique prefix of an id
 * @throws GockerError `CONTAINER_NOT_FOUND`, `CONTAINER_AMBIGUOUS`, `CONTAINER_NOT_READY` where it is unhealthy, has ended or
 *   took too long; the signal's reason
 */
export async function untilReady(context: EngineContext, text: string, options: ReadyOptions = {}): Promise<void> {
  const { timeout = Number.POSITIVE_INFINITY, signal } = options;
  const { id } = context.containers.find(text);
  const directory = context.containers.directory(id);
  const due = performance.now() + timeout * 1000;
  using changes = new ContainerChanges(directory);
  signal?.addEventListener('abort', changes.interrupt);
  try {
    for (;;) {
      signal?.throwIfAborted();
      const record = context.containers.get(id, text);
      const status = statusOf(record);
      const health = healthOf(directory, record, status);
      const [last] = health?.Log.slice(-1) ?? [];
      const fail = (is: string) => notReady(record.name, is, last?.Output ?? '');
      if (status !== 'running') {
        // How it ended may be still to be written down.
        const how = record.exitCode === undefined ? '' : ` with exit code ${record.exitCode}`;
        throw fail(`it has ended${how}`);
      }
      if (health === undefined || health.Status === 'healthy') return;
      if (health.Status === 'unhealthy') throw fail('it is unhealthy');
      const rest = due - performance.now();
      if (rest <= 0) throw fail(`it is not healthy after ${timeout} s`);
      if (record.process !== undefined) changes.watchProcess(record.process);
      await changes.wait(rest);
    }
  } finally {
    signal?.removeEventListener('abort', changes.interrupt);
  }
}

function notReady(name: string, is: string, output: string): GockerError {
  const said = output.trim() === '' ? '' : `; its last probe said: ${output.trimEnd()}`;
  return new GockerError('CONTAINER_NOT_READY', `cannot wait for container "${name}": ${is}${said}`, {
    hint: `It is left as it is: see "gocker logs ${name}", and remove it with "gocker rm -f ${name}".`,
  });
}
