/** What happened to a container, an image or a volume, with docker's keys: `docker events --format json`. */

export type EventType = 'container' | 'image' | 'network' | 'volume';

export interface EngineEvent {
  readonly Type: EventType;
  /** `start`, `die`, `exec_create: sh -c true`, `health_status: healthy` … */
  readonly Action: string;
  readonly Actor: {
    /** Of a container its id; of an image its id, or its name as it was asked for; of a volume its name; of a network its id. */
    readonly ID: string;
    /** Of a container its labels, `image`, `name`, and what the action brings: `exitCode`, `signal` … */
    readonly Attributes: Readonly<Record<string, string>>;
  };
  readonly scope: 'local';
  /** Seconds since 1970. */
  readonly time: number;
  /** Nanoseconds since 1970: whole microseconds, which is as much as a double keeps apart. */
  readonly timeNano: number;
}

/** An event but for its time. */
export interface Happening {
  readonly type: EventType;
  readonly action: string;
  readonly id: string;
  readonly attributes: Readonly<Record<string, string>>;
}

/** @param microseconds since 1970 */
export function makeEvent({ type, action, id, attributes }: Happening, microseconds: number): EngineEvent {
  return {
    Type: type,
    Action: action,
    Actor: { ID: id, Attributes: attributes },
    scope: 'local',
    time: Math.floor(microseconds / 1e6),
    timeNano: nanosecondsOf(microseconds),
  };
}

/** Since 1970; exact, as `timeNano` stands for the microsecond that is nearest to it. */
export function microsecondsOf(event: Pick<EngineEvent, 'timeNano'>): number {
  return Math.round(event.timeNano / 1000);
}

/** The double whose shortest decimal is the microseconds and three zeros, which a product might miss. */
function nanosecondsOf(microseconds: number): number {
  return Number(`${microseconds}000`);
}
