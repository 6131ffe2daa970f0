import { expect, test } from 'vitest';
import { makeEvent } from '../../../src/engine/events/event.ts';
import { type EventFilters, matchesFilters } from '../../../src/engine/events/filter.ts';

const started = makeEvent(
  {
    type: 'container',
    action: 'start',
    id: 'abcdef',
    attributes: { image: 'alpine:3.20', name: 'web', tier: 'front' },
  },
  1,
);
const healthy = { ...started, Action: 'health_status: healthy' };
const pulled = makeEvent({ type: 'image', action: 'pull', id: 'alpine:3.20', attributes: { name: 'alpine' } }, 1);
const made = makeEvent({ type: 'volume', action: 'create', id: 'data', attributes: { driver: 'local' } }, 1);

test.each<[EventFilters, unknown[]]>([
  [{}, [started, healthy, pulled, made]],
  [{ types: ['image', 'volume'] }, [pulled, made]],
  [{ events: ['start', 'pull'] }, [started, pulled]],
  [{ events: ['sta'] }, []],
  [{ events: ['health_status'] }, [healthy]],
  [{ events: ['health_status: healthy'] }, [healthy]],
  [{ events: ['health_status: unhealthy'] }, []],
  [{ containers: ['abc'] }, [started, healthy]],
  [{ containers: ['web'] }, [started, healthy]],
  [{ containers: ['data', 'alpine'] }, []],
  [{ volumes: ['data'] }, [made]],
  [{ images: ['alpine'] }, [started, healthy, pulled]],
  [{ images: ['alpine:3.20'] }, [started, healthy, pulled]],
  [{ images: ['alp'] }, []],
  [{ labels: ['tier'] }, [started, healthy]],
  [{ labels: ['tier=front'] }, [started, healthy]],
  [{ labels: ['tier=front', 'other'] }, []],
  [{ events: ['start'], types: ['image'] }, []],
])('filters %j let through what docker lets through', (filters, expected) => {
  expect([started, healthy, pulled, made].filter((event) => matchesFilters(event, filters))).toEqual(expected);
});
