/**
 * The keys that leave a container's terminal and let it run on:
 *
 *   keys ::= key ("," key)*
 *   key  ::= any one ASCII character | "ctrl-" ("a" … "z" | "@" | "[" | "\" | "]" | "^" | "_")
 */
import { flagError } from '../usage-error.ts';

export const defaultDetachKeys = 'ctrl-p,ctrl-q';

/** @throws UsageError */
export function parseDetachKeys(text: string, command: string): Buffer {
  const bytes = text.split(',').map(byteOf);
  if (bytes.every((byte) => byte !== undefined)) return Buffer.from(bytes);
  const message = `invalid argument ${JSON.stringify(text)} for "--detach-keys" flag`;
  throw flagError(command, `${message} (expected keys such as "a", "ctrl-p" or "ctrl-p,ctrl-q")`);
}

function byteOf(key: string): number | undefined {
  const code = key.charCodeAt(0);
  if (key.length === 1) return code < 128 ? code : undefined;
  const [, letter] = /^ctrl-([a-z@[\\\]^_])$/i.exec(key) ?? [];
  // ASCII: a control character is its letter without the two highest bits.
  return letter === undefined ? undefined : letter.toUpperCase().charCodeAt(0) & 0x1f;
}

/** Finds the keys in what is typed, however it comes in pieces. What may be their beginning is held back until it is known. */
export class DetachScanner {
  readonly #keys: Buffer;
  #held = 0;

  constructor(keys: Buffer) {
    this.#keys = keys;
  }

  /** @returns what goes on to the container, and whether the keys were complete: what follows them is nobody's */
  scan(typed: Uint8Array): { readonly passed: Buffer; readonly detached: boolean } {
    const passed: number[] = [];
    for (const byte of typed) {
      while (this.#held > 0 && this.#keys[this.#held] !== byte) passed.push(...this.#giveUp());
      if (this.#keys[this.#held] === byte) this.#held += 1;
      else passed.push(byte);
      if (this.#held === this.#keys.length) return { passed: Buffer.from(passed), detached: true };
    }
    return { passed: Buffer.from(passed), detached: false };
  }

  /** The least of what is held that can't begin the keys any more: its rest still may. */
  #giveUp(): Buffer {
    const held = this.#keys.subarray(0, this.#held);
    do this.#held -= 1;
    while (this.#held > 0 && !held.subarray(held.length - this.#held).equals(this.#keys.subarray(0, this.#held)));
    return held.subarray(0, held.length - this.#held);
  }
}
