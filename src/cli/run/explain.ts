/** The kernel calls of a start, as text in strace's form with the reason above each, or as JSON. */
import type { ExplainedCall } from '../../engine/index.ts';

export function formatCalls(calls: readonly ExplainedCall[], format: string): string {
  return format === 'json' ? `${JSON.stringify(calls, null, 2)}\n` : calls.map(formatCall).join('');
}

/** `mount("proc", "/proc", "proc", MS_NOSUID, NULL) = 0 <0.000041>` */
function formatCall({ text, why, result, nanoseconds }: ExplainedCall): string {
  const outcome = result === undefined ? '' : ` ${result.startsWith('=') ? result : `= ${result}`}`;
  const time = nanoseconds === undefined ? '' : ` <${(nanoseconds / 1e9).toFixed(6)}>`;
  return `# ${why}\n${text}${outcome}${time}\n`;
}
