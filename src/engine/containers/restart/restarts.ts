/** What a record keeps of a container's restarts. */
import type { ContainerRecord } from '../record.ts';

export interface Restarts {
  /** Since somebody started it. */
  readonly count: number;
  /** Of these and the first start, those that failed, in a row up to now. */
  readonly failures: number;
  /** Milliseconds that the last start was, or the next one is, put off by. */
  readonly pause: number;
  /** It has ended and is to be started again by its owner, who waits until then. */
  readonly waiting?: true;
}

export const noRestarts: Restarts = { count: 0, failures: 0, pause: 0 };

/** It stays as it ended. */
export function withoutRestart(record: ContainerRecord): ContainerRecord {
  if (record.restarts === undefined) return record;
  const { waiting: _, ...restarts } = record.restarts;
  return { ...record, restarts };
}
