/** Taking part in a container that somebody else looks after. */
import type { Container } from '../types.ts';

export interface AttachOptions {
  /** False: nothing is written to it. */
  readonly stdin?: boolean;
  /** The end of what is written is the end of the container's stdin, for all: as for who started it with `-i`. */
  readonly closeStdin?: boolean;
  /** What it has written since then comes first; from now where left out. */
  readonly from?: OutputPosition;
}

/** A place in what a container has written. */
export interface OutputPosition {
  readonly inode: number;
  readonly offset: number;
}

/** Disposing of it leaves the container as it is. */
export interface Attached
  extends Pick<Container, 'id' | 'name' | 'stdin' | 'copyOutput' | 'kill' | 'resize' | 'wait'>,
    Disposable {
  readonly tty: boolean;
}
