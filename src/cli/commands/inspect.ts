/** `gocker inspect` */
import type { Engine } from '../../engine/index.ts';
import { GockerError } from '../../errors/index.ts';
import { defineCommand } from '../command.ts';
import { dockerView } from '../format/docker-view.ts';
import { networkView } from '../format/network-view.ts';
import { reportError } from '../report.ts';
import { Template } from '../template/template.ts';

export const inspect = defineCommand({
  name: 'inspect',
  usage: '[OPTIONS] NAME|ID [NAME|ID...]',
  description: 'Show all about containers, images, networks and volumes',
  options: {
    format: { flags: '-f, --format <template>', kind: 'text', description: 'Print by a Go template, or as "json"' },
    size: { flags: '-s, --size', kind: 'boolean', description: 'Count what the files of containers take up' },
    type: {
      flags: '--type <image|container|network|volume>',
      kind: 'text',
      values: ['image', 'container', 'network', 'volume'],
      description: 'Look only among images, containers, networks or volumes',
    },
  },
  operands: { least: 1, most: Number.POSITIVE_INFINITY },
  examples: [
    'gocker inspect alpine',
    "gocker inspect --format '{{.Config.Env}}' alpine",
    "gocker inspect -f '{{json .Config}}' alpine",
  ],
  async run(flags, operands, { engine, stdout, stderr, debug }) {
    const template = flags.format === undefined || flags.format === 'json' ? undefined : new Template(flags.format);
    const opened = await engine();
    if (flags.size && flags.type !== undefined && flags.type !== 'container') {
      stderr.write(`WARNING: --size ignored for ${flags.type}\n`);
    }
    const found: object[] = [];
    let exitCode = 0;
    for (const name of operands) {
      try {
        const object = dockerView(await find(opened, name, flags));
        if (template === undefined) found.push(object);
        else stdout.write(`${template.execute(object)}\n`);
      } catch (error) {
        if (!(error instanceof GockerError) || !error.code.endsWith('_NOT_FOUND')) throw error;
        exitCode = reportError(error, stderr, { debug, isRun: false });
      }
    }
    if (template === undefined) stdout.write(formatAll(found, flags.format === 'json'));
    return exitCode;
  },
});

/** Containers first, as docker. @throws GockerError `OBJECT_NOT_FOUND` where it is neither */
async function find(
  engine: Engine,
  name: string,
  { type, size }: { readonly type: string | undefined; readonly size: boolean },
): Promise<object> {
  const container = () => engine.inspectContainer(name, size ? { size } : {});
  if (type === 'image') return engine.inspectImage(name);
  if (type === 'container') return container();
  const network = async () => networkView(await engine.inspectNetwork(name));
  if (type === 'network') return network();
  if (type === 'volume') return engine.inspectVolume(name);
  const missing = (error: unknown) => {
    if (error instanceof GockerError && error.code.endsWith('_NOT_FOUND')) return undefined;
    throw error;
  };
  const object =
    (await container().catch(missing)) ??
    (await engine.inspectImage(name).catch(missing)) ??
    (await network().catch(missing)) ??
    (await engine.inspectVolume(name).catch(missing));
  if (object !== undefined) return object;
  throw new GockerError(
    'OBJECT_NOT_FOUND',
    `cannot inspect "${name}": no container, image, network or volume has that name or id`,
    {
      hint: 'See "gocker images" for the images there are.',
    },
  );
}

function formatAll(objects: readonly object[], compact: boolean): string {
  return `${compact ? JSON.stringify(objects) : JSON.stringify(objects, null, 4)}\n`;
}
