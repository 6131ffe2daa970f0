/** Columns as Go's text/tabwriter sets them for docker: three spaces between, none narrower than ten, the last one free. */

const GUTTER = 3;
const NARROWEST = 10;

/** @param text lines whose cells end with a tab @returns the same with spaces */
export function alignColumns(text: string): string {
  const rows = text.split('\n').map((line) => line.split('\t'));
  const widths: number[] = [];
  for (const cells of rows) {
    for (const [column, cell] of cells.slice(0, -1).entries()) {
      widths[column] = Math.max(widths[column] ?? NARROWEST, [...cell].length + GUTTER);
    }
  }
  const align = (cell: string, column: number, cells: readonly string[]) =>
    column === cells.length - 1 ? cell : cell + ' '.repeat((widths[column] ?? 0) - [...cell].length);
  return rows.map((cells) => cells.map(align).join('')).join('\n');
}
