/**
 * Words of a Go template, pkg.go.dev/text/template: text, and within `{{` `}}` names, fields, literals and signs. `{{-` and
 * `-}}` take the white space on their side away; comments vanish.
 */
import { templateError } from './template-error.ts';

export type TokenKind =
  | 'text'
  | 'open'
  | 'close'
  | 'field'
  | 'variable'
  | 'name'
  | 'string'
  | 'number'
  | 'sign'
  | 'space';

export interface Token {
  readonly kind: TokenKind;
  readonly text: string;
  /** Of its first character in the template. */
  readonly offset: number;
}

const patterns: readonly (readonly [TokenKind, RegExp])[] = [
  ['space', /\s+/y],
  ['string', /"(?:[^"\\\n]|\\.)*"|`[^`]*`|'(?:[^'\\\n]|\\.)'/y],
  ['number', /[+-]?(?:0[xX][0-9a-fA-F]+|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)/y],
  ['variable', /\$\w*/y],
  ['field', /\.[A-Za-z_]\w*/y],
  ['name', /[A-Za-z_]\w*/y],
  ['sign', /:=|[.|(),=]/y],
];

/** @throws GockerError `TEMPLATE_INVALID` */
export function tokenize(template: string): Token[] {
  const tokens: Token[] = [];
  let at = 0;
  let trimNext = false;
  while (at < template.length) {
    const open = template.indexOf('{{', at);
    const end = open < 0 ? template.length : open;
    const trimLast = /^\{\{-\s/.test(template.slice(end, end + 4));
    let text = template.slice(at, end);
    if (trimNext) text = text.trimStart();
    if (trimLast) text = text.trimEnd();
    if (text !== '') tokens.push({ kind: 'text', text, offset: at });
    if (open < 0) break;
    const action = readAction(template, open, open + (trimLast ? 3 : 2));
    tokens.push(...action.tokens);
    trimNext = action.trims;
    at = action.end;
  }
  return tokens;
}

function readAction(template: string, open: number, start: number): { tokens: Token[]; end: number; trims: boolean } {
  const comment = /\s*\/\*[\s\S]*?\*\/\s*(-?)\}\}/y;
  comment.lastIndex = start;
  const found = comment.exec(template);
  if (found !== null) return { tokens: [], end: comment.lastIndex, trims: found[1] === '-' };
  const tokens: Token[] = [{ kind: 'open', text: '{{', offset: open }];
  let at = start;
  while (at < template.length) {
    const close = /\s-\}\}|\}\}/y;
    close.lastIndex = at;
    const closed = close.exec(template)?.[0];
    if (closed !== undefined) {
      tokens.push({ kind: 'close', text: '}}', offset: at });
      return { tokens, end: close.lastIndex, trims: closed !== '}}' };
    }
    const token = readToken(template, at);
    tokens.push(token);
    at += token.text.length;
  }
  throw templateError(template, open, 'unclosed action');
}

function readToken(template: string, offset: number): Token {
  for (const [kind, pattern] of patterns) {
    pattern.lastIndex = offset;
    const text = pattern.exec(template)?.[0];
    if (text !== undefined) return { kind, text, offset };
  }
  throw templateError(template, offset, `unexpected ${JSON.stringify(template.charAt(offset))} in command`);
}
