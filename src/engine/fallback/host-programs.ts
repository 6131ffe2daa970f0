/** The small programs that a machine most likely has, and those of them that can be taken along. */
import { closeSync, openSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { type ResolvedPath, resolvePath } from './rooted-path.ts';
import { SharedLibraries } from './shared-libraries.ts';

const wanted = [
  'sh bash busybox echo printf test [ true false env id whoami groups logname tty stty nproc uname hostname date',
  'ls cat cp mv rm ln mkdir rmdir touch mkfifo mknod mktemp chmod chown chgrp stat df du dd install truncate sync',
  'head tail wc sort uniq cut tr tee nl od paste join comm split fold fmt expand unexpand tac rev seq yes expr',
  'grep egrep fgrep sed awk find xargs cmp diff readlink realpath basename dirname pwd which getent',
  'md5sum sha1sum sha256sum sha512sum cksum sum base64 base32 hexdump tar gzip gunzip zcat less more',
  'sleep timeout time nice nohup kill pkill pgrep ps free top uptime watch clear',
  'mount umount mountpoint findmnt lsns nsenter unshare setpriv capsh ip ping',
].flatMap((line) => line.split(' '));

const usualDirectories = ['/bin', '/usr/bin', '/sbin', '/usr/sbin'];

/** glibc opens these by name when a user's or a host's name is looked up. */
const nameServices = ['libnss_files.so.2', 'libnss_dns.so.2'];

export interface HostPrograms {
  /** Programs, loaders and libraries; a file may come more than once, by several names. */
  readonly files: readonly ResolvedPath[];
  /** Directories of programs that lie in an unusual place. */
  readonly programDirectories: readonly string[];
  /** Directories of libraries that the loader won't find by itself. */
  readonly libraryDirectories: readonly string[];
}

/** @param path where to look for what the usual directories lack, as in `PATH` */
export function findHostPrograms(root: string, path = ''): HostPrograms {
  const libraries = new SharedLibraries(root);
  const files: ResolvedPath[] = [];
  const programDirectories = new Set<string>();
  const libraryDirectories = new Set<string>();
  for (const { program, directory } of wanted.flatMap((name) => locate(root, name, path))) {
    const needs = runnable(program, libraries);
    if (needs === undefined) continue;
    files.push(program, ...needs.files);
    if (!usualDirectories.includes(directory)) programDirectories.add(directory);
    for (const configured of needs.configured) libraryDirectories.add(configured);
  }
  return { files, programDirectories: [...programDirectories], libraryDirectories: [...libraryDirectories] };
}

interface Located {
  readonly program: ResolvedPath;
  readonly directory: string;
}

/** In each of the usual directories that has it, since scripts name programs by path; else the first place in the PATH. */
function locate(root: string, name: string, path: string): Located[] {
  const lookIn = (directory: string): Located[] => {
    const program = resolvePath(root, join(directory, name));
    return program?.stat.isFile() && (program.stat.mode & 0o111) !== 0 ? [{ program, directory }] : [];
  };
  const usual = usualDirectories.flatMap(lookIn);
  if (usual.length > 0) return usual;
  const others = path.split(':').filter((directory) => directory.startsWith('/'));
  return others.flatMap(lookIn).slice(0, 1);
}

interface Runnable {
  readonly files: readonly ResolvedPath[];
  readonly configured: readonly string[];
}

/** A program that lacks something, can't be read or is odd is left out: one broken program should not cost all others. */
function runnable(program: ResolvedPath, libraries: SharedLibraries): Runnable | undefined {
  try {
    if (isShellScript(program.hostPath)) return { files: [], configured: [] };
    const needs = libraries.needsOf(program, nameServices);
    return needs.kind === 'complete' ? needs : undefined;
  } catch {
    return undefined;
  }
}

/** Scripts in another language would drag that language along. */
function isShellScript(path: string): boolean {
  const start = Buffer.alloc(64);
  const fd = openSync(path, 'r');
  try {
    const line = start.toString('latin1', 0, readSync(fd, start, 0, start.length, 0));
    const interpreter = /^#![ \t]*(\/\S+)[ \t]*(?:-\S+[ \t]*)?\n/.exec(line)?.[1];
    return interpreter !== undefined && ['/bin/sh', '/bin/bash', '/usr/bin/sh', '/usr/bin/bash'].includes(interpreter);
  } finally {
    closeSync(fd);
  }
}
