/** What the tests of the ring import from "vitest", put together from vitest's own parts. */
import {
  ASYMMETRIC_MATCHERS_OBJECT,
  chai,
  customMatchers,
  type ExpectStatic,
  getState,
  JestAsymmetricMatchers,
  JestChaiExpect,
  JestExtend,
  setState,
} from '@vitest/expect';

export { afterAll, afterEach, beforeAll, beforeEach, describe, onTestFinished, test } from '@vitest/runner';

chai.use(JestExtend);
chai.use(JestChaiExpect);
chai.use(JestAsymmetricMatchers);

const make = ((value: unknown, message?: string) => chai.expect(value, message)) as ExpectStatic;
export const expect: ExpectStatic = Object.assign(
  make,
  chai.expect,
  (globalThis as unknown as Record<symbol, object>)[ASYMMETRIC_MATCHERS_OBJECT],
  { getState: () => getState(make), poll },
);
setState({ assertionCalls: 0, isExpectingAssertions: false }, expect);
(chai.expect as unknown as { extend(on: ExpectStatic, matchers: object): void }).extend(expect, customMatchers);

/** Until the matcher holds, or a minute has gone. */
function poll(look: () => unknown): unknown {
  return new Proxy(
    {},
    {
      get:
        (_, matcher: string) =>
        (...expected: unknown[]) =>
          retry(look, matcher, expected),
    },
  );
}

async function retry(look: () => unknown, matcher: string, expected: readonly unknown[]): Promise<void> {
  for (const end = Date.now() + 60_000; ; ) {
    try {
      const assertion = expect(await look()) as unknown as Record<string, (...args: readonly unknown[]) => unknown>;
      await assertion[matcher]?.(...expected);
      return;
    } catch (error) {
      if (Date.now() > end) throw error;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
