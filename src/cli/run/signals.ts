/** Signals while a container is in the foreground: those sent to us are meant for it. */
import type { Container } from '../../engine/index.ts';
import { exitCodeOfSignal } from '../interrupt.ts';

/** All that a program may want to hear of, but those that stop or continue a job of the shell, and SIGWINCH (docker's nginx trap). */
const forwarded = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM', 'SIGUSR1', 'SIGUSR2', 'SIGALRM'] as const;
const ending: readonly NodeJS.Signals[] = ['SIGHUP', 'SIGINT', 'SIGQUIT', 'SIGTERM'];

/** Requests to end before the container is killed: pid 1 ignores what it has no handler for. */
const PATIENCE = 3;

/**
 * Before there is a container, a request to end aborts `signal`; afterwards signals are passed on. The third SIGINT or
 * SIGTERM kills.
 */
export class SignalRelay {
  readonly #controller = new AbortController();
  #container: Pick<Container, 'kill'> | undefined;
  #received: NodeJS.Signals | undefined;
  #requests = 0;

  constructor() {
    for (const signal of forwarded) process.on(signal, this.#onSignal);
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** 128 + n where signal n kept the container from starting. */
  get exitCode(): number | undefined {
    return this.#received === undefined ? undefined : exitCodeOfSignal(this.#received);
  }

  passOnTo(container: Pick<Container, 'kill'>): void {
    this.#container = container;
  }

  close(): void {
    for (const signal of forwarded) process.off(signal, this.#onSignal);
  }

  readonly #onSignal = (signal: NodeJS.Signals): void => {
    if (signal === 'SIGINT' || signal === 'SIGTERM') this.#requests += 1;
    if (this.#container !== undefined) {
      this.#container.kill(this.#requests >= PATIENCE ? 'SIGKILL' : signal);
    } else if (ending.includes(signal)) {
      if (this.#received !== undefined && this.#requests >= PATIENCE) process.exit(exitCodeOfSignal(signal));
      this.#received ??= signal;
      this.#controller.abort();
    }
  };
}
