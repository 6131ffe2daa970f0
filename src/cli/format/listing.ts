/** Lists as docker prints them: a table by default, and `--format json`, `--format 'table {{…}}'`, `--format '{{…}}'`. */
import { Template } from '../template/template.ts';
import { alignColumns } from './columns.ts';

/** A row's fields by the names that templates use; `{{.Label "x"}}` calls one. */
export type Row = Readonly<Record<string, string | ((argument: string) => string)>>;

export interface Listing {
  readonly rows: readonly Row[];
  /** What stands above a field in a table. */
  readonly headers: Row;
  /** A template; after `table ` the columns of a table. */
  readonly format: string;
  /** For `--format table`. */
  readonly table: string;
}

/** @throws GockerError where the template is wrong */
export function formatListing({ rows, headers, format, table }: Listing): string {
  if (format === 'json') return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
  const chosen = format === 'table' ? table : format;
  const isTable = chosen.startsWith('table ');
  const template = new Template(unescapeFormat(isTable ? chosen.slice('table '.length) : chosen));
  const lines = (isTable ? [headers, ...rows] : rows).map((row) => `${template.execute(row)}\n`);
  return isTable ? alignColumns(lines.join('')) : lines.join('');
}

/** Shells hand `\t` over as two characters. */
function unescapeFormat(format: string): string {
  return format.replaceAll('\\t', '\t').replaceAll('\\n', '\n');
}
