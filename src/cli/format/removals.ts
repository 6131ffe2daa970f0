/** What prunes tell of what is gone. */
import type { ImageRemoval } from '../../engine/index.ts';

/** A heading, a line for each and an empty one; nothing where there is nothing. */
export function formatDeleted(what: string, lines: readonly string[]): string {
  return lines.length === 0 ? '' : `Deleted ${what}:\n${lines.map((line) => `${line}\n`).join('')}\n`;
}

export function formatRemovals(removals: readonly ImageRemoval[]): string {
  const lines = removals.map((line) =>
    line.kind === 'untagged' ? `untagged: ${line.reference}` : `deleted: ${line.digest}`,
  );
  return formatDeleted('Images', lines);
}
