/** How a pull is shown: a bar a layer on a terminal, lines elsewhere, nothing with `--quiet`. Always on standard error. */
import type { PullEvent } from '../../engine/index.ts';
import type { Context } from '../command.ts';
import { LineProgress } from './lines.ts';

export interface Progress {
  show(event: PullEvent): void;
  /** Leaves the terminal as it was, also in the middle. Idempotent. */
  close(): Promise<void>;
}

export function openProgress({ stderr, env }: Pick<Context, 'stderr' | 'env'>, quiet: boolean): Progress {
  if (quiet) return { show: () => {}, close: async () => {} };
  const bars = stderr.isTerminal && env.TERM !== 'dumb' && env.CI === undefined;
  return bars ? new BarsWhenNeeded(new LineProgress(stderr)) : new LineProgress(stderr);
}

/** Most runs pull nothing: the bars are loaded with the first event, and those in between are kept for them. */
class BarsWhenNeeded implements Progress {
  readonly #lines: Progress;
  #kept: PullEvent[] = [];
  #bars: Progress | undefined;
  #loading: Promise<void> | undefined;

  constructor(lines: Progress) {
    this.#lines = lines;
  }

  show(event: PullEvent): void {
    if (this.#bars !== undefined) {
      this.#bars.show(event);
      return;
    }
    this.#kept.push(event);
    this.#loading ??= this.#load();
  }

  async close(): Promise<void> {
    await this.#loading;
    await this.#bars?.close();
  }

  async #load(): Promise<void> {
    const { BarProgress } = await import('./bars.ts');
    this.#bars = new BarProgress(this.#lines);
    for (const event of this.#kept) this.#bars.show(event);
    this.#kept = [];
  }
}
