/** The registry client: references in, manifests and blobs out, over whichever endpoint serves them. */
import { type Descriptor, type Digest, formatReference, pinnedReference, type Reference } from '../oci/index.ts';
import { streamBlob } from './blob.ts';
import { Connections, defaultTimeouts, type Timeouts } from './connections.ts';
import { CredentialStore } from './credential-store.ts';
import { type Endpoint, endpointsOf } from './endpoint.ts';
import type { RegistryEvent } from './event.ts';
import { type FetchedManifest, getManifest, headManifest, type ManifestRequest, type Resolution } from './manifest.ts';
import { explainNotFound } from './not-found.ts';
import type { Environment } from './proxy.ts';
import type { RegistryRule } from './registries-conf.ts';
import { loadRegistryRules } from './registries-conf-files.ts';
import { RegistryError } from './registry-error.ts';
import { defaultRetryPolicy, type RetryPolicy } from './retry.ts';
import { Transport } from './transport.ts';

export interface RegistryClientOptions {
  /** A registries.conf to use in place of those that are looked for. */
  readonly registriesConf?: string;
  /** A docker config.json to use in place of those that are looked for. */
  readonly dockerConfig?: string;
  /** process.env unless given. */
  readonly env?: Environment;
  readonly timeouts?: Partial<Timeouts>;
  readonly retry?: Partial<RetryPolicy>;
  /** Told of retries while they happen. */
  readonly onEvent?: (event: RegistryEvent) => void;
}

export interface FetchOptions {
  readonly signal?: AbortSignal | undefined;
}

export interface FetchBlobOptions extends FetchOptions {
  /** How many bytes of it are here already; 0 unless given. */
  readonly offset?: number;
}

/** Cheap: reads no file, loads no package and opens no connection before it must. */
export function createRegistryClient(options: RegistryClientOptions = {}): RegistryClient {
  return new RegistryClient(options);
}

export class RegistryClient {
  readonly #options: RegistryClientOptions;
  readonly #connections: Connections;
  readonly #transport: Transport;
  readonly #onEvent: (event: RegistryEvent) => void;
  #rules: Promise<RegistryRule[]> | undefined;
  /** Hosts that could not be reached: not asked again while there are others. */
  readonly #down = new Set<string>();
  /** Manifests that came while a tag was resolved, by digest: to fetch them again would cost a pull. */
  readonly #held = new Map<Digest, FetchedManifest>();

  constructor(options: RegistryClientOptions) {
    this.#options = options;
    const env = options.env ?? process.env;
    this.#onEvent = options.onEvent ?? (() => undefined);
    this.#connections = new Connections({ ...defaultTimeouts, ...options.timeouts }, env);
    this.#transport = new Transport({
      connections: this.#connections,
      credentials: new CredentialStore(env, options.dockerConfig),
      retry: { ...defaultRetryPolicy, ...options.retry },
      onRetry: (error, delay) => this.#onEvent({ kind: 'retry', message: error.message, delay, error }),
    });
  }

  /**
   * Which manifest or index a reference means now. A digest needs no request; a tag is asked for by HEAD, and by GET only where a
   * registry's HEAD does not tell.
   *
   * @throws RegistryError
   * @throws the signal's reason
   */
  async resolve(reference: Reference, options: FetchOptions = {}): Promise<Resolution> {
    const { digest, tag = 'latest' } = pinnedReference(reference);
    if (digest !== undefined) return { digest };
    const wanted = { name: tag, image: formatReference(reference), signal: options.signal };
    return await this.#manifestFromAny(reference, wanted, async (endpoint) => {
      const head = await headManifest(this.#transport, endpoint, wanted);
      if (head !== undefined) return head;
      const manifest = await getManifest(this.#transport, endpoint, { ...wanted, expected: undefined });
      this.#held.set(manifest.digest, manifest);
      return manifest;
    });
  }

  /**
   * The bytes of a manifest or index, which hash to the digest.
   *
   * @throws RegistryError
   * @throws the signal's reason
   */
  async fetchManifest(reference: Reference, digest: Digest, options: FetchOptions = {}): Promise<FetchedManifest> {
    const held = this.#held.get(digest);
    if (held !== undefined) return held;
    const wanted = { name: digest, image: formatReference(reference), signal: options.signal };
    return await this.#manifestFromAny(reference, wanted, async (endpoint) => {
      return await getManifest(this.#transport, endpoint, { ...wanted, expected: digest });
    });
  }

  /**
   * The bytes of a blob from `offset` to its end, in order, as fast as they are taken; whatever breaks on the way is mended by
   * Range requests. As many as descriptor.size says, or an error; their digest is the caller's to check.
   *
   * @throws RegistryError
   * @throws the signal's reason
   */
  async *fetchBlob(
    reference: Reference,
    descriptor: Descriptor,
    { offset = 0, signal }: FetchBlobOptions = {},
  ): AsyncGenerator<Uint8Array, void, undefined> {
    if (offset >= descriptor.size) return;
    let at = offset;
    const onResume = (error: RegistryError, delay: number, resumedAt: number) =>
      this.#onEvent({
        kind: 'retry',
        message: error.message,
        delay,
        error,
        digest: descriptor.digest,
        offset: resumedAt,
      });
    const endpoints = await this.#endpoints(reference);
    for (const [index, endpoint] of endpoints.entries()) {
      try {
        for await (const chunk of streamBlob(this.#transport, endpoint, { descriptor, offset: at, signal, onResume })) {
          at += chunk.length;
          yield chunk;
        }
        return;
      } catch (error) {
        this.#noteFailure(error, endpoint, signal);
        if (index === endpoints.length - 1) throw error;
      }
    }
  }

  /** Ends all connections at once; what is still being fetched fails. */
  async close(): Promise<void> {
    await this.#connections.close();
  }

  async #manifestFromAny<T>(
    reference: Reference,
    wanted: ManifestRequest,
    ask: (endpoint: Endpoint) => Promise<T>,
  ): Promise<T> {
    const failures: { endpoint: Endpoint; error: RegistryError }[] = [];
    for (const endpoint of await this.#endpoints(reference)) {
      try {
        return await ask(endpoint);
      } catch (error) {
        failures.push({ endpoint, error: this.#noteFailure(error, endpoint, wanted.signal) });
      }
    }
    throw await this.#lastWord(reference, wanted, failures);
  }

  /** The failure of the registry itself, the last one asked, speaks; those of its mirrors are told beside it. */
  async #lastWord(
    reference: Reference,
    wanted: ManifestRequest,
    failures: readonly { endpoint: Endpoint; error: RegistryError }[],
  ): Promise<RegistryError> {
    const last = failures.at(-1);
    if (last === undefined) throw new TypeError('a reference without endpoints');
    const { endpoint, error } = last;
    const explained =
      error.code === 'MANIFEST_NOT_FOUND'
        ? await explainNotFound(this.#transport, endpoint, { ...wanted, notFound: error, reference })
        : error;
    if (failures.length === 1) return explained;
    const others = failures.slice(0, -1).map(({ endpoint, error }) => `; mirror ${endpoint.host}: ${error.message}`);
    return new RegistryError(explained.code, explained.message + others.join(''), {
      status: explained.status,
      hint: explained.hint,
      cause: new AggregateError(failures.map(({ error }) => error)),
    });
  }

  /** @throws what is no failure of a registry: an abort, a fault of ours */
  #noteFailure(error: unknown, endpoint: Endpoint, signal: AbortSignal | undefined): RegistryError {
    signal?.throwIfAborted();
    if (!(error instanceof RegistryError)) throw error;
    if (error.code === 'REGISTRY_UNREACHABLE') this.#down.add(endpoint.host);
    if (endpoint.kind === 'mirror') this.#onEvent({ kind: 'retry', message: error.message, delay: 0, error });
    return error;
  }

  async #endpoints(reference: Reference): Promise<Endpoint[]> {
    this.#rules ??= loadRegistryRules(this.#options.env ?? process.env, this.#options.registriesConf);
    const endpoints = endpointsOf(reference, await this.#rules);
    const up = endpoints.filter(({ host }) => !this.#down.has(host));
    return up.length > 0 ? up : endpoints;
  }
}
