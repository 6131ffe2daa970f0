/** What `inspect` tells of how a container runs: docker's Config, with docker's keys and in their order. */
import type { Spec } from '../../oci/index.ts';
import type { ContainerRecord } from './record.ts';

export function inspectConfig(record: ContainerRecord, spec: Spec): Readonly<Record<string, unknown>> {
  const { asked = { Cmd: [record.path, ...record.args] }, stopSignal, stopTimeout, labels } = record;
  const isInteractive = record.interactive === true;
  return {
    Hostname: spec.hostname ?? '',
    Domainname: spec.domainname ?? '',
    User: asked.User ?? '',
    AttachStdin: isInteractive,
    AttachStdout: true,
    AttachStderr: true,
    ...(record.exposedPorts === undefined
      ? {}
      : { ExposedPorts: Object.fromEntries(record.exposedPorts.map((port) => [port, {}])) }),
    Tty: record.tty,
    OpenStdin: isInteractive,
    StdinOnce: isInteractive,
    Env: spec.process.env ?? null,
    Cmd: asked.Cmd ?? null,
    Image: record.image,
    WorkingDir: asked.WorkingDir ?? '',
    Entrypoint: asked.Entrypoint ?? null,
    OnBuild: null,
    Labels: labels,
    ...(stopSignal === undefined ? {} : { StopSignal: stopSignal }),
    ...(stopTimeout === undefined ? {} : { StopTimeout: stopTimeout }),
  };
}
