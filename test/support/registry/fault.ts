/** The ways in which the test registry can misbehave, as data; all faults that match a request are laid over one another. */
import type { Digest } from '../../../src/oci/index.ts';

/** What a request is for. */
export type Target = 'ping' | 'manifest' | 'blob' | 'tags' | 'token' | 'unknown';

export interface Fault {
  /** Which requests: all where nothing is said, save `ping` and `token`, which are met only by name. */
  readonly on?: Target;
  readonly method?: 'GET' | 'HEAD' | 'POST';
  /** Of the blob or manifest asked for. */
  readonly digest?: Digest;
  /** How many requests meet it; without end unless given. */
  readonly times?: number;

  /** Answer this status, with `body` (or none), in place of what was asked for. */
  readonly status?: number;
  /** Headers to set, or to leave out where undefined. */
  readonly headers?: Readonly<Record<string, string | undefined>>;
  /** Another body than the right one. */
  readonly body?: string | Buffer;
  /** 307 to this place; the path asked for is put at its end where it ends in `*`. */
  readonly redirect?: string;
  /** No answer at all. */
  readonly hang?: true;
  /** After so many bytes of the body: a reset connection. */
  readonly resetAfter?: number;
  /** After so many bytes of the body: an orderly end of the connection, long before Content-Length. */
  readonly truncateAfter?: number;
  /** After so many bytes of the body: silence. */
  readonly stallAfter?: number;
  /** So many bytes more than there are, in Content-Length too. */
  readonly extra?: number;
  /** Only so many bytes of the body, and Content-Length agrees. */
  readonly short?: number;
  /** One bit of this byte of the blob is wrong. */
  readonly corruptAt?: number;
  /** A few bytes at a time. */
  readonly drip?: { readonly bytes: number; readonly everyMs: number };
  /** 200 and the whole body, whatever range was asked for. */
  readonly ignoreRange?: true;
  /** No Content-Length: the body in chunks. */
  readonly chunked?: true;
}

interface Request {
  readonly target: Target;
  readonly method: string;
  readonly digest?: Digest | undefined;
}

/** The faults in force and how often each still applies. */
export class FaultScript {
  #rules: { readonly fault: Fault; left: number }[] = [];

  add(fault: Fault): void {
    this.#rules.push({ fault, left: fault.times ?? Number.POSITIVE_INFINITY });
  }

  clear(): void {
    this.#rules = [];
  }

  /** Takes the faults that this request meets, laid over one another, later ones on top. */
  take(request: Request): Fault {
    let merged: Fault = {};
    for (const rule of this.#rules) {
      if (rule.left <= 0 || !matches(rule.fault, request)) continue;
      rule.left--;
      merged = { ...merged, ...rule.fault, headers: { ...merged.headers, ...rule.fault.headers } };
    }
    return merged;
  }
}

function matches(fault: Fault, request: Request): boolean {
  if (fault.on === undefined ? request.target === 'ping' || request.target === 'token' : fault.on !== request.target)
    return false;
  if (fault.method !== undefined && fault.method !== request.method) return false;
  return fault.digest === undefined || fault.digest === request.digest;
}
