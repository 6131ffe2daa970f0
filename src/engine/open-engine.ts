/**
 * The engine: one object, a method a use-case. Each use-case is loaded when it is first called, so that a program that only
 * runs cached images never loads an HTTP client.
 */
import { containerCalls } from './calls/container-calls.ts';
import { execCalls } from './calls/exec-calls.ts';
import { fileCalls } from './calls/file-calls.ts';
import { handleCalls } from './calls/handle-calls.ts';
import { imageCalls } from './calls/image-calls.ts';
import { lifeCalls } from './calls/life-calls.ts';
import { logCalls } from './calls/log-calls.ts';
import { networkCalls } from './calls/network-calls.ts';
import { observeCalls } from './calls/observe-calls.ts';
import { snapshotCalls } from './calls/snapshot-calls.ts';
import { systemCalls } from './calls/system-calls.ts';
import { volumeCalls } from './calls/volume-calls.ts';
import { watchCalls } from './calls/watch-calls.ts';
import { EngineContext } from './context.ts';
import type { Engine, EngineOptions } from './types.ts';

/**
 * Cheap: reads and makes nothing until a method is called. Any number of engines, in any number of processes, may share a
 * root.
 */
export function openEngine(options: EngineOptions = {}): Engine {
  const context = new EngineContext(options);
  return {
    ...containerCalls(context),
    ...execCalls(context),
    ...fileCalls(context),
    ...lifeCalls(context),
    ...handleCalls(context),
    ...imageCalls(context),
    ...networkCalls(context),
    ...observeCalls(context),
    ...snapshotCalls(context),
    ...logCalls(context),
    ...systemCalls(context),
    ...volumeCalls(context),
    ...watchCalls(context),
  };
}
