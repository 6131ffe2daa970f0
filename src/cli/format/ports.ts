/** The ports of a container as docker's `ps` shows them: `0.0.0.0:8000-8002->80-82/tcp, 443/tcp`. */
import type { ContainerSummary } from '../../engine/index.ts';

interface Run {
  readonly hostIP: string;
  readonly hostPort: number;
  readonly containerPort: number;
  readonly protocol: string;
  readonly length: number;
}

/** Neighbouring ports that go side by side are one; of those that are only exposed, what runs alone is said. */
export function formatPorts({ ports, exposedPorts, status }: ContainerSummary): string {
  if (status !== 'running' && status !== 'paused') return '';
  const published = new Set(ports.map(({ containerPort, protocol }) => `${containerPort}/${protocol}`));
  const exposed = exposedPorts
    .filter((port) => !published.has(port))
    .map((port) => {
      const [number = '', protocol = 'tcp'] = port.split('/');
      return { hostIP: '', hostPort: 0, containerPort: Number(number), protocol };
    });
  const sorted = [...ports, ...exposed].sort(
    (a, b) =>
      compare(a.hostIP, b.hostIP) ||
      compare(a.protocol, b.protocol) ||
      a.containerPort - b.containerPort ||
      a.hostPort - b.hostPort,
  );
  return sorted.reduce<Run[]>(join, []).map(format).join(', ');
}

function join(runs: Run[], port: Omit<Run, 'length'>): Run[] {
  const last = runs.at(-1);
  const isNext =
    last !== undefined &&
    last.hostIP === port.hostIP &&
    last.protocol === port.protocol &&
    last.containerPort + last.length === port.containerPort &&
    (port.hostIP === '' || last.hostPort + last.length === port.hostPort);
  return isNext ? [...runs.slice(0, -1), { ...last, length: last.length + 1 }] : [...runs, { ...port, length: 1 }];
}

function format({ hostIP, hostPort, containerPort, protocol, length }: Run): string {
  const range = (first: number) => (length === 1 ? `${first}` : `${first}-${first + length - 1}`);
  const inside = `${range(containerPort)}/${protocol}`;
  if (hostIP === '') return inside;
  return `${hostIP.includes(':') ? `[${hostIP}]` : hostIP}:${range(hostPort)}->${inside}`;
}

/** What is published goes first. */
function compare(a: string, b: string): number {
  if (a === b) return 0;
  if (a === '' || b === '') return a === '' ? 1 : -1;
  return a < b ? -1 : 1;
}
