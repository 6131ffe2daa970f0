/**
 * The text after --userns. Pure.
 *
 *   userns ::= "" | "host" | "auto" [":size=" number] | "remap:" start [":" size] | "container:" (name | id)
 */
import { optionError } from '../../options/option-error.ts';

/** Ids of the host, for users and groups alike. */
export interface IDRange {
  /** What the container's 0 is. */
  readonly start: number;
  readonly size: number;
}

export type UserMode =
  | { readonly kind: 'host' }
  | { readonly kind: 'auto'; readonly size: number }
  | { readonly kind: 'range'; readonly ids: IDRange }
  | { readonly kind: 'container'; readonly container: string };

/** What images are made for: 65534 is nobody. */
const usualSize = 65_536;
/** The id −1 is no id, and 0 is whom all this is to keep away. */
const lastID = 4_294_967_294;
/** runtime-spec's ids within a container. */
const mostIDs = 2_147_483_648;

/** @throws GockerError `NAMESPACE_INVALID` */
export function parseUserMode(text = ''): UserMode {
  if (text === '' || text === 'host') return { kind: 'host' };
  const [, size = `${usualSize}`] = /^auto(?::size=(\d+))?$/.exec(text) ?? [];
  if (/^auto(?::size=\d+)?$/.test(text)) return { kind: 'auto', size: checkSize(text, Number(size)) };
  const [, start, length = `${usualSize}`] = /^remap:(\d+)(?::(\d+))?$/.exec(text) ?? [];
  if (start !== undefined) return { kind: 'range', ids: checkRange(text, Number(start), Number(length)) };
  const [, container] = /^container:(.+)$/.exec(text) ?? [];
  if (container !== undefined) return { kind: 'container', container };
  throw invalid(text, 'invalid USER mode', 'host, auto, auto:size=N, remap:START, remap:START:SIZE, container:ID');
}

function checkRange(text: string, start: number, size: number): IDRange {
  checkSize(text, size);
  if (start === 0) throw invalid(text, "the container's root would be the host's", 'a START above 0');
  if (start + size - 1 > lastID)
    throw invalid(text, 'it has ids that there are not', `START + SIZE up to ${lastID + 1}`);
  return { start, size };
}

function checkSize(text: string, size: number): number {
  if (size >= 1 && size <= mostIDs) return size;
  throw invalid(text, `a size of ${size} ids`, `1 to ${mostIDs}`);
}

function invalid(value: string, is: string, expected: string) {
  return optionError({ code: 'NAMESPACE_INVALID', flag: '--userns', value, is, expected });
}
