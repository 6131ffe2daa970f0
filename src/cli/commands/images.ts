/** `gocker images` */
import type { ImageFilters, ImageSummary } from '../../engine/index.ts';
import { matchReference, parseNamed } from '../../oci/index.ts';
import { defineCommand } from '../command.ts';
import { formatAge, formatTime } from '../format/age.ts';
import { formatListing, type Row } from '../format/listing.ts';
import { formatSize } from '../format/size.ts';
import { shortID } from '../format/text.ts';
import { flagError } from '../usage-error.ts';

export const images = defineCommand({
  name: 'images',
  usage: '[OPTIONS] [REPOSITORY[:TAG]]',
  description: 'List images',
  options: {
    all: { flags: '-a, --all', kind: 'boolean', description: 'Show all images (there are no hidden ones)' },
    digests: { flags: '--digests', kind: 'boolean', description: 'Show digests' },
    filter: {
      flags: '-f, --filter <condition>',
      kind: 'list',
      description: 'Show only images that match: dangling=true|false, reference=PATTERN',
    },
    format: {
      flags: '--format <template>',
      kind: 'text',
      description: 'Print by a Go template, as "json" or as "table TEMPLATE"',
    },
    noTrunc: { flags: '--no-trunc', kind: 'boolean', description: 'Show ids in full' },
    quiet: { flags: '-q, --quiet', kind: 'boolean', description: 'Show ids alone' },
  },
  operands: { least: 0, most: 1 },
  examples: [
    'gocker images',
    "gocker images --filter 'reference=alp*:3.*'",
    "gocker images --format '{{.ID}} {{.Size}}'",
  ],
  async run(flags, [pattern], { engine, stdout, now }) {
    const filters = readFilters(flags.filter);
    const found = await (await engine()).images(filters);
    const shown = pattern === undefined ? found : found.filter((image) => matches(image, pattern));
    const rows = shown.map((image) => rowOf(image, { full: flags.noTrunc, now: now() }));
    const columns = flags.digests ? ['Repository', 'Tag', 'Digest'] : ['Repository', 'Tag'];
    const table = `table ${[...columns, 'ID', 'CreatedSince', 'Size'].map((key) => `{{.${key}}}`).join('\t')}`;
    const format = flags.format ?? (flags.quiet ? '{{.ID}}' : table);
    stdout.write(formatListing({ rows, headers, format, table }));
    return 0;
  },
});

const headers: Row = {
  Repository: 'REPOSITORY',
  Tag: 'TAG',
  Digest: 'DIGEST',
  ID: 'IMAGE ID',
  CreatedSince: 'CREATED',
  CreatedAt: 'CREATED AT',
  Size: 'SIZE',
  VirtualSize: 'VIRTUAL SIZE',
  Containers: 'CONTAINERS',
  SharedSize: 'SHARED SIZE',
  UniqueSize: 'UNIQUE SIZE',
};

function rowOf(image: ImageSummary, { full, now }: { readonly full: boolean; readonly now: number }): Row {
  const size = formatSize(image.size);
  return {
    Containers: 'N/A',
    CreatedAt: formatTime(image.created),
    CreatedSince: formatAge(image.created, now),
    Digest: image.digest ?? '<none>',
    ID: full ? image.id : shortID(image.id),
    Repository: image.repository ?? '<none>',
    SharedSize: 'N/A',
    Size: size,
    Tag: image.tag ?? '<none>',
    UniqueSize: 'N/A',
    VirtualSize: size,
  };
}

/** @throws UsageError */
function readFilters(conditions: readonly string[]): ImageFilters {
  const references: string[] = [];
  let dangling: boolean | undefined;
  for (const condition of conditions) {
    const [key, value] = splitOnce(condition, '=');
    if (key === 'reference' && value !== undefined) references.push(value);
    else if (key === 'dangling' && /^(?:true|1|false|0)$/.test(value ?? ''))
      dangling = value === 'true' || value === '1';
    else
      throw flagError(
        'images',
        `invalid filter ${JSON.stringify(condition)} (expected dangling=true|false or reference=PATTERN)`,
      );
  }
  return { ...(dangling === undefined ? {} : { dangling }), ...(references.length === 0 ? {} : { references }) };
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function matches({ repository, tag }: ImageSummary, pattern: string): boolean {
  if (repository === undefined) return false;
  return matchReference(pattern, parseNamed(tag === undefined ? repository : `${repository}:${tag}`));
}
