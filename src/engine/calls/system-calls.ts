/** What can be asked about the machine and the engine itself. */
import type { EngineContext } from '../context.ts';
import type { ExplainSeccompOptions, SeccompExplanation } from '../options/seccomp-options.ts';
import type { EngineInfo } from '../types.ts';

export interface SystemCalls {
  /** What a seccomp profile lets a container do, and what it does to all else. */
  explainSeccomp(options?: ExplainSeccompOptions): Promise<SeccompExplanation>;
  info(): Promise<EngineInfo>;
}

export function systemCalls(context: EngineContext): SystemCalls {
  return {
    explainSeccomp: async (...args) => (await import('../explain-seccomp.ts')).explainSeccomp(...args),
    info: async () => (await import('../info.ts')).engineInfo(context),
  };
}
