/**
 * Tar in, entries out, in the order of the archive. tar-stream frames the archive: where each entry begins and ends, and
 * checksums. What the headers say is read again from the same bytes by `parseEntry`, since tar-stream destroys binary
 * attributes and names that are not UTF-8, and takes numbers that it cannot read for others.
 *
 * An archive ends at two blocks of zeros, or where the stream does: what follows is not read, as in tar(1), docker and
 * umoci. It is still part of the diffID.
 */
import { type ExtractEvents, extract } from 'tar-stream';
import { ByteWindow } from '../byte-window.ts';
import { contentRefused, headersTooLong, malformed, notTar, sizeDisputed, truncated } from './archive-faults.ts';
import { parseEntry } from './parse-entry.ts';
import type { TarEntry } from './tar-entry.ts';

/** What is called with each entry. Whoever returns a promise holds the archive up until it is resolved. */
export interface EntryHandler {
  begin(entry: TarEntry): void | Promise<void>;
  /** Content of a file; not kept beyond the call. */
  content(bytes: Uint8Array): void;
  end(): void;
}

/** What is taken from tar-stream's own reading of a header. */
interface Framing {
  readonly size: number;
  /** Where the content begins, in bytes from the start of the archive. */
  readonly byteOffset?: number;
}

const BLOCK = 512;
const ENTRIES_A_STACK = 64;
/** Of all headers of one entry together: several times what the longest name and attributes that Linux takes amount to. */
const LONGEST_HEADERS = 8 << 20;

type Extract = ReturnType<typeof extract>;
type Content = ExtractEvents['entry'][1];
type Next = ExtractEvents['entry'][2];

/**
 * Names are byte strings; V7 had no magic. The mark makes each write wait until its entries were handled, however small the
 * chunk: else the end could come while an entry still waits for the layers below. Options that tar-stream's types leave out.
 */
const options: object = { filenameEncoding: 'latin1', allowUnknownFormat: true, highWaterMark: 1 };

export class TarReader {
  readonly #handler: EntryHandler;
  readonly #extract: Extract;
  readonly #window = new ByteWindow();
  #ended = false;
  #entries = 0;
  #failure: { readonly error: unknown } | undefined;

  constructor(handler: EntryHandler) {
    this.#handler = handler;
    this.#extract = extract(options);
    this.#extract.on('entry', (header, content, next) => this.#onEntry(header, content, next));
    this.#extract.on('error', (error) => this.#onError(error));
  }

  /** Entries begun so far. */
  get entries(): number {
    return this.#entries;
  }

  /**
   * Resolves when the chunk's entries have been handled.
   *
   * @throws GockerError `LAYER_NOT_TAR`, `LAYER_MALFORMED`, `LAYER_UNSUPPORTED`, and whatever the handler throws
   */
  async write(chunk: Buffer): Promise<void> {
    if (this.#ended) return;
    // Then the chunk begins with the content of a file, and what is kept of it stands behind that.
    const withinContent = this.#window.start > this.#window.end;
    this.#window.push(chunk);
    if (!withinContent && this.#endsHere()) return;
    if (this.#window.end - this.#window.start > LONGEST_HEADERS + chunk.length)
      throw headersTooLong(this.#entries, LONGEST_HEADERS);
    if (!this.#extract.write(chunk)) await this.#settled('drain');
    this.#check();
  }

  /**
   * Says that the stream has ended.
   *
   * @throws GockerError `LAYER_MALFORMED` where an entry is cut off
   */
  async end(): Promise<void> {
    if (this.#ended || this.#endsHere()) return;
    const rest = this.#window.peek(BLOCK);
    this.#extract.end(null);
    await this.#settled('finish');
    this.#check();
    if (this.#window.start > this.#window.end || !isZero(rest)) throw truncated();
  }

  /** Lets go of tar-stream's buffers; nothing is handled afterwards. */
  destroy(): void {
    this.#ended = true;
    this.#extract.destroy();
  }

  #onEntry(header: Framing, content: Content, next: Next): void {
    // It fails when the archive does, which `onError` tells.
    content.on('error', () => {});
    this.#attempt(() => {
      if (this.#ended || this.#endsHere()) return;
      const contentOffset = header.byteOffset ?? Number.NaN;
      const entry = parseEntry(this.#window.peek(contentOffset - this.#window.start));
      if (entry.size !== header.size) throw sizeDisputed(entry, header.size);
      if (entry.kind !== 'file' && entry.size !== 0) throw contentRefused(entry);
      this.#window.dropBefore(contentOffset + Math.ceil(entry.size / BLOCK) * BLOCK);
      this.#entries++;
      const pending = this.#handler.begin(entry);
      if (pending === undefined) this.#readContent(entry, content, next);
      else
        pending.then(
          () => this.#attempt(() => this.#readContent(entry, content, next)),
          (error) => this.#fail(error),
        );
    });
  }

  #readContent(entry: TarEntry, content: Content, next: Next): void {
    if (entry.size === 0) {
      content.resume();
      this.#handler.end();
      // tar-stream reads the next header within next(): of a row of links each would stand on the stack of the one before.
      if (this.#entries % ENTRIES_A_STACK === 0) queueMicrotask(next);
      else next();
      return;
    }
    content.on('data', (bytes) => this.#attempt(() => this.#handler.content(bytes as Uint8Array)));
    content.on('end', () =>
      this.#attempt(() => {
        this.#handler.end();
        next();
      }),
    );
  }

  /** Events of streams have nobody to throw to. */
  #attempt(step: () => void): void {
    if (this.#failure !== undefined) return;
    try {
      step();
    } catch (error) {
      this.#fail(error);
    }
  }

  #fail(error: unknown): void {
    this.#failure ??= { error };
    this.#extract.destroy();
  }

  /** Behind the end of the archive, where tar-stream reads on, anything may stand. */
  #onError(error: Error): void {
    if (this.#failure !== undefined || this.#ended || this.#endsHere()) return;
    const atStart = this.#entries === 0;
    if (/unexpected end/i.test(error.message)) this.#failure = { error: truncated(error) };
    else if (atStart && /^invalid tar header/i.test(error.message)) this.#failure = { error: notTar(error) };
    else this.#failure = { error: malformed(this.#entries, error) };
  }

  #endsHere(): boolean {
    const first = this.#window.peek(2 * BLOCK);
    if (first.length < 2 * BLOCK || !isZero(first)) return false;
    this.destroy();
    return true;
  }

  #settled(event: 'drain' | 'finish'): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        this.#extract.off(event, done);
        this.#extract.off('close', done);
        resolve();
      };
      this.#extract.on(event, done);
      this.#extract.on('close', done);
    });
  }

  #check(): void {
    if (this.#failure !== undefined) throw this.#failure.error;
  }
}

function isZero(bytes: Buffer): boolean {
  return bytes.every((byte) => byte === 0);
}
