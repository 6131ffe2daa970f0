/** A pull on a terminal: a bar for each layer (cli-progress), which turns into a word when there is nothing to measure. */
import { MultiBar, type Options, type Params, type SingleBar } from 'cli-progress';
import type { LayerState, PullEvent } from '../../engine/index.ts';
import { formatSize } from '../format/size.ts';
import { shortID } from '../format/text.ts';
import { lineOf } from './lines.ts';
import type { Progress } from './progress.ts';

interface Payload {
  readonly id: string;
  readonly state: LayerState;
  /** Bytes unpacked. */
  readonly unpacked: number;
}

const words: Readonly<Record<LayerState, string>> = {
  exists: 'Already exists',
  waiting: 'Waiting',
  downloading: 'Downloading',
  unpacking: 'Extracting',
  complete: 'Pull complete',
};

/** Lines of a terminal that bars leave to the rest. */
const SPARE_ROWS = 2;

export class BarProgress implements Progress {
  readonly #lines: Progress;
  readonly #layers = new Map<string, { readonly bar: SingleBar; payload: Payload }>();
  #bars: MultiBar | undefined;

  /** @param lines for what has no bar */
  constructor(lines: Progress) {
    this.#lines = lines;
  }

  show(event: PullEvent): void {
    if (event.kind === 'layers') this.#open(event.layers);
    else if (this.#bars === undefined) this.#lines.show(event);
    else if (event.kind === 'layer') this.#update(event.digest, { state: event.state });
    else if (event.kind === 'download') this.#update(event.digest, {}, event.bytes);
    else if (event.kind === 'unpack') this.#update(event.digest, { unpacked: event.bytes });
    else this.#bars.log(`${lineOf(event)}\n`);
  }

  async close(): Promise<void> {
    this.#bars?.stop();
    this.#bars = undefined;
  }

  #open(layers: readonly { readonly digest: string; readonly size: number }[]): void {
    // Bars are redrawn in place: with more of them than rows they would scroll away and pile up.
    if (layers.length > (process.stderr.rows ?? 24) - SPARE_ROWS) return;
    this.#bars = new MultiBar({
      stream: process.stderr,
      format: drawLayer,
      hideCursor: true,
      gracefulExit: false,
      fps: 10,
      emptyOnZero: true,
    });
    for (const { digest, size } of layers) {
      if (this.#layers.has(digest)) continue;
      const payload: Payload = { id: shortID(digest), state: 'waiting', unpacked: 0 };
      this.#layers.set(digest, { bar: this.#bars.create(size, 0, payload), payload });
    }
  }

  #update(digest: string, change: Partial<Payload>, bytes?: number): void {
    const layer = this.#layers.get(digest);
    if (layer === undefined) return;
    layer.payload = { ...layer.payload, ...change };
    if (bytes === undefined) layer.bar.update(layer.payload);
    else layer.bar.update(bytes, layer.payload);
  }
}

/** `43c4264eed91: Downloading [=====>    ] 1.2MB/3.4MB` */
export function drawLayer(_options: Options, params: Pick<Params, 'value' | 'total'>, payload: Payload): string {
  const { id, state, unpacked } = payload;
  const head = `${id}: ${words[state]}`;
  if (state === 'unpacking') return `${head} ${formatSize(unpacked)}`;
  if (state !== 'downloading' || params.value === 0) return head;
  const width = 30;
  const filled = params.total === 0 ? width : Math.min(width, Math.floor((params.value / params.total) * width));
  const bar = `${'='.repeat(filled)}>`.slice(0, width).padEnd(width);
  return `${head} [${bar}] ${formatSize(params.value)}/${formatSize(params.total)}`;
}
