/** One HTTP request and its answer, free of undici's types: what the folder's other files speak of. */

export type HttpHeaders = Readonly<Record<string, string | string[] | undefined>>;

export interface HttpRequest {
  readonly method: 'GET' | 'HEAD' | 'POST';
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Take any certificate. Plain HTTP is refused without it. */
  readonly insecure: boolean;
  readonly signal: AbortSignal | undefined;
}

export interface HttpResponse {
  /** Of the request that was answered: the last one, where there were redirects. */
  readonly request: HttpRequest;
  readonly status: number;
  readonly headers: HttpHeaders;
  /** To be read to its end, or destroyed: the connection waits for it. Its failures are `RegistryError`s. */
  readonly body: ResponseBody;
}

export interface ResponseBody extends AsyncIterable<Uint8Array> {
  /** Gives up on what is left, and on its connection unless little is left. */
  discard(): void;
}

/** The first of several headers with one name. */
export function firstHeader(headers: HttpHeaders, name: string): string | undefined {
  return [headers[name]].flat()[0];
}

/** Media type of the body in lower case, without parameters. */
export function contentType(headers: HttpHeaders): string | undefined {
  return firstHeader(headers, 'content-type')?.split(';')[0]?.trim().toLowerCase();
}

/** @returns undefined where the length is not told or makes no sense */
export function contentLength(headers: HttpHeaders): number | undefined {
  const text = firstHeader(headers, 'content-length') ?? '';
  return /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

/** @returns the whole body, or undefined where it is longer than `limit` bytes (and is discarded) */
export async function readBody(response: HttpResponse, limit: number): Promise<Buffer | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  if ((contentLength(response.headers) ?? 0) <= limit) {
    for await (const chunk of response.body) {
      length += chunk.length;
      if (length > limit) break;
      chunks.push(chunk);
    }
    if (length <= limit) return Buffer.concat(chunks);
  }
  response.body.discard();
  return undefined;
}
