/**
 * The tree of a Go template:
 *
 *   list     ::= (text | "{{" action "}}")*
 *   action   ::= pipeline | "if" pipeline … | "with" pipeline … | "range" [variable ["," variable] ":="] pipeline …
 *   …        ::= list ["{{else}}" list | "{{else if" …] "{{end}}"
 *   pipeline ::= [variable (":=" | "=")] command ("|" command)*
 *   command  ::= operand+          (a function and its arguments, or one value)
 *   operand  ::= (literal | field | variable | "." | name | "(" pipeline ")") field*
 */
import { type Token, tokenize } from './lexer.ts';
import { templateError } from './template-error.ts';

export interface Place {
  readonly template: string;
  readonly offset: number;
  /** As errors show it: `.Config.Env`. */
  readonly shown: string;
}

export type Operand = Place &
  (
    | { readonly kind: 'literal'; readonly value: unknown }
    | { readonly kind: 'dot' }
    | { readonly kind: 'variable'; readonly name: string }
    | { readonly kind: 'function'; readonly name: string }
    | { readonly kind: 'pipeline'; readonly pipeline: Pipeline }
    | { readonly kind: 'field'; readonly of: Operand; readonly name: string }
  );

export interface Pipeline {
  readonly declares?: { readonly names: readonly string[]; readonly anew: boolean };
  readonly commands: readonly (readonly Operand[])[];
}

export type Node =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'print'; readonly pipeline: Pipeline }
  | {
      readonly kind: 'if' | 'with' | 'range';
      readonly pipeline: Pipeline;
      readonly then: readonly Node[];
      readonly otherwise: readonly Node[];
    }
  | { readonly kind: 'break' | 'continue' };

/** @throws GockerError `TEMPLATE_INVALID` */
export function parseTemplate(template: string): readonly Node[] {
  const parser = new Parser(template);
  const nodes = parser.list();
  parser.expectEnd();
  return nodes;
}

const literals: Readonly<Record<string, unknown>> = { true: true, false: false, nil: null };

class Parser {
  readonly #template: string;
  readonly #tokens: readonly Token[];
  #at = 0;

  constructor(template: string) {
    this.#template = template;
    this.#tokens = tokenize(template);
  }

  /** Up to `{{end}}`, `{{else…` or the end of the template. */
  list(): Node[] {
    const nodes: Node[] = [];
    for (let token = this.#peek(); token !== undefined; token = this.#peek()) {
      if (token.kind === 'text') {
        this.#at += 1;
        nodes.push({ kind: 'text', text: token.text });
        continue;
      }
      const word = this.#wordAfterOpen();
      if (word === 'end' || word === 'else') break;
      this.#take('open');
      nodes.push(this.#action(word));
    }
    return nodes;
  }

  expectEnd(): void {
    const token = this.#peek();
    if (token !== undefined) throw this.#error(`unexpected {{${this.#wordAfterOpen()}}}`, token);
  }

  #action(word: string): Node {
    if (word === 'if' || word === 'with' || word === 'range') {
      this.#take('name');
      return this.#block(word);
    }
    if (word === 'break' || word === 'continue') {
      this.#take('name');
      this.#take('close');
      return { kind: word };
    }
    const pipeline = this.#pipeline();
    this.#take('close');
    return { kind: 'print', pipeline };
  }

  #block(kind: 'if' | 'with' | 'range'): Node {
    const pipeline = this.#pipeline();
    this.#take('close');
    const then = this.list();
    this.#take('open', `unexpected EOF: {{${kind}}} without {{end}}`);
    if (this.#take('name').text === 'end') {
      this.#take('close');
      return { kind, pipeline, then, otherwise: [] };
    }
    const chained = this.#peek()?.text;
    if (chained === 'if' || chained === 'with') {
      this.#take('name');
      return { kind, pipeline, then, otherwise: [this.#block(chained)] };
    }
    this.#take('close');
    const otherwise = this.list();
    this.#take('open', `unexpected EOF: {{${kind}}} without {{end}}`);
    this.#take('name');
    this.#take('close');
    return { kind, pipeline, then, otherwise };
  }

  #pipeline(): Pipeline {
    const declares = this.#declaration();
    const commands = [this.#command()];
    while (this.#skip('|')) commands.push(this.#command());
    return declares === undefined ? { commands } : { declares, commands };
  }

  #declaration(): Pipeline['declares'] {
    const before = this.#at;
    const names: string[] = [];
    do {
      if (this.#peek()?.kind !== 'variable') break;
      names.push(this.#take('variable').text);
    } while (this.#skip(','));
    if (names.length > 0 && this.#skip(':=')) return { names, anew: true };
    if (names.length > 0 && this.#skip('=')) return { names, anew: false };
    this.#at = before;
    return undefined;
  }

  #command(): Operand[] {
    const operands: Operand[] = [];
    for (let operand = this.#operand(); operand !== undefined; operand = this.#operand()) operands.push(operand);
    if (operands.length === 0) throw this.#error('missing value for command', this.#peek());
    return operands;
  }

  #operand(): Operand | undefined {
    let operand = this.#term();
    // A field belongs to the operand only where no space stands between.
    while (operand !== undefined && this.#tokens[this.#at]?.kind === 'field') {
      const { text, offset } = this.#take('field');
      const shown = operand.kind === 'dot' ? text : operand.shown + text;
      operand = { kind: 'field', of: operand, name: text.slice(1), template: this.#template, offset, shown };
    }
    return operand;
  }

  #term(): Operand | undefined {
    const token = this.#peek();
    if (token === undefined) return undefined;
    const place = { template: this.#template, offset: token.offset, shown: token.text };
    if (token.kind === 'field') return { kind: 'dot', ...place };
    if (token.kind === 'sign' && token.text !== '.' && token.text !== '(') return undefined;
    if (token.kind === 'close' || token.kind === 'open' || token.kind === 'text') return undefined;
    this.#at += 1;
    if (token.kind === 'string' || token.kind === 'number') return { kind: 'literal', value: literal(token), ...place };
    if (token.kind === 'variable') return { kind: 'variable', name: token.text, ...place };
    if (token.text === '.') return { kind: 'dot', ...place };
    if (token.text === '(') {
      const pipeline = this.#pipeline();
      if (!this.#skip(')')) throw this.#error('unclosed left paren', token);
      return { kind: 'pipeline', pipeline, ...place };
    }
    if (Object.hasOwn(literals, token.text)) return { kind: 'literal', value: literals[token.text], ...place };
    return { kind: 'function', name: token.text, ...place };
  }

  #wordAfterOpen(): string {
    const following = this.#tokens.slice(this.#at + 1).find(({ kind }) => kind !== 'space');
    return following?.text ?? '';
  }

  /** The next token that is not white space. */
  #peek(): Token | undefined {
    while (this.#tokens[this.#at]?.kind === 'space') this.#at += 1;
    return this.#tokens[this.#at];
  }

  #skip(sign: string): boolean {
    const token = this.#peek();
    if (token?.kind !== 'sign' || token.text !== sign) return false;
    this.#at += 1;
    return true;
  }

  #take(kind: Token['kind'], missing?: string): Token {
    const token = this.#peek();
    if (token === undefined || token.kind !== kind) {
      throw this.#error(
        token === undefined ? (missing ?? 'unexpected EOF') : `unexpected ${JSON.stringify(token.text)}`,
        token,
      );
    }
    this.#at += 1;
    return token;
  }

  #error(message: string, token: Token | undefined): Error {
    return templateError(this.#template, token?.offset ?? this.#template.length, message);
  }
}

function literal({ kind, text }: Token): unknown {
  if (kind === 'number') return Number(text);
  if (text.startsWith('`')) return text.slice(1, -1);
  const body = text
    .slice(1, -1)
    .replace(/\\(x[0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)/g, (_, code: string) => character(code));
  return text.startsWith("'") ? (body.codePointAt(0) ?? 0) : body;
}

/** What stands after a backslash. */
function character(code: string): string {
  const named: Readonly<Record<string, string>> = { n: '\n', t: '\t', r: '\r', a: '\x07', b: '\b', f: '\f', v: '\v' };
  return code.length > 1 ? String.fromCharCode(Number.parseInt(code.slice(1), 16)) : (named[code] ?? code);
}
