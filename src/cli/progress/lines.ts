/** A pull in plain lines, worded as docker does when it has no terminal. */
import type { LayerState, PullEvent } from '../../engine/index.ts';
import { parseReference } from '../../oci/index.ts';
import { shortID, visible } from '../format/text.ts';
import type { Sink } from '../sink.ts';
import type { Progress } from './progress.ts';

const words: Readonly<Record<LayerState, string>> = {
  exists: 'Already exists',
  waiting: 'Waiting',
  downloading: 'Pulling fs layer',
  unpacking: 'Download complete',
  complete: 'Pull complete',
};

export class LineProgress implements Progress {
  readonly #sink: Sink;

  constructor(sink: Sink) {
    this.#sink = sink;
  }

  show(event: PullEvent): void {
    const line = lineOf(event);
    if (line !== undefined) this.#sink.write(`${line}\n`);
  }

  async close(): Promise<void> {}
}

/** Undefined for what is no news in a log: bytes, and the layers before anything happens to them. */
export function lineOf(event: PullEvent): string | undefined {
  switch (event.kind) {
    case 'pulling': {
      const { registry, repository, tag, digest } = parseReference(event.reference);
      const elsewhere = event.from === registry || event.from === '' ? '' : ` (${visible(event.from)})`;
      return `${digest ?? tag}: Pulling from ${registry === 'docker.io' ? '' : `${registry}/`}${repository}${elsewhere}`;
    }
    case 'layer':
      return `${shortID(event.digest)}: ${words[event.state]}`;
    case 'retry':
      return `${visible(event.message)}; trying again in ${Math.ceil(event.delay / 1000)} s`;
    case 'allowance':
      return `The registry grants ${event.remaining} more of ${event.limit} pulls${period(event.seconds)}`;
    default:
      return undefined;
  }
}

function period(seconds: number | undefined): string {
  if (seconds === undefined) return '';
  return seconds >= 3600 ? ` per ${Math.round(seconds / 3600)} hours` : ` per ${seconds} seconds`;
}
