/** A container as a row of a table: docker's fields, by the names that templates use. */
import type { ContainerSummary } from '../../engine/index.ts';
import { formatAge, formatTime } from './age.ts';
import type { Row } from './listing.ts';
import { formatPorts } from './ports.ts';
import { formatSize } from './size.ts';
import { ellipsis, shortID, visible } from './text.ts';

/** Characters of a command, and of the name of a mount, that a table shows. */
const COMMAND_WIDTH = 20;
const MOUNT_WIDTH = 15;

export const containerHeaders: Row = {
  ID: 'CONTAINER ID',
  Image: 'IMAGE',
  Command: 'COMMAND',
  CreatedAt: 'CREATED AT',
  CreatedSince: 'CREATED',
  RunningFor: 'CREATED',
  State: 'STATE',
  Status: 'STATUS',
  Names: 'NAMES',
  Label: (name) => name.replace(/^.*\./, '').replace(/[-_]/g, ' '),
  Labels: 'LABELS',
  LocalVolumes: 'LOCAL VOLUMES',
  Mounts: 'MOUNTS',
  Networks: 'NETWORKS',
  Ports: 'PORTS',
  Size: 'SIZE',
};

export function containerRow(
  container: ContainerSummary,
  { full, now }: { readonly full: boolean; readonly now: number },
): Row {
  const command = visible(container.command.map(quoteArgument).join(' '));
  const { labels, mounts } = container;
  const names = mounts.map(({ source }) => (full ? source : ellipsis(source, MOUNT_WIDTH)));
  return {
    Command: JSON.stringify(full ? command : ellipsis(command, COMMAND_WIDTH)),
    // Names of zones take long: only where one is wanted.
    get CreatedAt() {
      return formatTime(container.created);
    },
    CreatedSince: formatAge(container.created, now),
    ID: full ? container.id : shortID(container.id),
    Image: container.image,
    Label: (name) => visible(labels[name] ?? ''),
    Labels: Object.entries(labels)
      .map(([name, value]) => visible(`${name}=${value}`))
      .join(','),
    LocalVolumes: `${mounts.filter(({ type }) => type === 'volume').length}`,
    Mounts: names.map(visible).join(','),
    Names: container.name,
    Networks: container.networks.join(','),
    Ports: formatPorts(container),
    RunningFor: formatAge(container.created, now),
    Size: describeSize(container),
    State: container.status,
    Status: describeStatus(container, now),
  };
}

/** `Up 5 minutes (healthy)`, `Exited (137) 2 hours ago`, `Created` */
export function describeStatus(container: ContainerSummary, now: number): string {
  const { status, started, finished, exitCode = '?', health } = container;
  const up = `Up ${formatAge(started, now).replace(/ ago$/, '')}`;
  switch (status) {
    case 'created':
      return 'Created';
    case 'running':
      if (health === undefined) return up;
      return `${up} (${health === 'starting' ? 'health: starting' : health})`;
    case 'paused':
      return `${up} (Paused)`;
    case 'restarting':
      return `Restarting (${exitCode}) ${formatAge(finished, now)}`;
    case 'removing':
      return 'Removal In Progress';
    case 'dead':
      return 'Dead';
    case 'exited':
      return `Exited (${exitCode}) ${formatAge(finished, now)}`;
  }
}

/** `3.15MB (virtual 10.9MB)`; docker says nothing of the rest where it was not counted. */
function describeSize({ sizeRw = 0, sizeRootFs = 0 }: ContainerSummary): string {
  return sizeRootFs > 0 ? `${formatSize(sizeRw)} (virtual ${formatSize(sizeRootFs)})` : formatSize(sizeRw);
}

function quoteArgument(argument: string, index: number): string {
  return index > 0 && argument.includes(' ') ? `'${argument}'` : argument;
}
