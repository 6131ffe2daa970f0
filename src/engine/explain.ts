/** Kernel calls as the engine gives them out: text, reason, result and time. */
import { formatKernelCall, formatResult, type KernelCall, type PlayedCall, type Results } from '../syscall/index.ts';
import type { ExplainedCall } from './types.ts';

/** Calls that nobody has made. */
export function explainPlan(calls: readonly KernelCall[]): ExplainedCall[] {
  return calls.map((call) => ({ text: formatKernelCall(call), call: call.call, why: call.why }));
}

/** Calls that were made, each with the results that it could see of those before it. */
export function explainPlayed(played: readonly PlayedCall[]): ExplainedCall[] {
  const results = new Map<string, number>();
  return played.map((entry) => {
    const explained = explainOne(entry, results);
    if (entry.call.result !== undefined && entry.result !== undefined) results.set(entry.call.result, entry.result);
    return explained;
  });
}

function explainOne({ call, result, nanoseconds }: PlayedCall, results: Results): ExplainedCall {
  return {
    text: formatKernelCall(call, results),
    call: call.call,
    why: call.why,
    ...(result === undefined ? {} : { result: formatResult(result), failed: result < 0 }),
    ...(nanoseconds === undefined ? {} : { nanoseconds }),
  };
}
