/** Which ids of the host a container may have for its own. Pure. */
import type { IDRange } from './user-mode.ts';

/**
 * Above what distributions give to users (/etc/subuid) and systemd-nspawn to its containers, and below what the runtime spec
 * knows: nobody's, in 4094 times the usual size.
 */
export const defaultPool: readonly IDRange[] = [{ start: 1_879_048_192, size: 268_304_384 }];

/**
 * The lines of subuid(5) and subgid(5) for the user "containers", as podman takes them, where both have the id; undefined
 * where there are none.
 */
export function poolIn(subuid: string, subgid: string): IDRange[] | undefined {
  const users = rangesOf(subuid);
  const groups = rangesOf(subgid);
  if (users.length === 0 && groups.length === 0) return undefined;
  return users.flatMap((one) => groups.flatMap((other) => overlapOf(one, other) ?? []));
}

/**
 * @param skip how many free ranges to leave out: who has met another that chose the same goes elsewhere
 * @returns undefined where no range of that size is free
 */
export function freeRange(
  pool: readonly IDRange[],
  taken: readonly IDRange[],
  { size, skip }: { readonly size: number; readonly skip: number },
): IDRange | undefined {
  let last: IDRange | undefined;
  let left = skip;
  for (const gap of gapsOf(pool, taken)) {
    const count = Math.floor(gap.size / size);
    if (left < count) return { start: gap.start + left * size, size };
    if (count > 0) last = { start: gap.start + (count - 1) * size, size };
    left -= count;
  }
  return last;
}

export function overlapOf(one: IDRange, other: IDRange): IDRange | undefined {
  const start = Math.max(one.start, other.start);
  const end = Math.min(one.start + one.size, other.start + other.size);
  return end > start ? { start, size: end - start } : undefined;
}

function gapsOf(pool: readonly IDRange[], taken: readonly IDRange[]): IDRange[] {
  const ordered = [...taken].sort((a, b) => a.start - b.start);
  return pool.flatMap(({ start, size }) => {
    const gaps: IDRange[] = [];
    let from = start;
    for (const range of ordered) {
      if (overlapOf({ start: from, size: start + size - from }, range) === undefined) continue;
      if (range.start > from) gaps.push({ start: from, size: range.start - from });
      from = Math.max(from, range.start + range.size);
    }
    return from < start + size ? [...gaps, { start: from, size: start + size - from }] : gaps;
  });
}

function rangesOf(text: string): IDRange[] {
  return text.split('\n').flatMap((line) => {
    const [, start, size] = /^containers:(\d+):(\d+)$/.exec(line.trim()) ?? [];
    return start === undefined ? [] : [{ start: Number(start), size: Number(size) }];
  });
}
