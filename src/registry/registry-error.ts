/** Failures of talking to a registry: each names the request, what came of it, and whether trying again may help. */
import { GockerError, type GockerErrorOptions } from '../errors/index.ts';

export type RegistryErrorCode =
  /** No connection: no DNS, refused, no route, no answer to connecting, a proxy that won't. Being offline looks like this. */
  | 'REGISTRY_UNREACHABLE'
  /** Connected, then broken or silent, more often than we bear. */
  | 'REGISTRY_CONNECTION_LOST'
  | 'REGISTRY_TLS_FAILED'
  /** 401. Registries say so of unknown repositories too. */
  | 'REGISTRY_UNAUTHORIZED'
  /** 403. */
  | 'REGISTRY_DENIED'
  /** 429. */
  | 'REGISTRY_RATE_LIMITED'
  /** 5xx. */
  | 'REGISTRY_SERVER_ERROR'
  /** An answer that the specification does not allow. */
  | 'REGISTRY_BAD_RESPONSE'
  | 'REGISTRY_REDIRECT_REFUSED'
  /** registries.conf says `blocked`. */
  | 'REGISTRY_BLOCKED'
  /** No such repository. */
  | 'IMAGE_NOT_FOUND'
  /** The repository is there, its tag or digest is not. */
  | 'MANIFEST_NOT_FOUND'
  | 'MANIFEST_TOO_LARGE'
  | 'MANIFEST_TYPE_UNSUPPORTED'
  | 'MANIFEST_DIGEST_MISMATCH'
  | 'BLOB_NOT_FOUND'
  | 'BLOB_TOO_LONG'
  | 'BLOB_TOO_SHORT'
  | 'REGISTRIES_CONF_INVALID'
  | 'CREDENTIALS_INVALID'
  | 'CERTIFICATES_INVALID';

export interface RegistryErrorOptions extends GockerErrorOptions {
  /** HTTP status of the answer, where there was one. */
  readonly status?: number | undefined;
  /** True where the same request may succeed later. */
  readonly transient?: boolean | undefined;
  /** What the server asked us to wait, in milliseconds. */
  readonly retryAfterMs?: number | undefined;
}

export class RegistryError extends GockerError {
  declare readonly code: RegistryErrorCode;
  readonly status: number | undefined;
  readonly transient: boolean;
  readonly retryAfterMs: number | undefined;

  constructor(code: RegistryErrorCode, message: string, options: RegistryErrorOptions = {}) {
    super(code, message, options);
    this.status = options.status;
    this.transient = options.transient ?? false;
    this.retryAfterMs = options.retryAfterMs;
  }
}
