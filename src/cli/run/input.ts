/** Our standard input, for the container. */
import type { Transform } from 'node:stream';
import type { Container } from '../../engine/index.ts';

/**
 * Our standard input to the container's, end of file included.
 *
 * @param filter what it goes through
 * @returns what stops it
 */
export function copyInput(container: Pick<Container, 'stdin'>, filter?: Transform): () => void {
  const target = container.stdin;
  if (target === undefined) return () => {};
  const source = process.stdin;
  const first = filter ?? target;
  // A container that ends, or closes its input, before ours ends is nothing unusual.
  target.on('error', () => source.unpipe(first));
  source.pipe(first);
  filter?.pipe(target);
  return () => {
    source.unpipe(first);
    filter?.unpipe(target);
    source.pause();
  };
}
