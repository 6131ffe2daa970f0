/** Answers that are failures, distribution-spec v1.1.1 §Error Codes → errors that name the request, the cause and the cure. */
import { parseAllowance } from './allowance.ts';
import type { Credentials } from './credentials.ts';
import { firstHeader, type HttpResponse, readBody } from './exchange.ts';
import { printUrl, quote } from './redact.ts';
import { RegistryError, type RegistryErrorCode } from './registry-error.ts';
import { parseRetryAfter } from './retry.ts';

export interface FailedAction {
  /** `resolve "docker.io/library/alpine:latest"` */
  readonly action: string;
  readonly credentials: Credentials;
  /** What a 404 means. */
  readonly notFound?: 'MANIFEST_NOT_FOUND' | 'BLOB_NOT_FOUND' | undefined;
}

/** What a registry has to say fits in less. */
const longestExplanation = 64 * 1024;
const transientStatuses = new Set([408, 429, 500, 502, 503, 504]);

/** Reads the body for the registry's own words. Never throws. */
export async function responseError(response: HttpResponse, failed: FailedAction): Promise<RegistryError> {
  const { request, status, headers } = response;
  const words = await explanation(response);
  const code = codeOf(status, failed);
  const allowance = parseAllowance(headers);
  const left =
    status === 429 && allowance !== undefined ? `, ${allowance.remaining} of ${allowance.limit} pulls left` : '';
  const message = `cannot ${failed.action}: ${request.url.host} answered ${status}${words} to ${request.method} ${printUrl(request.url)}${left}${identityOf(code, failed.credentials)} (expected success)`;
  const retryAfterMs = parseRetryAfter(firstHeader(headers, 'retry-after'));
  return new RegistryError(code, message, {
    status,
    retryAfterMs,
    // An allowance that is used up does not come back while we wait.
    transient: transientStatuses.has(status) && !(status === 429 && allowance?.remaining === 0),
    hint: hintOf(code, { retryAfterMs, seconds: allowance?.seconds }),
  });
}

function codeOf(status: number, { notFound }: FailedAction): RegistryErrorCode {
  if (status === 401) return 'REGISTRY_UNAUTHORIZED';
  if (status === 403) return 'REGISTRY_DENIED';
  if (status === 404 && notFound !== undefined) return notFound;
  if (status === 429) return 'REGISTRY_RATE_LIMITED';
  return status >= 500 ? 'REGISTRY_SERVER_ERROR' : 'REGISTRY_BAD_RESPONSE';
}

/** Whether credentials were used decides what the reader must do next. */
function identityOf(code: RegistryErrorCode, credentials: Credentials): string {
  if (code !== 'REGISTRY_UNAUTHORIZED' && code !== 'REGISTRY_DENIED') return '';
  if (credentials.kind !== 'anonymous') return `, with the credentials from ${credentials.source}`;
  return credentials.note === undefined
    ? ', asked without credentials'
    : `, asked without credentials: ${credentials.note}`;
}

function hintOf(
  code: RegistryErrorCode,
  wait: { readonly retryAfterMs: number | undefined; readonly seconds: number | undefined },
): string | undefined {
  if (code === 'REGISTRY_UNAUTHORIZED' || code === 'REGISTRY_DENIED')
    return 'There is no such repository, or it wants a login: "docker login" and "podman login" write the files that are read, ~/.docker/config.json ($DOCKER_CONFIG) and auth.json.';
  if (code === 'REGISTRY_SERVER_ERROR') return "The fault is the registry's: try again later.";
  if (code !== 'REGISTRY_RATE_LIMITED') return undefined;
  if (wait.retryAfterMs !== undefined) return `Try again in ${Math.ceil(wait.retryAfterMs / 1000)} seconds.`;
  const within = wait.seconds === undefined ? 'later' : `within ${Math.ceil(wait.seconds / 3600)} hours`;
  return `Try again ${within}, log in for a greater allowance, or pull through a mirror (registries.conf).`;
}

/** ` MANIFEST_UNKNOWN "manifest unknown"`: at most three errors, each bounded. Empty where the body is no such thing. */
async function explanation(response: HttpResponse): Promise<string> {
  if (response.request.method === 'HEAD') {
    response.body.discard();
    return '';
  }
  const body = await readBody(response, longestExplanation).catch(() => undefined);
  return printErrors(body?.toString() ?? '');
}

/** Exported for tests. */
export function printErrors(body: string): string {
  let errors: unknown;
  try {
    errors = (JSON.parse(body) as { errors?: unknown } | null)?.errors;
  } catch {
    return '';
  }
  if (!Array.isArray(errors)) return '';
  return errors
    .slice(0, 3)
    .map((error: { code?: unknown; message?: unknown } | null) => {
      const code = typeof error?.code === 'string' && /^\w{1,64}$/.test(error.code) ? ` ${error.code}` : '';
      return code + (typeof error?.message === 'string' ? ` ${quote(error.message)}` : '');
    })
    .join('');
}
