/** The connections of one client: the only file that runs undici, which is loaded with the first request (it takes 65 ms). */
import type { Dispatcher } from 'undici';
import { certificateDirectories, readIdentity, systemAuthorities, type TlsIdentity } from './certificates.ts';
import type { HttpRequest, HttpResponse, ResponseBody } from './exchange.ts';
import { networkError } from './network-error.ts';
import { type Environment, proxyFor } from './proxy.ts';
import type { RegistryError } from './registry-error.ts';

export interface Timeouts {
  /** To connect, TLS included. Milliseconds. */
  readonly connectMs: number;
  /** From the request to the first byte of the answer. Milliseconds. */
  readonly answerMs: number;
  /** Without a byte of the body. Milliseconds. */
  readonly stallMs: number;
}

export const defaultTimeouts: Timeouts = { connectMs: 10_000, answerMs: 30_000, stallMs: 30_000 };

/** Of an answer that nobody reads: more is not worth keeping the connection for. */
const discardLimit = 64 * 1024;

export class Connections {
  readonly #timeouts: Timeouts;
  readonly #env: Environment;
  readonly #dispatchers = new Map<string, Promise<Dispatcher>>();
  /** True once a registry was met whose authority is the system's, not Node's. */
  #systemTrust = false;

  constructor(timeouts: Timeouts, env: Environment) {
    this.#timeouts = timeouts;
    this.#env = env;
  }

  /**
   * Sends one request and waits for the headers of its answer. Redirects are answers like others.
   *
   * @throws RegistryError `REGISTRY_UNREACHABLE`, `REGISTRY_CONNECTION_LOST`, `REGISTRY_TLS_FAILED`, `REGISTRY_BAD_RESPONSE`,
   *   `CERTIFICATES_INVALID`
   * @throws the signal's reason
   */
  async exchange(request: HttpRequest): Promise<HttpResponse> {
    const trustedSystem = this.#systemTrust;
    try {
      return await this.#exchange(request);
    } catch (error) {
      if (trustedSystem || !isUntrusted(error)) throw error;
      this.#systemTrust = true;
      return await this.#exchange(request);
    }
  }

  /** Ends all connections at once, also those in use. */
  async close(): Promise<void> {
    const dispatchers = [...this.#dispatchers.values()];
    this.#dispatchers.clear();
    await Promise.all(dispatchers.map((dispatcher) => dispatcher.then((it) => it.destroy()).catch(() => undefined)));
  }

  async #exchange(request: HttpRequest): Promise<HttpResponse> {
    const { method, url, headers, signal } = request;
    const proxy = proxyFor(url, this.#env);
    const dispatcher = await this.#dispatcherFor(request, proxy);
    try {
      signal?.throwIfAborted();
      const answer = await dispatcher.request({
        origin: url.origin,
        path: url.pathname + url.search,
        method,
        headers,
        body: request.body ?? null,
        signal: signal ?? null,
      });
      return { request, status: answer.statusCode, headers: answer.headers, body: bodyOf(answer.body, request, proxy) };
    } catch (error) {
      signal?.throwIfAborted();
      throw networkError(error, request, proxy);
    }
  }

  /** One pool of connections for each kind: registry host, proxy, and what is trusted. */
  #dispatcherFor({ url, insecure }: HttpRequest, proxy: URL | undefined): Promise<Dispatcher> {
    const key = JSON.stringify([url.origin, proxy?.href, insecure, this.#systemTrust]);
    const known = this.#dispatchers.get(key);
    if (known !== undefined) return known;
    const created = this.#createDispatcher(url, insecure, proxy);
    this.#dispatchers.set(key, created);
    return created;
  }

  async #createDispatcher(url: URL, insecure: boolean, proxy: URL | undefined): Promise<Dispatcher> {
    const [{ Agent, ProxyAgent }, identity] = await Promise.all([import('undici'), this.#identity(url)]);
    const tls = { ...identity, rejectUnauthorized: !insecure, timeout: this.#timeouts.connectMs };
    const options = { headersTimeout: this.#timeouts.answerMs, bodyTimeout: this.#timeouts.stallMs };
    if (proxy === undefined) return new Agent({ ...options, connect: tls });
    // Plain HTTP goes to the proxy as it is: many allow CONNECT to port 443 alone.
    return new ProxyAgent({ ...options, uri: proxy.href, requestTls: tls, proxyTunnel: url.protocol === 'https:' });
  }

  async #identity(url: URL): Promise<TlsIdentity> {
    if (url.protocol !== 'https:') return {};
    const identity = await readIdentity(url, certificateDirectories(this.#env), this.#env);
    if (!this.#systemTrust) return identity;
    return { ...identity, ca: [...(await systemAuthorities(this.#env)), ...(identity.ca ?? [])] };
  }
}

function isUntrusted(error: unknown): boolean {
  const { code, cause } = error as RegistryError;
  const reason = (cause as NodeJS.ErrnoException | undefined)?.code ?? '';
  return code === 'REGISTRY_TLS_FAILED' && /^(?:UNABLE_TO_|SELF_SIGNED_CERT_IN_CHAIN|DEPTH_ZERO_)/.test(reason);
}

function bodyOf(body: Dispatcher.ResponseData['body'], request: HttpRequest, proxy: URL | undefined): ResponseBody {
  return {
    discard: () => void body.dump({ limit: discardLimit }).catch(() => undefined),
    async *[Symbol.asyncIterator]() {
      try {
        yield* body as AsyncIterable<Uint8Array>;
      } catch (error) {
        request.signal?.throwIfAborted();
        throw networkError(error, request, proxy);
      }
    },
  };
}
