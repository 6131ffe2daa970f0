/** A blob from one endpoint, healing itself: whatever breaks, the stream goes on where it was. */
import type { Descriptor } from '../oci/index.ts';
import { parseContentRange } from './content-range.ts';
import type { Endpoint } from './endpoint.ts';
import { contentLength, firstHeader, type HttpResponse } from './exchange.ts';
import { printUrl } from './redact.ts';
import { RegistryError, type RegistryErrorCode } from './registry-error.ts';
import { pause, retryDelay } from './retry.ts';
import type { Transport } from './transport.ts';

export interface BlobRequest {
  readonly descriptor: Descriptor;
  /** How many bytes of it are here already. */
  readonly offset: number;
  readonly signal: AbortSignal | undefined;
  /** @param offset where the stream will go on */
  readonly onResume: (error: RegistryError, delayMs: number, offset: number) => void;
}

/**
 * The bytes from `offset` to the end: never more than descriptor.size says, nor silently fewer. Their digest is not checked here.
 * Tries again, by Range, as long as there is progress; without progress as often as the retry policy says.
 *
 * @throws RegistryError `BLOB_TOO_LONG`, `BLOB_TOO_SHORT`, `BLOB_NOT_FOUND`, `REGISTRY_CONNECTION_LOST` …
 */
export async function* streamBlob(
  transport: Transport,
  endpoint: Endpoint,
  { descriptor, offset, signal, onResume }: BlobRequest,
): AsyncGenerator<Uint8Array> {
  let at = offset;
  let failures = 0;
  let whole = false;
  while (at < descriptor.size) {
    const before = at;
    try {
      for await (const chunk of attempt(transport, endpoint, { descriptor, at, whole, signal })) {
        at += chunk.length;
        yield chunk;
      }
    } catch (error) {
      signal?.throwIfAborted();
      failures = at > before ? 1 : failures + 1;
      const delayMs = retryDelay(error, failures, transport.policyFor(endpoint));
      if (delayMs === undefined || !(error instanceof RegistryError)) throw error;
      if (at === descriptor.size) return;
      whole ||= error.code === 'REGISTRY_BAD_RESPONSE';
      onResume(error, delayMs, at);
      await pause(delayMs, signal);
    }
  }
}

interface Attempt {
  readonly descriptor: Descriptor;
  /** The first byte that is wanted. */
  readonly at: number;
  /** The server's ranges are wrong: ask for all, and drop what is here already. */
  readonly whole: boolean;
  readonly signal: AbortSignal | undefined;
}

/** One request's worth of bytes, the first of them that at `at`. */
async function* attempt(transport: Transport, endpoint: Endpoint, wanted: Attempt): AsyncGenerator<Uint8Array> {
  const { descriptor, at, signal } = wanted;
  const from = wanted.whole ? 0 : at;
  const response = await transport.sendOnce(endpoint, {
    method: 'GET',
    path: `blobs/${descriptor.digest}`,
    // A coding on the way would be one more layer between the bytes and their digest.
    headers: { 'accept-encoding': 'identity', ...(from > 0 && { range: `bytes=${from}-` }) },
    accept: from > 0 ? [200, 206, 416] : [200],
    action: `fetch blob ${descriptor.digest}`,
    notFound: 'BLOB_NOT_FOUND',
    signal,
  });
  const fault = faultOf(response, wanted);
  if (fault !== undefined) {
    response.body.discard();
    throw fault;
  }
  let end = rangeOf(response)?.first ?? 0;
  for await (const chunk of response.body) {
    const start = end;
    end += chunk.length;
    if (end > descriptor.size) throw wrongLength('BLOB_TOO_LONG', response, descriptor, `more than ${descriptor.size}`);
    // A server that ignores Range sends again what is here.
    if (end > at) yield start >= at ? chunk : chunk.subarray(at - start);
  }
  // An orderly end, but too early: perhaps a broken proxy; the next answer will tell.
  if (end < descriptor.size) throw wrongLength('BLOB_TOO_SHORT', response, descriptor, `${end}`, true);
}

/** What the headers alone give away. */
function faultOf(response: HttpResponse, { descriptor, at }: Attempt): RegistryError | undefined {
  const coding = firstHeader(response.headers, 'content-encoding') ?? 'identity';
  if (coding !== 'identity') return badAnswer(response, `is encoded as "${coding.slice(0, 40)}"`, 'the blob as it is');
  if (response.status === 416) return wrongLength('BLOB_TOO_SHORT', response, descriptor, `at most ${at}`);
  const range = rangeOf(response);
  if (response.status === 206 && (range === undefined || range.first > at)) {
    const header = firstHeader(response.headers, 'content-range')?.slice(0, 80);
    return badAnswer(response, `has Content-Range ${JSON.stringify(header)}`, `"bytes ${at}-…"`, true);
  }
  const total = response.status === 206 ? range?.total : contentLength(response.headers);
  if (total === undefined || total === descriptor.size) return undefined;
  return wrongLength(total > descriptor.size ? 'BLOB_TOO_LONG' : 'BLOB_TOO_SHORT', response, descriptor, `${total}`);
}

function rangeOf(response: HttpResponse): ReturnType<typeof parseContentRange> {
  if (response.status !== 206) return undefined;
  return parseContentRange(firstHeader(response.headers, 'content-range'));
}

function badAnswer(response: HttpResponse, found: string, expected: string, transient = false): RegistryError {
  const url = printUrl(response.request.url);
  return new RegistryError('REGISTRY_BAD_RESPONSE', `cannot fetch ${url}: the answer ${found} (expected ${expected})`, {
    status: response.status,
    transient,
  });
}

function wrongLength(
  code: RegistryErrorCode,
  response: HttpResponse,
  descriptor: Descriptor,
  found: string,
  transient = false,
): RegistryError {
  return new RegistryError(
    code,
    `cannot fetch blob ${descriptor.digest}: ${printUrl(response.request.url)} has ${found} bytes (expected ${descriptor.size})`,
    {
      status: response.status,
      transient,
      hint: 'The manifest and the blob do not belong together: push the image anew.',
    },
  );
}
