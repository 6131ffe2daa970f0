/** What a start did without, as sentences for the user: the errors that a plan allows because a container can live with them. */
import type { Spec } from '../../oci/index.ts';
import { type Argument, errnoName, type PlayedCall } from '../../syscall/index.ts';
import { lackingCapabilities } from '../plan/identity.ts';
import type { HostFacts } from '../plan/input.ts';

/** Known before anything is played. */
export function warningsBefore(spec: Spec, host: HostFacts): string[] {
  const lacking = lackingCapabilities(spec.process, host);
  if (lacking.length === 0) return [];
  return [`the container does without ${lacking.join(', ')}, which gocker itself does not have`];
}

export function warningsAfter(calls: readonly PlayedCall[]): string[] {
  return calls.flatMap(({ call, result = 0 }) => {
    if (result >= 0) return [];
    const error = errnoName(-result);
    if (call.call === 'prlimit64') return [`the limit ${textOf(call.args[1])} stays as gocker itself has it: ${error}`];
    if (call.result === '/proc/self/oom_score_adj') return [`the OOM score stays as gocker itself has it: ${error}`];
    return [];
  });
}

function textOf(argument: Argument | undefined): string {
  return typeof argument === 'object' && argument?.kind === 'constant' ? argument.text : String(argument);
}
