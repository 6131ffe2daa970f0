/** One request to an endpoint's API, with all that stands between it and an answer: scheme, credentials, redirects, retries. */
import { Authorization } from './authorization.ts';
import { parseChallenges } from './challenge.ts';
import type { Connections } from './connections.ts';
import type { CredentialStore } from './credential-store.ts';
import type { Endpoint } from './endpoint.ts';
import type { HttpResponse } from './exchange.ts';
import { exchangeFollowing } from './redirect.ts';
import { RegistryError } from './registry-error.ts';
import { type FailedAction, responseError } from './response-error.ts';
import { type RetryPolicy, withRetries } from './retry.ts';
import { Schemes } from './scheme.ts';

export interface ApiRequest {
  readonly method: 'GET' | 'HEAD';
  /** Below the repository: `manifests/latest`. */
  readonly path: string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Statuses that are answers; 200 alone unless given. Others are thrown. */
  readonly accept?: readonly number[];
  /** For messages: `resolve "docker.io/library/alpine:latest"`. */
  readonly action: string;
  readonly notFound?: FailedAction['notFound'];
  readonly signal: AbortSignal | undefined;
}

export interface TransportOptions {
  readonly connections: Connections;
  readonly credentials: CredentialStore;
  readonly retry: RetryPolicy;
  readonly onRetry: (error: RegistryError, delayMs: number) => void;
}

/** Where there is another endpoint to ask, patience is not for this one. */
const mirrorAttempts = 2;

export class Transport {
  readonly #retry: RetryPolicy;
  readonly #connections: Connections;
  readonly #schemes: Schemes;
  readonly #authorization: Authorization;
  readonly #onRetry: TransportOptions['onRetry'];
  /** Hosts that have answered. */
  readonly #reached = new Set<string>();

  constructor({ connections, credentials, retry, onRetry }: TransportOptions) {
    this.#retry = retry;
    this.#connections = connections;
    this.#schemes = new Schemes(connections);
    this.#authorization = new Authorization(connections, credentials);
    this.#onRetry = onRetry;
  }

  /** Like sendOnce(), and `read` the answer; both again where that may help. */
  async send<T>(endpoint: Endpoint, request: ApiRequest, read: (response: HttpResponse) => Promise<T>): Promise<T> {
    return await withRetries(async () => await read(await this.sendOnce(endpoint, request)), {
      policy: this.policyFor(endpoint),
      signal: request.signal,
      onRetry: this.#onRetry,
    });
  }

  /** @throws RegistryError for every answer that is not accepted */
  async sendOnce(endpoint: Endpoint, request: ApiRequest): Promise<HttpResponse> {
    const response = await this.#authorized(endpoint, request).catch((error: unknown) => {
      throw this.#reached.has(endpoint.host) ? lost(error) : error;
    });
    this.#reached.add(endpoint.host);
    if ((request.accept ?? [200]).includes(response.status)) return response;
    const credentials = await this.#authorization.credentialsFor(endpoint);
    throw await responseError(response, { ...request, credentials });
  }

  policyFor({ kind }: Endpoint): RetryPolicy {
    if (kind === 'registry') return this.#retry;
    return { ...this.#retry, attempts: Math.min(mirrorAttempts, this.#retry.attempts) };
  }

  /** A first 401 is a question; one to a token may mean that it ran out; a third one is an answer. */
  async #authorized(endpoint: Endpoint, request: ApiRequest): Promise<HttpResponse> {
    const { method, path, signal } = request;
    const root = await this.#schemes.apiRoot(endpoint, signal);
    const url = new URL(`${endpoint.repository}/${path}`, root);
    const insecure = endpoint.security !== 'verified';
    let authorization = await this.#authorization.current(endpoint, signal);
    for (let asked = 0; ; asked++) {
      const headers = { 'user-agent': 'gocker', ...request.headers, ...(authorization && { authorization }) };
      const response = await exchangeFollowing(this.#connections, { method, url, headers, insecure, signal });
      if (response.status !== 401 || response.request.url.origin !== url.origin || asked === 2) return response;
      const challenges = parseChallenges(response.headers['www-authenticate']);
      const isFresh = asked > 0;
      // A token just given that lacks the scope won't have it next time.
      if (isFresh && challenges.some(({ parameters }) => parameters.get('error') === 'insufficient_scope'))
        return response;
      authorization = await this.#authorization.answer(endpoint, authorization, { challenges, signal });
      if (authorization === undefined) return response;
      response.body.discard();
    }
  }
}

/** A host that has just answered is not out of reach but lost: its network, or itself, may come back. */
function lost(error: unknown): unknown {
  if (!(error instanceof RegistryError) || error.code !== 'REGISTRY_UNREACHABLE') return error;
  const { message, hint, cause } = error;
  return new RegistryError('REGISTRY_CONNECTION_LOST', message, { hint, cause, transient: true });
}
