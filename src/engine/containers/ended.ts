/**
 * What a monitor becomes when its container has ended and something is left to do: `monitor-ended ID`, in its process, under
 * its mark. A container that was to go with its end goes, one that is to be started again is.
 */
import { GockerError } from '../../errors/index.ts';
import type { ProcessIdentity } from '../../runtime/index.ts';
import type { EngineContext } from '../context.ts';
import { ContainerChanges } from './container-changes.ts';
import { untilWitnessed } from './exit-witnesses.ts';
import { forgetContainer } from './forget.ts';
import { withContainer } from './lock.ts';
import { leaveNetworks } from './networks.ts';
import type { ContainerRecord } from './record.ts';
import { decideRestart } from './restart/decide-restart.ts';
import { noRestarts, withoutRestart } from './restart/restarts.ts';
import { startLocked } from './start.ts';
import { identifyProcess, isRestarting } from './status.ts';

/** To be called by the process that its record has for its owner. @param id in full */
export async function containerEnded(context: EngineContext, id: string): Promise<void> {
  const owner = identifyProcess(process.pid) ?? { pid: process.pid, startTime: 0 };
  try {
    const ended = await withContainer(context, id, async (record) => {
      const decided = decide(context, record, owner);
      if (decided !== undefined) await leaveNetworks(context, decided);
      return decided;
    });
    if (ended === undefined) return;
    if (ended.autoRemove) await removeEnded(context, ended);
    else if (ended.restarts?.waiting === true) await startAgain(context, ended);
  } catch (error) {
    // Removed by somebody else: that is as good an end as any.
    if (!(error instanceof GockerError && error.code === 'CONTAINER_NOT_FOUND')) throw error;
  } finally {
    context.containers.unmark({ id, owner });
  }
}

/** Writes down that it is to be started again, where it is. @returns undefined where others look after it by now */
function decide(context: EngineContext, record: ContainerRecord, us: ProcessIdentity): ContainerRecord | undefined {
  const isOurs = record.owner.pid === us.pid && record.owner.startTime === us.startTime;
  if (!isOurs || record.finished === undefined) return undefined;
  const { restart, restarts = noRestarts, started = '', finished = '', exitCode = 0 } = record;
  if (restart === undefined || record.autoRemove) return record;
  const decision = decideRestart(restart, {
    exitCode,
    ranFor: Date.parse(finished) - Date.parse(started),
    stopped: record.stopping === true,
    failures: restarts.failures,
    lastPause: restarts.pause,
  });
  if (decision.kind === 'stay') return withoutRestart(record);
  const { pause, failures } = decision;
  const decided: ContainerRecord = { ...record, restarts: { ...restarts, pause, failures, waiting: true } };
  context.containers.update(decided);
  return decided;
}

async function removeEnded(context: EngineContext, { id }: ContainerRecord): Promise<void> {
  // Others learn how it ended before it is gone.
  await untilWitnessed(context.containers.directory(id));
  await withContainer(context, id, (record) => forgetContainer(context, record, { volumes: true }));
}

/** After the pause, unless somebody stops, starts or removes it meanwhile: then at once nothing more is done. */
async function startAgain(context: EngineContext, { id, restarts }: ContainerRecord): Promise<void> {
  using changes = new ContainerChanges(context.containers.directory(id));
  const due = performance.now() + (restarts?.pause ?? 0);
  for (;;) {
    if (!isRestarting(context.containers.get(id, id))) break;
    const rest = due - performance.now();
    if (rest <= 0) break;
    await changes.wait(rest);
  }
  await withContainer(context, id, async (record) => {
    if (!isRestarting(record)) {
      if (record.restarts?.waiting === true) context.containers.update(withoutRestart(record));
      return;
    }
    const { count, ...others } = withoutRestart(record).restarts ?? noRestarts;
    try {
      await startLocked(context, record, { restarts: { ...others, count: count + 1 } });
    } catch (error) {
      // As docker: what can't be started is not tried for ever; its record says why.
      context.containers.update({ ...withoutRestart(record), error: (error as Error).message });
    }
  });
}
