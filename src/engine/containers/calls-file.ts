/**
 * The kernel calls of a container's last start, as `explain` shows them: `containers/<id>/calls.json`. Written once the program
 * runs, and small: there are hundreds of calls, and few reasons. The environment's values are never in it.
 *
 *   {"whys":["…"],"calls":[["mount(…)",0,"= 0"],…]}   text, number of its reason, result, nanoseconds
 */
import { readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { GockerError } from '../../errors/index.ts';
import type { PlayedCall } from '../../syscall/index.ts';
import type { EngineContext } from '../context.ts';
import { explainPlayed } from '../explain.ts';
import type { ExplainedCall } from '../types.ts';

const NAME = 'calls.json';

type Line = readonly [text: string, why: number, result?: string | null, nanoseconds?: number];

interface Content {
  readonly whys: readonly string[];
  readonly calls: readonly Line[];
}

/** Why there may be none: the container has been removed meanwhile, or the disk is full, which is no reason not to run it. */
const excuses: readonly unknown[] = ['ENOENT', 'ENOSPC', 'EDQUOT'];

/** Atomic. */
export function keepCalls(directory: string, played: readonly PlayedCall[]): void {
  const whys = new Map<string, number>();
  const calls = explainPlayed(played).map(({ text, why, result, nanoseconds }): Line => {
    const number = whys.get(why) ?? whys.size;
    whys.set(why, number);
    if (nanoseconds !== undefined) return [text, number, result ?? null, nanoseconds];
    return result === undefined ? [text, number] : [text, number, result];
  });
  const content: Content = { whys: [...whys.keys()], calls };
  const temporary = join(directory, `.calls-${process.pid}`);
  try {
    writeFileSync(temporary, JSON.stringify(content), { mode: 0o600 });
    renameSync(temporary, join(directory, NAME));
  } catch (error) {
    rmSync(temporary, { force: true });
    if (!excuses.includes((error as NodeJS.ErrnoException).code)) throw error;
  }
}

/** Milliseconds in which a program does the first of its work, and the short ones all of it. */
const FIRST_WORK = 25;

/**
 * The same, but not in the way of a program that has just been started. Nobody waits for it.
 *
 * @returns to be called at the container's end: whether the calls are to be there afterwards
 */
export function keepCallsSoon(directory: string, played: readonly PlayedCall[]): (wanted: boolean) => void {
  let isKept = false;
  const keep = () => {
    isKept = true;
    keepCalls(directory, played);
  };
  const timer = setTimeout(keep, FIRST_WORK).unref();
  return (wanted) => {
    clearTimeout(timer);
    if (wanted && !isKept) keep();
  };
}

/**
 * The calls that made a container as it is, or was at last.
 *
 * @param text name, id or unique prefix of an id
 * @throws GockerError `CONTAINER_NOT_FOUND`, `CONTAINER_AMBIGUOUS`, `CALLS_NOT_KEPT`
 */
export function explainContainer({ containers }: EngineContext, text: string): readonly ExplainedCall[] {
  const { id, name, started } = containers.find(text);
  const content = readContent(join(containers.directory(id), NAME));
  if (content !== undefined) return content.calls.map((line) => expand(line, content.whys));
  if (started === undefined) {
    throw new GockerError('CALLS_NOT_KEPT', `cannot explain container "${name}": it has never been started`, {
      hint: 'See what a start would do: gocker run --dry-run.',
    });
  }
  throw new GockerError('CALLS_NOT_KEPT', `cannot explain container "${name}": its calls were not kept`, {
    hint: 'Whoever started it was killed at that moment. Start it again.',
  });
}

function expand([text, why, result, nanoseconds]: Line, whys: readonly string[]): ExplainedCall {
  return {
    text,
    call: text.slice(0, text.indexOf('(')),
    why: whys[why] ?? '',
    ...(typeof result === 'string' ? { result, failed: isFailure(result) } : {}),
    ...(nanoseconds === undefined ? {} : { nanoseconds }),
  };
}

/** `= EPERM (Operation not permitted)`, where `= 3` is none. */
function isFailure(result: string): boolean {
  return !/^= \d+$/.test(result);
}

/** What a power cut leaves of it counts as nothing. */
function readContent(path: string): Content | undefined {
  try {
    return JSON.parse(readFileSync(path, 'utf8')) as Content;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}
