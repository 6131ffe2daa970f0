/** Flags that were given. */
export function present<T extends Readonly<Record<string, string | undefined>>>(texts: T): { [K in keyof T]?: string } {
  const given = Object.entries(texts).filter(([, value]) => value !== undefined);
  return Object.fromEntries(given) as { [K in keyof T]?: string };
}
