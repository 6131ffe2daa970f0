/**
 * A JSON document under check: untrusted bytes become checked values here, once, and an error names the place in the
 * document. Only what a parser asks for is read, so that unknown fields never enter; how deep it reads is fixed by the code.
 */
import { GockerError } from '../errors/index.ts';

/** A value within a document, with the path that leads to it. `null` counts as absent, since Go writes it for nil. */
export class JsonValue {
  readonly #document: string;
  readonly #path: string;
  readonly #value: unknown;

  private constructor(document: string, path: string, value: unknown) {
    this.#document = document;
    this.#path = path;
    this.#value = value;
  }

  /**
   * @param document what it is, for errors: `image manifest`
   * @throws GockerError `DOCUMENT_INVALID` where the bytes are not UTF-8 (RFC 8259 §8.1) or not a JSON object
   */
  static parse(document: string, bytes: Uint8Array | string): JsonValue {
    let value: unknown;
    try {
      // ignoreBOM keeps a byte order mark in the text, where JSON.parse refuses it.
      const text = typeof bytes === 'string' ? bytes : decoder.decode(bytes);
      value = JSON.parse(text);
    } catch (cause) {
      throw new GockerError('DOCUMENT_INVALID', `cannot parse ${document}: not JSON (expected a JSON object)`, {
        cause,
      });
    }
    const root = new JsonValue(document, '', value);
    root.#object();
    return root;
  }

  get present(): boolean {
    return this.#value !== undefined && this.#value !== null;
  }

  /** The member of that name; absent where the object does not have it itself (`__proto__` is a name like others). */
  field(key: string): JsonValue {
    const object = this.#object();
    const value = Object.hasOwn(object, key) ? object[key] : undefined;
    return new JsonValue(this.#document, this.#path === '' ? key : `${this.#path}.${key}`, value);
  }

  /** `{ [key]: read(member) }`, or `{}` where the member is absent: to be spread into a result. */
  optional<K extends string, T>(key: K, read: (value: JsonValue) => T): Partial<Record<K, T>> {
    const value = this.field(key);
    const result: Partial<Record<K, T>> = {};
    if (value.present) result[key] = read(value);
    return result;
  }

  string(): string {
    return typeof this.#value === 'string' ? this.#value : this.refuse('a string');
  }

  boolean(): boolean {
    return typeof this.#value === 'boolean' ? this.#value : this.refuse('true or false');
  }

  /** A whole number from `least` that a double holds exactly. */
  integer(least = 0): number {
    const value = this.#value;
    if (typeof value === 'number' && Number.isSafeInteger(value) && value >= least) return value;
    return this.refuse(`a whole number from ${least} to 2^53-1`);
  }

  /** A whole number below 2^64; one that a double can't hold stands as a string of its digits. */
  unsigned(): number | bigint {
    const value = this.#value;
    if (typeof value !== 'string') return this.integer();
    return /^\d{16,20}$/.test(value) && BigInt(value) < 2n ** 64n ? BigInt(value) : this.refuse('a number below 2^64');
  }

  list<T>(read: (item: JsonValue) => T): T[] {
    if (!Array.isArray(this.#value)) return this.refuse('an array');
    return this.#value.map((item, index) => read(new JsonValue(this.#document, `${this.#path}[${index}]`, item)));
  }

  record<T>(read: (value: JsonValue) => T): Record<string, T> {
    return Object.fromEntries(Object.keys(this.#object()).map((key) => [key, read(this.field(key))]));
  }

  /** @throws GockerError `DOCUMENT_INVALID`, naming the place, what is there and what should be */
  refuse(expected: string): never {
    const found = this.present ? describe(this.#value) : 'missing';
    const place = this.#path === '' ? 'it' : `"${this.#path}"`;
    throw new GockerError(
      'DOCUMENT_INVALID',
      `cannot parse ${this.#document}: ${place} is ${found} (expected ${expected})`,
    );
  }

  #object(): Record<string, unknown> {
    const value = this.#value;
    if (typeof value === 'object' && value !== null && !Array.isArray(value)) return value as Record<string, unknown>;
    return this.refuse('an object');
  }
}

/** Never the whole of an object: it is hostile, as deep as its sender likes. */
function describe(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object') return 'an object';
  return JSON.stringify(typeof value === 'string' ? value.slice(0, 80) : value);
}

const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

/** A document that JsonValue.unsigned() reads again: JSON has no numbers that a double can't hold, so these are strings. */
export function formatJson(value: unknown): string {
  return JSON.stringify(value, (_, member: unknown) => (typeof member === 'bigint' ? `${member}` : member));
}
