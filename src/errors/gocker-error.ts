/**
 * The one error base of gocker. Every failure that a user can meet is one of these: it names what was tried, what is, and
 * what should be; the cure, where there is one, is a sentence of its own.
 */
export interface GockerErrorOptions {
  /** One sentence that cures, shown on a line of its own. */
  readonly hint?: string | undefined;
  /** The error that led to this one; kept whole, never flattened into the message. */
  readonly cause?: unknown;
}

export class GockerError extends Error {
  /** What went wrong, for programs: upper-case words, e.g. `IMAGE_NOT_FOUND`. Stable between releases. */
  readonly code: string;
  readonly hint: string | undefined;

  /**
   * @param message `cannot <verb> <object>: <what is> (expected <what should be>)`: lowercase, strings in double quotes,
   *   no final period, secrets already redacted
   */
  constructor(code: string, message: string, options: GockerErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.hint = options.hint;
  }
}
