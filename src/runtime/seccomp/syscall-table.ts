/** Names and numbers of system calls on each architecture that a filter may have to judge. */
import { armCalls } from './tables/arm.ts';
import { arm64Calls } from './tables/arm64.ts';
import { commonCalls } from './tables/every-architecture.ts';
import { foreignCalls } from './tables/foreign.ts';
import { i386Calls } from './tables/i386.ts';
import { notX32Calls, x32Calls } from './tables/x32.ts';
import { x86_64Calls } from './tables/x86-64.ts';

export type CallTable = 'x86-64' | 'x32' | 'i386' | 'arm64' | 'arm';

export const callTables: readonly CallTable[] = ['x86-64', 'x32', 'i386', 'arm64', 'arm'];

const parsed = new Map<CallTable, ReadonlyMap<string, number>>();

/** Numbers by name; x32's without __X32_SYSCALL_BIT. Read at the first use. */
export function callNumbers(table: CallTable): ReadonlyMap<string, number> {
  const known = parsed.get(table);
  if (known !== undefined) return known;
  const numbers = read(table);
  parsed.set(table, numbers);
  return numbers;
}

/** Whether Linux has a call of that name on any architecture, with a table here or without. */
export function isCallName(name: string): boolean {
  return callTables.some((table) => callNumbers(table).has(name)) || wordsOf(foreignCalls).includes(name);
}

/** All names, for a look at what a mistyped one was meant to be. */
export function callNames(): string[] {
  return [...new Set(callTables.flatMap((table) => [...callNumbers(table).keys()]))];
}

function read(table: CallTable): Map<string, number> {
  const numbers = readNumbers(commonCalls, new Map());
  if (table === 'i386') return readNumbers(i386Calls, numbers);
  if (table === 'arm64') return readNumbers(arm64Calls, numbers);
  if (table === 'arm') return readNumbers(armCalls, numbers);
  readNumbers(x86_64Calls, numbers);
  if (table === 'x86-64') return numbers;
  for (const name of wordsOf(notX32Calls)) numbers.delete(name);
  return readNumbers(x32Calls, numbers);
}

/** A number stands for the name after it, and each further name for one more. */
function readNumbers(text: string, into: Map<string, number>): Map<string, number> {
  let next = 0;
  for (const word of wordsOf(text)) {
    if (word.charCodeAt(0) <= 0x39) next = Number(word);
    else into.set(word, next++);
  }
  return into;
}

function wordsOf(text: string): string[] {
  return text.trim().split(/\s+/);
}
