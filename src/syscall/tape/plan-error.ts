/** A list of kernel calls that can't be laid out: a fault of the program that made it, found before there is a child. */
import { GockerError } from '../../errors/index.ts';

export class PlanError extends GockerError {
  /** @param is what is wrong; `should` what was expected */
  constructor(object: string, is: string, should: string) {
    super('INVALID_PLAN', `cannot lay out ${object}: ${is} (expected ${should})`);
  }
}
