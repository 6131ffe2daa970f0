/** Flags that were given. */
export function present<T extends Readonly<Record<string, string | undefined>>>(texts: T): { [K in keyof T]?: string } {
  const given = Object.entries(texts).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]?: string };
}

/** Lists that something is in. */
export function listed<T extends Readonly<Record<string, readonly string[]>>>(lists: T): { [K in keyof T]?: T[K] } {
  const given = Object.entries(lists).filter(([, list]) => list.length > 0);
  return Object.fromEntries(given) as { [K in keyof T]?: T[K] };
}
