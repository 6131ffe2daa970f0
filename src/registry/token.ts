/** Access tokens from a token service, distribution v2.8 docs/spec/auth/token.md (GET) and oauth.md (POST with an identity token). */
import { isLoopback, parseUrl } from './address.ts';
import type { Connections } from './connections.ts';
import type { Credentials } from './credentials.ts';
import { type HttpRequest, readBody } from './exchange.ts';
import { printUrl, quote } from './redact.ts';
import { exchangeFollowing } from './redirect.ts';
import { RegistryError } from './registry-error.ts';
import { responseError } from './response-error.ts';

export interface TokenRequest {
  /** Of the challenge. */
  readonly realm: string;
  readonly service: string | undefined;
  /** Space-separated: `repository:library/alpine:pull`. */
  readonly scope: string;
  readonly credentials: Credentials;
  /** The registry that sent the challenge, `host[:port]`. */
  readonly registryHost: string;
  /** True where that registry may be spoken to in the clear. */
  readonly insecure: boolean;
}

export interface Token {
  readonly token: string;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

const longestAnswer = 1024 * 1024;
/** Where the service does not say, and the least that is believed (token.md, `expires_in`). */
const leastSeconds = 60;
/** So much earlier a token is renewed: the clock of the answer started before ours. */
const marginMs = 10_000;

/**
 * @throws RegistryError `REGISTRY_UNAUTHORIZED` where the credentials are refused, `REGISTRY_BAD_RESPONSE` for a realm that must
 *   not be asked or an answer without token, and those of exchangeFollowing()
 */
export async function fetchToken(connections: Connections, wanted: TokenRequest): Promise<Token> {
  const request = requestFor(wanted, realmOf(wanted));
  const response = await exchangeFollowing(connections, request);
  if (response.status !== 200)
    throw await responseError(response, {
      action: `get a token for "${wanted.scope}"`,
      credentials: wanted.credentials,
    });
  const body = await readBody(response, longestAnswer);
  return parseToken(body?.toString() ?? '', request.url);
}

/** Exported for tests. */
export function parseToken(text: string, url: URL, now = Date.now()): Token {
  let answer: { token?: unknown; access_token?: unknown; expires_in?: unknown };
  try {
    answer = (JSON.parse(text) ?? {}) as object;
  } catch {
    answer = {};
  }
  const token = [answer.token, answer.access_token].find((value) => typeof value === 'string' && value !== '');
  // What is no token of RFC 6750 §2.1 could break out of the header.
  if (typeof token !== 'string' || !/^[\w.~+/=:-]+$/.test(token))
    throw new RegistryError(
      'REGISTRY_BAD_RESPONSE',
      `cannot get a token from ${printUrl(url)}: its answer has none (expected "token" or "access_token")`,
    );
  const seconds = typeof answer.expires_in === 'number' ? Math.max(answer.expires_in, leastSeconds) : leastSeconds;
  return { token, expiresAt: now + seconds * 1000 - marginMs };
}

function requestFor(wanted: TokenRequest, realm: URL): HttpRequest {
  const { service, scope, credentials } = wanted;
  const common = { insecure: isAsInsecure(realm, wanted), signal: undefined };
  const scopes: [string, string][] = scope === '' ? [] : [['scope', scope]];
  const services: [string, string][] = service === undefined ? [] : [['service', service]];
  if (credentials.kind === 'identity') {
    const form = new URLSearchParams([
      ['grant_type', 'refresh_token'],
      ['client_id', 'gocker'],
      ['refresh_token', credentials.token],
      ...services,
      ...scopes,
    ]);
    const headers = { 'content-type': 'application/x-www-form-urlencoded', accept: 'application/json' };
    return { ...common, method: 'POST', url: realm, headers, body: form.toString() };
  }
  for (const [name, value] of services) realm.searchParams.set(name, value);
  for (const part of scope.split(' ').filter((part) => part !== '')) realm.searchParams.append('scope', part);
  const headers = {
    accept: 'application/json',
    ...(credentials.kind === 'basic' && { authorization: basic(credentials) }),
  };
  return { ...common, method: 'GET', url: realm, headers };
}

export function basic({ username, password }: { readonly username: string; readonly password: string }): string {
  return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
}

/** The realm is chosen by whoever answered for the registry: our password goes to https alone, or to where it is no secret. */
function realmOf(wanted: TokenRequest): URL {
  const url = parseUrl(wanted.realm);
  const safe = url?.protocol === 'https:' || (url?.protocol === 'http:' && isAsInsecure(url, wanted));
  if (url !== undefined && safe && url.username === '') return url;
  throw new RegistryError(
    'REGISTRY_BAD_RESPONSE',
    `cannot log in to registry "${wanted.registryHost}": its token service is ${quote(wanted.realm)} (expected an https URL)`,
    {
      hint: 'Plain HTTP is for services on loopback, or on the host of a registry that is marked "insecure = true" in registries.conf.',
    },
  );
}

/** That the registry may be insecure says nothing of other hosts. */
function isAsInsecure(realm: URL, { registryHost, insecure }: TokenRequest): boolean {
  return insecure && (isLoopback(realm.hostname) || realm.host === registryHost);
}
