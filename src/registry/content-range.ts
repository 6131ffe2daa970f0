/** `Content-Range`, RFC 9110 §14.4: `bytes first-last/(complete-length | "*")`. */

export interface ContentRange {
  readonly first: number;
  /** Inclusive. */
  readonly last: number;
  readonly total: number | undefined;
}

/** @returns undefined where malformed, or of no sense */
export function parseContentRange(value: string | undefined): ContentRange | undefined {
  const match = /^bytes (\d{1,15})-(\d{1,15})\/(?:(\d{1,15})|\*)$/i.exec(value?.trim() ?? '');
  if (match === null) return undefined;
  const [first, last] = [Number(match[1]), Number(match[2])];
  const total = match[3] === undefined ? undefined : Number(match[3]);
  return first > last || (total !== undefined && last >= total) ? undefined : { first, last, total };
}
