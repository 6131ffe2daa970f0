/** A container before its first process: record, directories, files and runtime spec, from an image and the user's options. */
import { readFileSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { GockerError } from '../../errors/index.ts';
import { type ExecutionConfig, formatJson, type Mount, type Spec } from '../../oci/index.ts';
import { openInLayers } from '../../overlay/index.ts';
import { type ProcessIdentity, type Rootfs, signalNumber, userFromFiles, withGroups } from '../../runtime/index.ts';
import type { EngineContext } from '../context.ts';
import { recordContainerEvent } from '../events/record-event.ts';
import type { LoadedImage } from '../images/stored.ts';
import { readAskedNetworks } from '../networks/asked-networks.ts';
import type { RunOptions } from '../options/run-options.ts';
import { openSnapshotter } from '../snapshotter.ts';
import { askedCommand } from './asked-command.ts';
import { forgetContainer } from './forget.ts';
import { type IdentityFacts, identityMounts, writeIdentityFiles } from './identity-files.ts';
import { askedResources, hostResources } from './limits.ts';
import { askedNames, chooseNetworks, choosePorts, defaultNetworkName, gatewayOf } from './network-choices.ts';
import { privilegeFacts } from './privilege-facts.ts';
import { privilegesOf } from './privilege-record.ts';
import type { ContainerRecord } from './record.ts';
import { findSharedContainers, formatModes } from './shared-containers.ts';
import type { MountPoint } from './spec/mounts/mount-point.ts';
import { type SharedModes, sharedProcesses } from './spec/namespaces.ts';
import { chooseArguments } from './spec/process.ts';
import { makeSpec } from './spec/spec.ts';
import { identifyProcess } from './status.ts';
import type { UserChoice } from './user-namespaces.ts';

/** Larger account files than any real image has are not read. */
const MAX_ACCOUNT_BYTES = 4 * 1024 * 1024;

export interface Prepared {
  readonly record: ContainerRecord;
  readonly spec: Spec;
  readonly rootfs: Rootfs;
  /** The processes whose namespaces it shares. */
  readonly joins: readonly ProcessIdentity[];
}

/**
 * Takes id and name first: from then on the layers are kept for it.
 *
 * @throws GockerError `NAME_TAKEN`, `LAYERS_MISSING`, those of the spec's parts; nothing is left of it then
 */
export async function prepareContainer(
  context: EngineContext,
  image: LoadedImage,
  options: RunOptions,
): Promise<Prepared> {
  const networks = readAskedNetworks(options, defaultNetworkName(context));
  const modes = findSharedContainers(context.containers, { ...options, network: networks.mode });
  const user = await chooseUser(context, options, modes);
  const [path = '', ...args] = chooseArguments(image.config.config ?? {}, options);
  const owner = identifyProcess(process.pid) ?? { pid: process.pid, startTime: 0 };
  const draft = {
    image: options.image,
    imageID: image.id,
    layers: image.config.rootfs.diff_ids,
    path,
    args,
    asked: askedCommand(image.config.config ?? {}, options),
    labels: options.labels ?? {},
    autoRemove: options.autoRemove === true,
    tty: options.tty === true,
    ...(options.interactive === true ? { interactive: true as const } : {}),
    ...endingOf(image.config.config ?? {}, options),
    ...(await chooseSupervision(image.config.config ?? {}, options)),
    namespaces: formatModes(modes),
    ...(await chooseNetworks(context, networks)),
    ...(await choosePorts(context, image, options, networks)),
    ...askedNames(options),
    ...(options.init === true ? { init: true } : {}),
    ...privilegesOf(options),
    created: new Date().toISOString(),
    owner,
    ...askedResources(options),
    ...(await chooseMounts(context, image, options)),
    ...(await chooseLogging(options)),
  };
  // Shut out, garbage collection sees either no container and all layers go, or the container and they stay.
  const record = await context.store.withoutCollection(() => context.containers.create(draft, options.name));
  recordContainerEvent(context, record, 'create');
  try {
    return await furnish(context, image, options, { record, modes, user });
  } catch (error) {
    await forgetContainer(context, record, { volumes: true });
    context.containers.unmark(record);
    throw error;
  }
}

/** @throws GockerError `SIGNAL_UNKNOWN` */
function endingOf(config: ExecutionConfig, { stopSignal, stopTimeout }: RunOptions) {
  if (stopSignal !== undefined) signalNumber(stopSignal);
  const signal = stopSignal ?? config.StopSignal;
  return {
    ...(signal === undefined ? {} : { stopSignal: signal }),
    ...(stopTimeout === undefined ? {} : { stopTimeout }),
  };
}

/** Loaded only where somebody asks for it. */
async function chooseSupervision(config: ExecutionConfig, options: RunOptions) {
  const isAsked = options.restart !== undefined || options.noHealthcheck === true || config.Healthcheck !== undefined;
  if (!isAsked && !Object.keys(options).some((key) => key.startsWith('health'))) return {};
  return (await import('./supervision.ts')).superviseBy(config, options);
}

/** The spec and rootfs of a container that is not made: for a plan that nobody plays. */
export async function draftContainer(context: EngineContext, image: LoadedImage, options: RunOptions) {
  const id = '0'.repeat(64);
  const directory = context.containers.directory(id);
  const { mode: network } = readAskedNetworks(options, defaultNetworkName(context));
  const modes = findSharedContainers(context.containers, { ...options, network });
  const { mounts } = await chooseMounts(context, image, options);
  const userMounts = await specMounts(context, image, mounts);
  const name = options.name ?? 'dry_run';
  const place = { id, name, directory, userMounts, modes, gateway: undefined };
  const composed = composeContainer(context, image, options, place);
  const choice = await chooseUser(context, options, modes);
  if (choice === undefined) return composed;
  const { draftIDs, moveToUserNamespace } = await import('./user-namespaces.ts');
  const ids = draftIDs(context, choice);
  return { ...composed, spec: moveToUserNamespace(context, composed.spec, { choice, ids }) };
}

/** Loaded only where there is a user namespace to be made or shared. */
async function chooseUser(context: EngineContext, options: RunOptions, modes: SharedModes) {
  if (!hasUserNamespace(options, modes)) return undefined;
  return (await import('./user-namespaces.ts')).chooseUser(context, options, modes);
}

function hasUserNamespace({ userns = 'host' }: RunOptions, modes: SharedModes): boolean {
  const isShared = Object.values(modes).some((mode) => mode.kind === 'container' && mode.container.ids !== undefined);
  return userns !== 'host' || isShared;
}

/** What `-v` and its like, and the image's VOLUME, ask for. Loaded only where they ask for something. */
async function chooseMounts(
  context: EngineContext,
  image: LoadedImage,
  options: RunOptions,
): Promise<Pick<ContainerRecord, 'mounts' | 'mountOptions'>> {
  if (!wantsMounts(image.config.config ?? {}, options)) return {};
  const { choose } = await import('./user-mounts.ts');
  return await choose(context, image, options);
}

/** The same for the log. */
async function chooseLogging(options: RunOptions): Promise<Pick<ContainerRecord, 'logging'>> {
  if (options.logDriver === undefined && options.logOptions === undefined) return {};
  return { logging: (await import('./choose-logging.ts')).chooseLogging(options) };
}

function wantsMounts({ Volumes }: ExecutionConfig, { volumes, mounts, tmpfs, volumesFrom }: RunOptions): boolean {
  return [Object.keys(Volumes ?? {}), volumes, mounts, tmpfs, volumesFrom].some(
    (list) => list !== undefined && list.length > 0,
  );
}

async function specMounts(
  context: EngineContext,
  image: LoadedImage,
  points: readonly MountPoint[] = [],
): Promise<readonly Mount[]> {
  if (points.length === 0) return [];
  const { toSpec } = await import('./user-mounts.ts');
  return toSpec(context, image, points);
}

async function furnish(
  context: EngineContext,
  image: LoadedImage,
  options: RunOptions,
  { record, modes, user }: Furnishing,
): Promise<Prepared> {
  const { id, name, mounts } = record;
  const directory = context.containers.directory(id);
  if (mounts !== undefined) await (await import('./user-mounts.ts')).provide(context, image, mounts);
  const userMounts = await specMounts(context, image, mounts);
  const gateway = gatewayOf(context, record.networks);
  const composed = composeContainer(context, image, options, { id, name, directory, userMounts, modes, gateway });
  const { rootfs, identity } = composed;
  const { spec, claimed } = await takeIDs(context, composed.spec, { record, user });
  openSnapshotter(context).prepare(record.layers, rootfs.writable);
  for (const warning of writeIdentityFiles(directory, identity)) context.warn(warning);
  writeFileSync(join(directory, 'config.json'), formatJson(spec), { mode: 0o600 });
  const joins = [...sharedProcesses(modes), ...(user?.kind === 'container' ? [user.container.process] : [])];
  return { record: claimed, spec, rootfs, joins };
}

async function takeIDs(context: EngineContext, spec: Spec, { record, user }: Pick<Furnishing, 'record' | 'user'>) {
  if (user === undefined) return { spec, claimed: record };
  const { claimIDs, moveToUserNamespace } = await import('./user-namespaces.ts');
  const claimed = await claimIDs(context, record, user);
  const { userns: ids = { start: 0, size: 0 } } = claimed;
  return { spec: moveToUserNamespace(context, spec, { choice: user, ids }), claimed };
}

interface Furnishing {
  readonly record: ContainerRecord;
  readonly modes: SharedModes;
  readonly user: UserChoice | undefined;
}

interface Place {
  readonly id: string;
  readonly name: string;
  readonly directory: string;
  readonly userMounts: readonly Mount[];
  readonly modes: SharedModes;
  /** The host's address on its first network. */
  readonly gateway: string | undefined;
}

function composeContainer(context: EngineContext, image: LoadedImage, options: RunOptions, place: Place) {
  const lowerdirs = openSnapshotter(context).lowerdirs(image.config.rootfs.diff_ids);
  if (lowerdirs === undefined) {
    throw new GockerError('LAYERS_MISSING', `cannot run "${options.image}": layers of it are not unpacked here`, {
      hint: `Pull it again: gocker pull ${options.image}.`,
    });
  }
  const config = image.config.config ?? {};
  const { modes } = place;
  const identity: IdentityFacts = {
    hostname: options.hostname ?? hostnameFor(modes, place.id),
    name: place.name,
    network: identityNetwork(modes),
    ...(place.gateway === undefined ? {} : { gateway: place.gateway }),
    wishes: options,
    ...(options.domainname === undefined ? {} : { domainname: options.domainname }),
  };
  const accounts = (path: string) => openInLayers(lowerdirs, path, MAX_ACCOUNT_BYTES)?.toString() ?? '';
  const groups = accounts('/etc/group');
  const user = withGroups(
    userFromFiles(options.user ?? config.User ?? '', accounts('/etc/passwd'), groups),
    options.groupAdd ?? [],
    groups,
  );
  const spec = makeSpec(config, options, {
    id: place.id,
    hostname: identity.hostname,
    user,
    userMounts: place.userMounts,
    resources: hostResources,
    identityMounts: identityMounts(
      modes.network.kind === 'container' ? modes.network.container.directory : place.directory,
      options.readOnly === true ? 'ro' : 'rw',
    ),
    namespaces: modes,
    privileges: privilegeFacts(options, hasUserNamespace(options, modes)),
  });
  const writable = { upperdir: join(place.directory, 'upper'), workdir: join(place.directory, 'work') };
  const rootfs = { kind: 'overlay', lowerdirs, writable } as const;
  return { spec, rootfs, identity };
}

function identityNetwork({ network }: SharedModes): IdentityFacts['network'] {
  if (network.kind === 'host') return 'host';
  return network.kind === 'own' && network.word !== 'none' ? 'networks' : 'none';
}

/** As docker has it: who shares a network goes by the names that are known there. */
function hostnameFor({ network, uts }: SharedModes, id: string): string {
  for (const mode of [network, uts]) {
    if (mode.kind === 'container') return readFileSync(join(mode.container.directory, 'hostname'), 'utf8').trim();
  }
  return network.kind === 'host' || uts.kind === 'host' ? hostname() : id.slice(0, 12);
}
