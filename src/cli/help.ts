/** `--help`: cac prints, from the option table; its sections are put into the order that docker's users expect. */
import { CAC } from 'cac';
import { alignFlags, declare } from './arguments.ts';
import { catalogue, findCommand, groupMembers, spellingsOf } from './catalogue.ts';
import type { Command } from './command.ts';
import { globalOptions } from './global-options.ts';

interface Section {
  readonly title?: string;
  readonly body: string;
}

const about = 'Pulls and runs OCI images with no daemon, and shows how.';

/** Help on a command (`run`, `image ls`), on a group (`image`), or on all for no words. @throws UsageError */
export async function printHelpFor(words: readonly string[]): Promise<void> {
  const [first] = words;
  if (first === undefined) {
    printOverview(
      '[OPTIONS] COMMAND',
      catalogue
        .filter(({ hidden }) => hidden !== true)
        .map(({ spellings, description }) => [spellings[0] ?? '', description]),
    );
    return;
  }
  const members = groupMembers(first);
  if (words.length > 1 || members.length === 0) return printCommandHelp(await findCommand(words).entry.load());
  const lines = members.flatMap(({ spellings, description }) => {
    const spelling = spellings.find((candidate) => candidate.startsWith(`${first} `));
    return spelling === undefined ? [] : [[spelling, description] as const];
  });
  printOverview(`${first} COMMAND`, lines);
}

export function printCommandHelp(command: Command): void {
  const { cli, declared } = declare(command);
  const spellings = spellingsOf(command.name).map((spelling) => `gocker ${spelling}`);
  cli.globalCommand.helpCallback = (sections) => [
    { body: `Usage:  gocker ${command.name} ${command.usage}`.trimEnd() },
    { body: command.description },
    ...(spellings.length > 1 ? [{ title: 'Aliases', body: `  ${spellings.join(', ')}` }] : []),
    ...titled(sections, 'Options'),
    ...titled(sections, 'Examples'),
  ];
  declared.outputHelp();
}

function printOverview(usage: string, lines: readonly (readonly [name: string, description: string])[]): void {
  const cli = new CAC('gocker');
  for (const [name, description] of lines) cli.command(name, description);
  for (const { flags, description } of Object.values(globalOptions)) cli.option(alignFlags(flags), description);
  cli.globalCommand.helpCallback = (sections) => [
    { body: `Usage:  gocker ${usage}` },
    { body: about },
    ...titled(sections, 'Commands'),
    ...titled(sections, 'Options'),
    { body: 'Run "gocker COMMAND --help" for more about a command.' },
  ];
  cli.outputHelp();
}

function titled(sections: readonly Section[], title: string): Section[] {
  const found = sections.filter((section) => section.title === title);
  // cac gives every `--no-…` a default of true, which says nothing to people.
  return found.map(({ body }) => ({ title, body: body.replace(/(?: \(default: true\))? *$/gm, '') }));
}
