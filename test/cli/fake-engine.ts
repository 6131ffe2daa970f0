/** An engine that does what a test says and fails loudly for all else; sinks that keep what was written. */
import { runCommandLine } from '../../src/cli/command-line.ts';
import type { Engine, EngineOptions } from '../../src/engine/index.ts';

export interface Outcome {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What engines were opened with: empty where none was needed. */
  readonly opened: readonly EngineOptions[];
}

export interface Scene {
  readonly env?: Readonly<Record<string, string>>;
  readonly isTerminal?: boolean;
}

/** Runs one command line against the engine's given methods. */
export async function gocker(
  argv: readonly string[],
  methods: Partial<Engine> = {},
  scene: Scene = {},
): Promise<Outcome> {
  const texts = { stdout: '', stderr: '' };
  const sink = (name: keyof typeof texts) => ({
    write: (text: string) => {
      texts[name] += text;
    },
    isTerminal: scene.isTerminal === true,
  });
  const opened: EngineOptions[] = [];
  const exitCode = await runCommandLine(argv, {
    stdout: sink('stdout'),
    stderr: sink('stderr'),
    env: scene.env ?? {},
    now: () => Date.parse('2025-01-31T12:00:00Z'),
    openEngine: async (options) => {
      opened.push(options);
      return methods as Engine;
    },
  });
  return { exitCode, ...texts, opened };
}
