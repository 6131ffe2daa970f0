/** Redirects, RFC 9110 §15.4, followed by hand: credentials must not travel to another origin, nor anything in the clear. */
import { parseUrl } from './address.ts';
import type { Connections } from './connections.ts';
import { firstHeader, type HttpRequest, type HttpResponse } from './exchange.ts';
import { printUrl, quote } from './redact.ts';
import { RegistryError } from './registry-error.ts';

const most = 10;
const statuses = new Set([301, 302, 303, 307, 308]);

/**
 * Sends the request, and again wherever the answer says, at most ten times.
 *
 * @throws RegistryError `REGISTRY_REDIRECT_REFUSED`, and those of Connections.exchange()
 */
export async function exchangeFollowing(connections: Connections, first: HttpRequest): Promise<HttpResponse> {
  let request = first;
  for (let followed = 0; ; followed++) {
    const response = await connections.exchange(request);
    if (!statuses.has(response.status)) return response;
    response.body.discard();
    if (followed === most) throw refusal(first, `more than ${most} redirects`, 'an answer');
    request = nextRequest(request, firstHeader(response.headers, 'location'));
  }
}

/** Exported for tests. */
export function nextRequest(request: HttpRequest, location: string | undefined): HttpRequest {
  const url = location === undefined ? undefined : parseUrl(location, request.url);
  if (url === undefined) throw refusal(request, `redirected to ${quote(location ?? '')}`, 'a URL');
  if (url.protocol !== 'https:' && url.protocol !== 'http:')
    throw refusal(request, `redirected to ${quote(printUrl(url))}`, 'an http or https URL');
  if (url.protocol === 'http:' && !request.insecure)
    throw refusal(request, `redirected from https to ${printUrl(url)}`, 'https');
  // The body of a POST is a credential.
  if (request.method === 'POST') throw refusal(request, `redirected to ${printUrl(url)}`, 'an answer to POST');
  url.username = '';
  url.password = '';
  if (url.origin === request.url.origin) return { ...request, url };
  const { authorization: _, ...headers } = request.headers;
  return { ...request, url, headers };
}

function refusal(request: HttpRequest, what: string, expected: string): RegistryError {
  const message = `cannot follow ${request.method} ${printUrl(request.url)}: ${what} (expected ${expected})`;
  return new RegistryError('REGISTRY_REDIRECT_REFUSED', message, {
    hint: 'The registry is set up wrongly, or something between you and it answers in its place.',
  });
}
