/** How Go sees the values of a template: what is true, how long, which comes first, and how fmt prints it. */

/** Go's nil slice and nil map: `null` in JSON, `[]` and `map[]` in print. */
export class GoNil {
  readonly #shape: 'list' | 'map';

  constructor(shape: 'list' | 'map') {
    this.#shape = shape;
  }

  toString(): string {
    return this.#shape === 'list' ? '[]' : 'map[]';
  }

  toJSON(): null {
    return null;
  }
}

export type GoMap = Readonly<Record<string, unknown>>;

export function isMap(value: unknown): value is GoMap {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof GoNil);
}

/** A map with whatever keys users give, as `openMap()` makes it: one that it doesn't have is no mistake, and no value. */
export function isOpen(map: GoMap): boolean {
  return Object.getPrototypeOf(map) === null;
}

export function openMap(entries: GoMap): GoMap {
  return Object.assign(Object.create(null), entries);
}

/** False for false, 0, nil and whatever is empty. */
export function isTrue(value: unknown): boolean {
  if (Array.isArray(value)) return value.length > 0;
  if (isMap(value)) return Object.keys(value).length > 0;
  return Boolean(value) && !(value instanceof GoNil);
}

export function lengthOf(value: unknown): number | undefined {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (Array.isArray(value)) return value.length;
  if (value instanceof GoNil) return 0;
  return isMap(value) ? Object.keys(value).length : undefined;
}

/** Keys and values in the order of a range: a map's by its sorted keys. */
export function entriesOf(value: unknown): (readonly [unknown, unknown])[] | undefined {
  if (Array.isArray(value)) return value.map((item, index) => [index, item] as const);
  if (value instanceof GoNil || value === null || value === undefined) return [];
  return isMap(value) ? sortedEntries(value) : undefined;
}

/** Fmt's `%v`: `[a b]`, `map[k:v]`, `<nil>`. */
export function goPrint(value: unknown): string {
  if (value === null || value === undefined) return '<nil>';
  if (Array.isArray(value)) return `[${value.map(goPrint).join(' ')}]`;
  if (!isMap(value)) return String(value);
  return `map[${sortedEntries(value)
    .map(([key, item]) => `${key}:${goPrint(item)}`)
    .join(' ')}]`;
}

function sortedEntries(value: GoMap): [string, unknown][] {
  return Object.entries(value).sort(([left], [right]) => (left < right ? -1 : left > right ? 1 : 0));
}
