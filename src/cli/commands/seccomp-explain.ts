/** `gocker seccomp explain` */
import type { SeccompExplanation } from '../../engine/index.ts';
import { defineCommand } from '../command.ts';

/** Of a terminal that nobody made wider. */
const WIDTH = 100;

export const seccompExplain = defineCommand({
  name: 'seccomp explain',
  usage: '[OPTIONS] [FILE]',
  description: 'Show what a seccomp profile allows, on which conditions, and what it does to all else',
  options: {
    capAdd: { flags: '--cap-add <list>', kind: 'list', description: 'For a container with this capability' },
    capDrop: { flags: '--cap-drop <list>', kind: 'list', description: 'For a container without it' },
    arch: { flags: '--arch <name>', kind: 'text', description: 'For this machine: amd64 or arm64' },
    format: { flags: '--format <format>', kind: 'text', values: ['json'], description: 'Print as "json"' },
  },
  operands: { least: 0, most: 1 },
  examples: ['gocker seccomp explain', 'gocker seccomp explain --cap-add SYS_ADMIN profile.json'],
  async run(flags, [file], { engine, stdout }) {
    const explained = await (await engine()).explainSeccomp({
      ...(file === undefined ? {} : { file }),
      ...(flags.arch === undefined ? {} : { architecture: flags.arch }),
      capAdd: flags.capAdd,
      capDrop: flags.capDrop,
    });
    stdout.write(flags.format === 'json' ? `${JSON.stringify(explained)}\n` : formatExplanation(explained));
    return 0;
  },
});

function formatExplanation({ otherwise, instructions, architectures, byCapability }: SeccompExplanation): string {
  const names = architectures.map(({ name }) => name).join(', ');
  const lines = [
    `A filter of ${instructions} instructions for ${names}; a call by way of another architecture kills the process.`,
    otherwise.startsWith('allowed')
      ? `A call that no rule names: ${otherwise}.`
      : `A call that no rule names: ${otherwise}; one that is newer than all that are named: fails with ENOSYS.`,
  ];
  for (const { name, always, byArguments, unnamed } of architectures) {
    lines.push('', name);
    for (const [outcome, calls] of Object.entries(always)) lines.push(...list(`${outcome} (${calls.length})`, calls));
    if (byArguments.length > 0) lines.push('  by arguments');
    for (const { name: call, rules } of byArguments) {
      for (const { when, outcome } of rules) lines.push(`    ${call}: ${outcome} where ${when}`);
      lines.push(`    ${call}: ${otherwise} else`);
    }
    lines.push(...list(`no rule (${unnamed.length}): ${otherwise}`, unnamed));
  }
  if (byCapability.length > 0) lines.push('', 'With capabilities');
  for (const { capabilities, held, names: calls } of byCapability) {
    lines.push(...list(`${capabilities.join(' and ')}, which the container ${held ? 'has' : 'has not'}`, calls));
  }
  return `${lines.join('\n')}\n`;
}

/** A title, and words below it that fill lines. */
function list(title: string, words: readonly string[]): string[] {
  const lines: string[] = [];
  let line = '   ';
  for (const word of words) {
    if (line.length + 1 + word.length > WIDTH) {
      lines.push(line);
      line = '   ';
    }
    line += ` ${word}`;
  }
  return [`  ${title}`, ...lines, ...(words.length > 0 ? [line] : [])];
}
