/** What `system df -v` tells of each image, container and volume. */
import type { DiskUsage, ImageUsage, VolumeUsage } from '../../engine/index.ts';
import { formatAge, formatTime } from './age.ts';
import { containerHeaders, containerRow } from './container-row.ts';
import { formatListing, type Row } from './listing.ts';
import { formatSize } from './size.ts';
import { shortID, visible } from './text.ts';

export function usageTables(usage: DiskUsage, now: number): string {
  const { images, containers, volumes } = usage;
  const short = { full: false, now };
  return [
    `Images space usage:\n\n${tableOf(
      imageColumns,
      images.map((image) => imageRow(image, short)),
    )}`,
    `Containers space usage:\n\n${tableOf(
      containerColumns,
      containers.map((container) => containerRow(withoutBase(container), short)),
    )}`,
    `Local Volumes space usage:\n\n${tableOf(volumeColumns, volumes.map(volumeRow))}`,
    `Build cache usage: 0B\n\n${tableOf(cacheColumns, [])}`,
  ].join('\n');
}

/** For JSON and templates: docker's keys, ids in full. */
export function usageDetails({ images, containers, volumes }: DiskUsage, now: number): object {
  const full = { full: true, now };
  return {
    Images: images.map((image) => imageRow(image, full)),
    Containers: containers.map((container) => containerRow(withoutBase(container), full)),
    Volumes: volumes.map(volumeRow),
    BuildCache: [],
  };
}

type Columns = readonly (readonly [field: string, header: string])[];

const imageColumns: Columns = [
  ['Repository', 'REPOSITORY'],
  ['Tag', 'TAG'],
  ['ID', 'IMAGE ID'],
  ['CreatedSince', 'CREATED'],
  ['Size', 'SIZE'],
  ['SharedSize', 'SHARED SIZE'],
  ['UniqueSize', 'UNIQUE SIZE'],
  ['Containers', 'CONTAINERS'],
];
const containerColumns: Columns = [
  'ID',
  'Image',
  'Command',
  'LocalVolumes',
  'Size',
  'RunningFor',
  'Status',
  'Names',
].map((field) => [field, `${containerHeaders[field]}`]);
const volumeColumns: Columns = [
  ['Name', 'VOLUME NAME'],
  ['Links', 'LINKS'],
  ['Size', 'SIZE'],
];
const cacheColumns: Columns = ['CACHE ID', 'CACHE TYPE', 'SIZE', 'CREATED', 'LAST USED', 'USAGE', 'SHARED'].map(
  (header) => [header.replaceAll(' ', ''), header],
);

function tableOf(columns: Columns, rows: readonly Row[]): string {
  const table = `table ${columns.map(([field]) => `{{.${field}}}`).join('\t')}`;
  return formatListing({ rows, headers: Object.fromEntries(columns), table, format: table });
}

function imageRow(image: ImageUsage, { full, now }: { readonly full: boolean; readonly now: number }): Row {
  const { created, digest, id, repository, sharedSize, size, tag } = image;
  return {
    Containers: `${image.containers}`,
    CreatedAt: formatTime(created),
    CreatedSince: formatAge(created, now),
    Digest: digest ?? '',
    ID: full ? id : shortID(id),
    Repository: repository ?? '<none>',
    SharedSize: formatSize(sharedSize, 4),
    Size: formatSize(size),
    Tag: tag ?? '<none>',
    UniqueSize: formatSize(size - sharedSize, 4),
    VirtualSize: formatSize(size, 4),
  };
}

function volumeRow({ Driver, Labels, Mountpoint, Name, Scope, links, size }: VolumeUsage): Row {
  return {
    Availability: 'N/A',
    Driver,
    Group: 'N/A',
    Labels: Object.entries(Labels ?? {})
      .map(([name, value]) => visible(`${name}=${value}`))
      .join(','),
    Links: `${links}`,
    Mountpoint,
    Name,
    Scope,
    Size: formatSize(size, 4),
    Status: 'N/A',
  };
}

/** What a container stands on is told of its image. */
function withoutBase<T extends { readonly sizeRootFs?: number }>(container: T): Omit<T, 'sizeRootFs'> {
  const { sizeRootFs: _, ...rest } = container;
  return rest;
}
