/** `commit --change`: an image's config as instructions of a Dockerfile change it. Pure. */
import { posix } from 'node:path';
import { GockerError } from '../../errors/index.ts';
import type { ExecutionConfig } from '../../oci/index.ts';
import { signalNumber } from '../../runtime/index.ts';
import { exposedPorts } from './exposed-ports.ts';
import { readHealthcheck } from './healthcheck-words.ts';
import { type Lookup, readList, splitPairs, splitWords } from './words.ts';

interface Instruction {
  /** As it was given, for errors. */
  readonly text: string;
  readonly argument: string;
  readonly lookup: Lookup;
  /** CMD came before. */
  readonly hasCommand: boolean;
}

type Change = (config: ExecutionConfig, instruction: Instruction) => ExecutionConfig;

const changes: Readonly<Record<string, Change>> = {
  CMD: (config, { argument }) => ({ ...config, Cmd: readList(argument) ?? inShell(config, argument) }),
  ENTRYPOINT: (config, { argument, hasCommand }) => {
    // A command was meant for the entrypoint before.
    const { Cmd, ...rest } = config;
    const Entrypoint = readList(argument) ?? inShell(config, argument);
    return hasCommand && Cmd !== undefined ? { ...rest, Cmd, Entrypoint } : { ...rest, Entrypoint };
  },
  ENV: (config, instruction) => {
    const names = new Map((config.Env ?? []).map((entry) => [entry.slice(0, entry.indexOf('=')), entry]));
    for (const [name, value] of pairsOf(instruction)) names.set(name, `${name}=${value}`);
    return { ...config, Env: [...names.values()] };
  },
  EXPOSE: (config, { text, argument, lookup }) => {
    const ports = splitWords(argument, lookup).flatMap(
      (word) => exposedPorts(word) ?? invalid(text, 'a port, or a range of them'),
    );
    return { ...config, ExposedPorts: { ...config.ExposedPorts, ...asSet(ports) } };
  },
  HEALTHCHECK: (config, { text, argument }) => ({
    ...config,
    Healthcheck: readHealthcheck(argument) ?? invalid(text, 'NONE, or [--interval=30s …] CMD command'),
  }),
  LABEL: (config, instruction) => ({
    ...config,
    Labels: { ...config.Labels, ...Object.fromEntries(pairsOf(instruction)) },
  }),
  ONBUILD: (config, { text, argument }) => {
    if (/^(?:ONBUILD|FROM|MAINTAINER)\b/i.test(argument)) invalid(text, 'another instruction than this one');
    return { ...config, OnBuild: [...(config.OnBuild ?? []), argument] };
  },
  STOPSIGNAL: (config, { argument, lookup }) => {
    const StopSignal = splitWords(argument, lookup).join(' ');
    signalNumber(StopSignal);
    return { ...config, StopSignal };
  },
  USER: (config, { argument, lookup }) => ({ ...config, User: splitWords(argument, lookup).join(' ') }),
  VOLUME: (config, { argument, lookup }) => {
    const paths = readList(argument) ?? splitWords(argument, lookup);
    return { ...config, Volumes: { ...config.Volumes, ...asSet(paths) } };
  },
  WORKDIR: (config, { argument, lookup }) => {
    const path = splitWords(argument, lookup).join(' ');
    return { ...config, WorkingDir: posix.resolve('/', config.WorkingDir ?? '', path) };
  },
};

/** @throws GockerError `CHANGE_INVALID` in docker's words; `SIGNAL_UNKNOWN` */
export function changeConfig(config: ExecutionConfig, texts: readonly string[]): ExecutionConfig {
  let hasCommand = false;
  return texts.reduce((before, text) => {
    const [, word = '', argument = ''] = /^\s*(\S+)\s*(.*)$/s.exec(text.replace(/\\\r?\n/g, '')) ?? [];
    const name = word.toUpperCase();
    const change = changes[name];
    if (change === undefined)
      invalid(text, Object.keys(changes).join(', '), `${name || 'nothing'} is not a valid change command`);
    if (argument.trim() === '') invalid(text, 'one', `${name} requires at least one argument`);
    const after = change(before, { text, argument: argument.trim(), lookup: environment(before), hasCommand });
    hasCommand ||= name === 'CMD';
    return after;
  }, config);
}

function environment({ Env = [] }: ExecutionConfig): Lookup {
  return (name) => Env.find((entry) => entry.startsWith(`${name}=`))?.slice(name.length + 1);
}

function inShell({ Shell = ['/bin/sh', '-c'] }: ExecutionConfig, command: string): string[] {
  return [...Shell, command];
}

function pairsOf({ text, argument, lookup }: Instruction): [string, string][] {
  return splitPairs(argument, lookup) ?? invalid(text, 'NAME=value');
}

function asSet(names: readonly string[]): Record<string, object> {
  return Object.fromEntries(names.map((name) => [name, {}]));
}

function invalid(text: string, expected: string, is = 'it can’t be read'): never {
  throw new GockerError(
    'CHANGE_INVALID',
    `cannot change the image by ${JSON.stringify(text)}: ${is} (expected ${expected})`,
    {
      hint: 'Give one instruction of a Dockerfile a --change.',
    },
  );
}
