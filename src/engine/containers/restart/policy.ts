/**
 * Restart policies as docker's users write them:
 *
 *   policy ::= "no" | "always" | "unless-stopped" | "on-failure" [":" retries]
 */
import { optionError } from '../../options/option-error.ts';

const names = ['no', 'always', 'on-failure', 'unless-stopped'] as const;

/** docker's words for it. */
export interface RestartPolicy {
  readonly name: (typeof names)[number];
  /** Of `on-failure`; 0 for no end. */
  readonly maximumRetryCount: number;
}

/** @throws GockerError `RESTART_POLICY_INVALID` */
export function parseRestartPolicy(text: string): RestartPolicy {
  const [given = '', ...rest] = text.split(':');
  const retries = rest.length === 0 ? undefined : rest.join(':');
  const name = text === '' ? 'no' : names.find((known) => known === given);
  if (given === '' && retries !== undefined) {
    throw invalid(text, 'invalid restart policy format: no policy provided before colon', 'such as on-failure:3');
  }
  if (name === undefined) {
    throw invalid(text, `unknown policy "${given}"`, 'no, always, on-failure[:retries] or unless-stopped');
  }
  if (retries === undefined || retries === '') return { name, maximumRetryCount: 0 };
  if (!/^[+-]?\d+$/.test(retries)) {
    throw invalid(text, 'maximum retry count must be an integer', 'such as on-failure:3');
  }
  if (name !== 'on-failure') {
    throw invalid(text, 'maximum retry count can only be used with "on-failure"', `${name} alone`);
  }
  if (Number(retries) < 0) throw invalid(text, 'maximum retry count cannot be negative', '0 for no end, or more');
  return { name, maximumRetryCount: Number(retries) };
}

function invalid(value: string, is: string, expected: string) {
  return optionError({ code: 'RESTART_POLICY_INVALID', flag: '--restart', value, is, expected });
}
