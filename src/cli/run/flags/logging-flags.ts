/** Flags of `run` on where the container's output is kept. */
import type { LoggingOptions } from '../../../engine/index.ts';
import type { Flags, Options } from '../../command.ts';

export const loggingFlags = {
  logDriver: {
    flags: '--log-driver <driver>',
    kind: 'text',
    description:
      "Where output is kept: json-file (gocker's own log, without limit), local (the same, 5 files of 20m), none",
  },
  logOpt: {
    flags: '--log-opt <list>',
    kind: 'list',
    description: 'Of the log: max-size=10m, max-file=3; labels=a,b and env=C for "logs --details"',
  },
} as const satisfies Options;

export function readLoggingOptions({ logDriver, logOpt }: Flags<typeof loggingFlags>): LoggingOptions {
  const pairs = logOpt.map((text) => {
    const equals = text.indexOf('=');
    return equals < 0 ? [text, ''] : [text.slice(0, equals), text.slice(equals + 1)];
  });
  return {
    ...(logDriver === undefined ? {} : { logDriver }),
    ...(pairs.length === 0 ? {} : { logOptions: Object.fromEntries(pairs) }),
  };
}
