/** What goes through a container's network, proc_pid_net(5) `dev`. */
import { readFileSync } from 'node:fs';

export interface NetworkUsage {
  /** Bytes since the interfaces are there; the loopback's, which go nowhere, left out. */
  readonly received: number;
  readonly sent: number;
}

/** @returns undefined where there is no such process */
export function readNetworkUsage(pid: number): NetworkUsage | undefined {
  try {
    return networkUsageIn(readFileSync(`/proc/${pid}/net/dev`, 'latin1'));
  } catch {
    return undefined;
  }
}

/** `  eth0:  1296  16 0 0 0 0 0 0  846 …`: eight columns of what came in, eight of what went out. */
export function networkUsageIn(text: string): NetworkUsage {
  let [received, sent] = [0, 0];
  for (const [, name = '', numbers = ''] of text.matchAll(/^\s*([^\s:]+):\s*(.*)$/gm)) {
    const columns = numbers.trim().split(/\s+/).map(Number);
    if (name === 'lo') continue;
    received += columns[0] ?? 0;
    sent += columns[8] ?? 0;
  }
  return { received, sent };
}
