/** Go templates, as `--format` takes them: a small evaluator over plain data. */
import { functions } from './functions.ts';
import { entriesOf, goPrint, isMap, isOpen, isTrue } from './go-value.ts';
import { type Node, type Operand, type Pipeline, parseTemplate } from './parser.ts';
import { executionError } from './template-error.ts';

/** A template that was read and can be carried out on any number of values. */
export class Template {
  readonly #nodes: readonly Node[];

  /** @throws GockerError `TEMPLATE_INVALID` */
  constructor(text: string) {
    this.#nodes = parseTemplate(text);
  }

  /** @throws GockerError `TEMPLATE_FAILED` for an unknown field or function, or an argument of the wrong kind */
  execute(data: unknown): string {
    const run = new Run(data);
    run.list(this.#nodes, data);
    return run.output;
  }
}

class Run {
  output = '';
  /** Innermost last; a template's variables end with the block that declares them. */
  readonly #variables: { readonly name: string; value: unknown }[];

  constructor(data: unknown) {
    this.#variables = [{ name: '$', value: data }];
  }

  /** @returns how a loop around it goes on */
  list(nodes: readonly Node[], dot: unknown): 'break' | 'continue' | undefined {
    const mark = this.#variables.length;
    for (const node of nodes) {
      const leave = this.#node(node, dot);
      if (leave !== undefined) return leave;
    }
    this.#variables.length = mark;
    return undefined;
  }

  #node(node: Node, dot: unknown): 'break' | 'continue' | undefined {
    switch (node.kind) {
      case 'text':
        this.output += node.text;
        return undefined;
      case 'print': {
        const value = this.#pipeline(node.pipeline, dot);
        if (node.pipeline.declares === undefined) this.output += value === undefined ? '<no value>' : goPrint(value);
        return undefined;
      }
      case 'if':
      case 'with':
        return this.#choose(node, dot);
      case 'range':
        this.#range(node, dot);
        return undefined;
      default:
        return node.kind;
    }
  }

  #choose(node: Extract<Node, { then: unknown }>, dot: unknown): 'break' | 'continue' | undefined {
    const mark = this.#variables.length;
    const value = this.#pipeline(node.pipeline, dot);
    const inner = node.kind === 'with' ? value : dot;
    const leave = isTrue(value) ? this.list(node.then, inner) : this.list(node.otherwise, dot);
    this.#variables.length = mark;
    return leave;
  }

  #range(node: Extract<Node, { then: unknown }>, dot: unknown): void {
    const mark = this.#variables.length;
    const { declares, commands } = node.pipeline;
    const value = this.#pipeline({ commands }, dot);
    const place = commands.at(-1)?.[0];
    const entries = entriesOf(value);
    if (entries === undefined && place !== undefined)
      throw executionError(place, `range can't iterate over ${goPrint(value)}`);
    for (const [key, item] of entries ?? []) {
      const names = declares?.names ?? [];
      const bound = names.length === 1 ? [item] : [key, item];
      this.#variables.push(...names.map((name, index) => ({ name, value: bound[index] })));
      const leave = this.list(node.then, item);
      this.#variables.length = mark;
      if (leave === 'break') break;
    }
    if (entries?.length === 0) this.list(node.otherwise, dot);
  }

  #pipeline({ declares, commands }: Pipeline, dot: unknown): unknown {
    let value: unknown;
    for (const [index, command] of commands.entries()) {
      value = this.#command(command, dot, index === 0 ? [] : [value]);
    }
    for (const name of declares?.names ?? []) {
      const known = this.#variables.findLast((variable) => variable.name === name);
      if (declares?.anew === false && known !== undefined) known.value = value;
      else this.#variables.push({ name, value });
    }
    return value;
  }

  #command([head, ...rest]: readonly Operand[], dot: unknown, piped: readonly unknown[]): unknown {
    if (head === undefined) return undefined;
    if (head.kind !== 'function') {
      const value = this.#value(head, dot);
      if (head.kind === 'field' && typeof value === 'function') {
        return callMethod(value, head, [...rest.map((operand) => this.#value(operand, dot)), ...piped]);
      }
      if (rest.length > 0 || piped.length > 0)
        throw executionError(head, `can't give argument to non-function ${head.shown}`);
      return value;
    }
    const call = Object.hasOwn(functions, head.name) ? functions[head.name] : undefined;
    if (call === undefined) throw executionError(head, `function "${head.name}" not defined`);
    const values = [...rest.map((operand) => this.#value(operand, dot)), ...piped];
    try {
      return call(...values);
    } catch (error) {
      throw executionError(head, `error calling ${head.name}: ${(error as Error).message}`);
    }
  }

  #value(operand: Operand, dot: unknown): unknown {
    switch (operand.kind) {
      case 'literal':
        return operand.value;
      case 'dot':
        return dot;
      case 'pipeline':
        return this.#pipeline(operand.pipeline, dot);
      case 'function':
        return this.#command([operand], dot, []);
      case 'variable': {
        const found = this.#variables.findLast(({ name }) => name === operand.name);
        if (found === undefined) throw executionError(operand, `undefined variable "${operand.name}"`);
        return found.value;
      }
      case 'field':
        return fieldOf(this.#value(operand.of, dot), operand);
    }
  }
}

/** A field that takes a text and gives one, as the methods of docker's objects. */
function callMethod(method: unknown, place: Extract<Operand, { kind: 'field' }>, values: readonly unknown[]): unknown {
  const [argument] = values;
  if (values.length !== 1) {
    throw executionError(place, `wrong number of args for ${place.name}: want 1 got ${values.length}`);
  }
  if (typeof argument !== 'string') throw executionError(place, `expected string; found ${goPrint(argument)}`);
  return (method as (argument: string) => string)(argument);
}

function fieldOf(value: unknown, place: Extract<Operand, { kind: 'field' }>): unknown {
  if (isMap(value)) {
    if (Object.hasOwn(value, place.name)) return value[place.name];
    if (isOpen(value)) return undefined;
    throw executionError(place, `map has no entry for key "${place.name}"`, Object.keys(value));
  }
  if (value === null || value === undefined) throw executionError(place, `nil data; no entry for key "${place.name}"`);
  throw executionError(
    place,
    `can't evaluate field ${place.name} in type ${Array.isArray(value) ? '[]interface {}' : typeof value}`,
  );
}
