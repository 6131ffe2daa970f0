/** The image config from untrusted bytes, image-spec v1.1.1 config.md. */
import { readPlatform, readStrings } from './descriptor.ts';
import { type DiffID, isDigest } from './digest.ts';
import type { ExecutionConfig, Healthcheck, HistoryEntry, ImageConfig } from './documents.ts';
import { JsonValue } from './json.ts';

/** @throws GockerError `DOCUMENT_INVALID` */
export function parseImageConfig(bytes: Uint8Array | string): ImageConfig {
  const value = JsonValue.parse('image config', bytes);
  const rootfs = value.field('rootfs');
  const type = rootfs.field('type');
  if (type.string() !== 'layers') type.refuse('"layers"');
  return {
    ...readPlatform(value),
    ...value.optional('created', readString),
    ...value.optional('author', readString),
    ...value.optional('config', readExecutionConfig),
    rootfs: { type: 'layers', diff_ids: [], ...rootfs.optional('diff_ids', (ids) => ids.list(readDiffID)) },
    ...value.optional('history', (history) => history.list(readHistoryEntry)),
  };
}

function readExecutionConfig(value: JsonValue): ExecutionConfig {
  return {
    ...value.optional('User', readString),
    ...value.optional('ExposedPorts', readSet),
    ...value.optional('Env', (env) => env.list(readVariable)),
    ...value.optional('Entrypoint', readStringList),
    ...value.optional('Cmd', readStringList),
    ...value.optional('Volumes', readSet),
    ...value.optional('WorkingDir', readString),
    ...value.optional('Labels', readStrings),
    ...value.optional('StopSignal', readString),
    ...value.optional('Shell', readStringList),
    ...value.optional('Healthcheck', readHealthcheck),
    ...value.optional('OnBuild', readStringList),
    ...value.optional('ArgsEscaped', (escaped) => escaped.boolean()),
  };
}

function readHealthcheck(value: JsonValue): Healthcheck {
  const number = (member: JsonValue) => member.integer();
  return {
    ...value.optional('Test', readStringList),
    ...value.optional('Interval', number),
    ...value.optional('Timeout', number),
    ...value.optional('StartPeriod', number),
    ...value.optional('StartInterval', number),
    ...value.optional('Retries', number),
  };
}

function readHistoryEntry(value: JsonValue): HistoryEntry {
  return {
    ...value.optional('created', readString),
    ...value.optional('created_by', readString),
    ...value.optional('author', readString),
    ...value.optional('comment', readString),
    ...value.optional('empty_layer', (empty) => empty.boolean()),
  };
}

function readDiffID(value: JsonValue): DiffID {
  const text = value.string();
  return isDigest(text) ? (text as string as DiffID) : value.refuse('"sha256:" and 64 lower-case hex digits');
}

function readVariable(value: JsonValue): string {
  const text = value.string();
  return /^[^=]+=/.test(text) ? text : value.refuse('"NAME=value"');
}

function readString(value: JsonValue): string {
  return value.string();
}

function readStringList(value: JsonValue): string[] {
  return value.list(readString);
}

/** Go's `map[string]struct{}`: an object whose names count and whose values are `{}` (or `null`). */
function readSet(value: JsonValue): Record<string, object> {
  return value.record((member) => {
    if (member.present) member.field('');
    return {};
  });
}
