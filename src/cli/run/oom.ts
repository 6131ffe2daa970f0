/** What the user is told where the kernel killed a container's process for its memory. */
import type { ResourceOptions } from '../../engine/index.ts';

export function describeOom({ memory, memorySwap }: ResourceOptions): string {
  const flags = { '--memory': memory, '--memory-swap': memorySwap };
  const limits = Object.entries(flags).flatMap(([flag, value]) => (value === undefined ? [] : [`${flag} ${value}`]));
  const limit = limits.length === 0 ? '' : `: its limit is ${limits.join(', ')}`;
  return [
    `gocker: the kernel killed a process of the container, which was out of memory${limit}`,
    'hint: Give it more with --memory, or have its programs use less.',
    '',
  ].join('\n');
}
