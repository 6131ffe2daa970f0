/** An in-process registry that misbehaves on demand: distribution-spec v1.1.1 §Pull over node:http(s), faults as data. */
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { type Digest, isDigest, sha256Digest } from '../../../src/oci/index.ts';
import { type AuthOptions, Doorman } from './auth.ts';
import { Contents } from './contents.ts';
import { type Fault, FaultScript, type Target } from './fault.ts';
import { type Answer, respond } from './respond.ts';

export interface RegistryOptions {
  readonly faults?: readonly Fault[];
  readonly auth?: AuthOptions;
  /** PEM; HTTPS then, plain HTTP otherwise. */
  readonly tls?: { readonly key: string; readonly cert: string };
  /** A loopback address: 127.0.0.1 unless given. */
  readonly address?: string;
  /** A free one unless given. */
  readonly port?: number;
}

/** One request as it came. */
export interface RecordedRequest {
  readonly method: string;
  readonly path: string;
  readonly target: Target;
  readonly digest: Digest | undefined;
  readonly range: string | undefined;
  readonly headers: IncomingHttpHeaders;
  /** Of a POST. */
  readonly body: string;
}

interface Route {
  readonly target: Target;
  readonly repository?: string;
  /** Tag or digest. */
  readonly name?: string;
}

export class TestRegistry extends Contents {
  /** All requests so far, in the order in which they came. */
  readonly requests: RecordedRequest[] = [];
  /** `127.0.0.1:<port>`: the registry part of references to it; stays as it was when it is closed. */
  host = '';
  readonly #faults = new FaultScript();
  readonly #doorman: Doorman | undefined;
  readonly #server: ReturnType<typeof createServer>;
  readonly #options: RegistryOptions;

  constructor(options: RegistryOptions) {
    super();
    this.#options = options;
    this.#doorman = options.auth && new Doorman(options.auth);
    for (const fault of options.faults ?? []) this.#faults.add(fault);
    // A client that goes away in the middle is no failure of ours.
    const serve = (request: IncomingMessage, response: ServerResponse) => {
      this.#serve(request, response).catch(() => response.destroy());
    };
    this.#server = options.tls === undefined ? createServer(serve) : createTlsServer({ ...options.tls }, serve);
  }

  get origin(): string {
    return `${this.#options.tls === undefined ? 'http' : 'https'}://${this.host}`;
  }

  async listen(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', reject).listen(this.#options.port ?? 0, this.#options.address ?? '127.0.0.1', resolve);
    });
    const { address, port, family } = this.#server.address() as AddressInfo;
    this.host = family === 'IPv6' ? `[${address}]:${port}` : `${address}:${port}`;
  }

  /** Misbehave like this from now on. */
  fault(fault: Fault): void {
    this.#faults.add(fault);
  }

  clearFaults(): void {
    this.#faults.clear();
  }

  /** Every token given so far is worthless. */
  revokeTokens(): void {
    this.#doorman?.revoke();
  }

  /** How many requests there were of this kind. */
  count(wanted: { readonly target?: Target; readonly method?: string; readonly digest?: Digest } = {}): number {
    return this.requests.filter(
      ({ target, method, digest }) =>
        (wanted.target === undefined || wanted.target === target) &&
        (wanted.method === undefined || wanted.method === method) &&
        (wanted.digest === undefined || wanted.digest === digest),
    ).length;
  }

  /** Ends every connection and stops to listen. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const method = request.method ?? 'GET';
    const url = new URL(request.url ?? '/', this.origin);
    const route = routeOf(url.pathname);
    const digest = isDigest(route.name) ? route.name : undefined;
    const body = await readAll(request);
    this.requests.push({
      method,
      path: url.pathname + url.search,
      target: route.target,
      digest,
      range: request.headers.range,
      headers: request.headers,
      body,
    });
    const challenge = this.#challenge(route, request);
    if (challenge !== undefined) return await respond(request, response, challenge, {});
    const fault = this.#faults.take({ target: route.target, method, digest });
    const answer = this.#answer(route, request, method === 'POST' ? new URLSearchParams(body) : url.searchParams);
    await respond(request, response, answer, fault);
  }

  /** Who may not pass sees none of the faults. */
  #challenge({ target, repository }: Route, { headers }: IncomingMessage): Answer | undefined {
    if (target === 'token') return undefined;
    const challenge = this.#doorman?.challenge(headers.authorization, repository, this.origin);
    return challenge === undefined ? undefined : failure(401, 'UNAUTHORIZED', { 'www-authenticate': challenge });
  }

  #answer(route: Route, request: IncomingMessage, query: URLSearchParams): Answer {
    if (route.target === 'token') {
      const given = this.#doorman?.token(request.method ?? 'GET', query, request.headers);
      return given === undefined ? failure(404, 'UNSUPPORTED') : json(given.status, given.body);
    }
    const { repository = '', name = '' } = route;
    if (route.target === 'ping') return json(200, '{}');
    if (route.target === 'tags') {
      const tags = this.tags(repository);
      return tags === undefined ? failure(404, 'NAME_UNKNOWN') : json(200, JSON.stringify({ name: repository, tags }));
    }
    if (route.target === 'manifest') {
      const manifest = this.manifest(repository, name);
      if (manifest === undefined) return failure(404, 'MANIFEST_UNKNOWN');
      const digest = sha256Digest(manifest.bytes);
      return {
        status: 200,
        headers: { 'content-type': manifest.mediaType, 'docker-content-digest': digest },
        body: manifest.bytes,
      };
    }
    const blob = this.blob(name);
    if (route.target !== 'blob' || blob === undefined) return failure(404, 'BLOB_UNKNOWN');
    const headers = { 'content-type': 'application/octet-stream', 'docker-content-digest': name };
    return { status: 200, headers, body: blob, ranges: true };
  }
}

export async function startRegistry(options: RegistryOptions = {}): Promise<TestRegistry> {
  const registry = new TestRegistry(options);
  await registry.listen();
  return registry;
}

function routeOf(path: string): Route {
  if (path === '/v2/' || path === '/v2') return { target: 'ping' };
  if (path === '/token') return { target: 'token' };
  const [, repository = '', kind, name = ''] = /^\/v2\/(.+)\/(manifests|blobs|tags)\/([^/]+)$/.exec(path) ?? [];
  if (kind === 'manifests') return { target: 'manifest', repository, name };
  if (kind === 'blobs') return { target: 'blob', repository, name };
  if (kind === 'tags') return { target: 'tags', repository };
  return { target: 'unknown' };
}

function json(status: number, body: string): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: Buffer.from(body) };
}

function failure(status: number, code: string, headers: Readonly<Record<string, string>> = {}): Answer {
  const message = code.toLowerCase().replaceAll('_', ' ');
  return { ...json(status, JSON.stringify({ errors: [{ code, message }] })), headers: { ...headers } };
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}
