/**
 * One line of comma-separated values as Go's encoding/csv reads it (RFC 4180 with `""` for a quote):
 *
 *   record ::= field {"," field}
 *   field  ::= text without quotes | '"' {any but '"' | '""'} '"'
 */

/** Why it can't be read, in Go's words. */
export class CsvError extends Error {}

/** @throws CsvError */
export function parseCsvRecord(line: string): string[] {
  if (line === '') throw new CsvError('EOF');
  const fields: string[] = [];
  for (let at = 0; ; at++) {
    const { field, end } = line[at] === '"' ? readQuoted(line, at) : readPlain(line, at);
    fields.push(field);
    if (end >= line.length) return fields;
    at = end;
  }
}

interface Field {
  readonly field: string;
  /** Where its comma is, or the end. */
  readonly end: number;
}

function readPlain(line: string, start: number): Field {
  const comma = line.indexOf(',', start);
  const end = comma < 0 ? line.length : comma;
  const field = line.slice(start, end);
  const quote = field.indexOf('"');
  if (quote >= 0) throw new CsvError(`parse error on line 1, column ${start + quote + 1}: bare " in non-quoted field`);
  return { field, end };
}

function readQuoted(line: string, start: number): Field {
  const quoted = /"((?:[^"]|"")*)"/y;
  quoted.lastIndex = start;
  const found = quoted.exec(line);
  const end = found === null ? line.length : quoted.lastIndex;
  if (found === null || (end < line.length && line[end] !== ',')) {
    throw new CsvError(`parse error on line 1, column ${end + 1}: extraneous or missing " in quoted-field`);
  }
  return { field: (found[1] ?? '').replaceAll('""', '"'), end };
}
