#!/usr/bin/env node
/** What package.json names: small, so that all the rest comes through the code cache. */
import { join } from 'node:path';
import { ChunkLoader } from './code-cache.ts';

new ChunkLoader(import.meta.dirname).load(join(import.meta.dirname, 'program.cjs'));
