#!/usr/bin/env node
/** What package.json names: small, so that all the rest comes through the code cache. */
import { join } from 'node:path';
import { ChunkLoader } from './code-cache.ts';

new ChunkLoader(import.meta.dirname, process.argv[2]).load(join(import.meta.dirname, 'program.cjs'));
