/** What `inspect` tells of a container's restart policy and its health check, by docker's keys. */
import type { ContainerRecord } from './record.ts';

/** A part of HostConfig. */
export function inspectRestartPolicy({ restart }: ContainerRecord): Readonly<Record<string, unknown>> {
  return { RestartPolicy: { Name: restart?.name ?? 'no', MaximumRetryCount: restart?.maximumRetryCount ?? 0 } };
}

/** A part of Config. */
export function inspectHealthcheck({ healthcheck }: ContainerRecord): Readonly<Record<string, unknown>> {
  return healthcheck === undefined ? {} : { Healthcheck: healthcheck };
}
