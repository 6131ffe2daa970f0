/** Prints what came from outside so that it can stand in a message: bounded, on one line, with no secret in it. */

/** Without user, password and query: signed URLs of storage services carry their secret there. */
export function printUrl(url: URL): string {
  return `${url.protocol}//${url.host}${url.pathname}`;
}

/** Quoted text of a stranger: no control characters, at most `limit` characters, nothing that looks like a token. */
export function quote(text: string, limit = 200): string {
  const safe = text
    // Escape sequences would act on the reader's terminal.
    .replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e\u2066-\u2069]+/g, ' ')
    .replace(/\b(bearer|basic)\s+[\w+/=.~-]{8,}/gi, '$1 ***')
    .replace(/\beyJ[\w-]{8,}(?:\.[\w-]*)*/g, '***')
    .trim();
  return JSON.stringify(safe.length > limit ? `${safe.slice(0, limit)}…` : safe);
}
