/** What a start did without, as sentences for the user: the errors that a plan allows because a container can live with them. */
import type { Spec } from '../../oci/index.ts';
import { type Argument, errnoName, type KernelCall, type PlayedCall } from '../../syscall/index.ts';
import { lackingCapabilities } from '../plan/identity.ts';
import type { HostFacts } from '../plan/input.ts';
import { inUserNamespace } from '../plan/user-namespace.ts';

/** Known before anything is played. */
export function warningsBefore(spec: Spec, host: HostFacts): string[] {
  // In a user namespace there is no power to lack.
  if (inUserNamespace(spec.linux)) return [];
  const lacking = lackingCapabilities(spec.process, host);
  if (lacking.length === 0) return [];
  return [`the container does without ${lacking.join(', ')}, which gocker itself does not have`];
}

export function warningsAfter(calls: readonly PlayedCall[]): string[] {
  return calls.flatMap(({ call, result = 0 }) => {
    if (result >= 0) return [];
    const error = errnoName(-result);
    if (call.call === 'prlimit64') return [`the limit ${textOf(call.args[1])} stays as gocker itself has it: ${error}`];
    if (fileOf(call) === '/proc/self/oom_score_adj' && error !== 'EBADF')
      return [`the OOM score stays as gocker itself has it: ${error}`];
    return [];
  });
}

/** The file of /proc that a call opens or writes to. */
export function fileOf({ result, args: [first] }: KernelCall): string | undefined {
  return result ?? (typeof first === 'object' && first?.kind === 'result' ? first.of : undefined);
}

function textOf(argument: Argument | undefined): string {
  return typeof argument === 'object' && argument?.kind === 'constant' ? argument.text : String(argument);
}
