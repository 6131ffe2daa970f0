/**
 * The engine: one object, a method a use-case. Each use-case is loaded when it is first called, so that a program that only
 * runs cached images never loads an HTTP client.
 */
import { EngineContext } from './context.ts';
import type { Engine, EngineOptions } from './types.ts';

/**
 * Cheap: reads and makes nothing until a method is called. Any number of engines, in any number of processes, may share a
 * root.
 */
export function openEngine(options: EngineOptions = {}): Engine {
  const context = new EngineContext(options);
  return {
    pull: async (...args) => (await import('./pull/pull.ts')).pull(context, ...args),
    run: async (...args) => (await import('./containers/run.ts')).run(context, ...args),
    plan: async (...args) => (await import('./containers/run.ts')).plan(context, ...args),
    images: async (...args) => (await import('./images/list.ts')).listImages(context, ...args),
    removeImage: async (...args) => (await import('./images/remove.ts')).removeImage(context, ...args),
    tag: async (...args) => (await import('./images/tag.ts')).tagImage(context, ...args),
    inspectImage: async (...args) => (await import('./images/inspect.ts')).inspectImage(context, ...args),
    history: async (...args) => (await import('./images/history.ts')).imageHistory(context, ...args),
    verify: async (...args) => (await import('./images/verify.ts')).verify(context, ...args),
    containers: async () => (await import('./containers/list.ts')).listContainers(context),
    inspectContainer: async (...args) => (await import('./containers/inspect.ts')).inspectContainer(context, ...args),
    removeContainer: async (...args) => (await import('./containers/remove.ts')).removeContainer(context, ...args),
    createVolume: async (...args) => (await import('./volumes/create.ts')).createVolume(context, ...args),
    volumes: async (...args) => (await import('./volumes/list.ts')).listVolumes(context, ...args),
    inspectVolume: async (...args) => (await import('./volumes/list.ts')).inspectVolume(context, ...args),
    removeVolume: async (...args) => (await import('./volumes/remove.ts')).removeVolume(context, ...args),
    pruneVolumes: async (...args) => (await import('./volumes/remove.ts')).pruneVolumes(context, ...args),
    explainSeccomp: async (...args) => (await import('./explain-seccomp.ts')).explainSeccomp(...args),
    info: async () => (await import('./info.ts')).engineInfo(context),
  };
}
