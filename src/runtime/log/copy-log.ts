/** A log's output on descriptors: bytes as they are. */

import { writeAll } from '../launch/output.ts';
import type { OutputDescriptors } from '../launch/stdio.ts';
import type { LogRecord } from './record-scanner.ts';

/** Resolves at the log's end. An output that nobody reads any more gets nothing further, and the other goes on. */
export async function copyLog(
  batches: AsyncIterable<readonly LogRecord[]>,
  descriptors: OutputDescriptors,
): Promise<void> {
  const open = new Set<string>(['stdout', 'stderr']);
  for await (const records of batches) {
    for (const row of rowsOf(records)) {
      const [{ stream }] = row;
      if (stream === 'lost' || !open.has(stream)) continue;
      const bytes = row.length === 1 ? row[0].bytes : Buffer.concat(row.map((record) => record.bytes));
      if (!(await writeAll(descriptors[stream], bytes))) open.delete(stream);
    }
    if (open.size === 0) return;
  }
}

/** Records of one stream that follow one another are written at once. */
function rowsOf(records: readonly LogRecord[]): [LogRecord, ...LogRecord[]][] {
  const rows: [LogRecord, ...LogRecord[]][] = [];
  for (const record of records) {
    const last = rows.at(-1);
    if (last?.[0].stream === record.stream) last.push(record);
    else rows.push([record]);
  }
  return rows;
}
