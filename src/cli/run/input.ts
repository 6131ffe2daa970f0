/** Our standard input, for the container. */
import type { Container } from '../../engine/index.ts';

/** Our standard input to the container's, end of file included. @returns what stops it */
export function copyInput(container: Pick<Container, 'stdin'>): () => void {
  const target = container.stdin;
  if (target === undefined) return () => {};
  const source = process.stdin;
  // A container that ends, or closes its input, before ours ends is nothing unusual.
  target.on('error', () => source.unpipe(target));
  source.pipe(target);
  return () => {
    source.unpipe(target);
    source.pause();
  };
}
