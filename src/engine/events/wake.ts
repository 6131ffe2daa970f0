/** Something to wait for, again and again: what happens while nobody waits is there at the next wait. */
export class Wake {
  #isDue = false;
  #resolve: (() => void) | undefined;

  readonly call = (): void => {
    this.#isDue = true;
    this.#resolve?.();
  };

  /** Resolves once call() was called since the last wait. One waiter at a time. */
  async wait(): Promise<void> {
    if (!this.#isDue) {
      await new Promise<void>((resolve) => {
        this.#resolve = resolve;
      });
    }
    this.#resolve = undefined;
    this.#isDue = false;
  }
}
