/** `gocker events` */
import { defineCommand } from '../command.ts';
import { readEventFilters } from '../format/event-filters.ts';
import { eventFormatter } from '../format/events.ts';
import { interruptible } from '../interrupt.ts';

export const events = defineCommand({
  name: 'events',
  usage: '[OPTIONS]',
  description: 'Show what happens to containers, images, volumes and networks, as it happens',
  options: {
    filter: {
      flags: '-f, --filter <condition>',
      kind: 'list',
      description: 'Show only events that match: type=, event=, container=, image=, volume=, network=, label=',
    },
    format: { flags: '--format <template>', kind: 'text', description: 'Print by a Go template, or as "json"' },
    since: {
      flags: '--since <time>',
      kind: 'text',
      description: 'From then on: 10m, 1700000000, 2025-01-31T12:00:00Z',
    },
    until: { flags: '--until <time>', kind: 'text', description: 'Up to then, and end there' },
  },
  operands: { least: 0, most: 0 },
  examples: [
    'gocker events --since 10m',
    'gocker events -f type=container -f event=die',
    "gocker events --format '{{.Action}} {{.Actor.Attributes.name}}'",
  ],
  async run({ filter, format, since, until }, _operands, { engine, stdout }) {
    const print = eventFormatter(format);
    const filters = readEventFilters(filter);
    const span = { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) };
    const opened = await engine();
    return interruptible(async (signal) => {
      for await (const event of opened.events({ ...span, filters, signal })) stdout.write(print(event));
      return 0;
    });
  },
});
