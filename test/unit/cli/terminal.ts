/** A terminal that remembers what was written to it, with a clock that a test sets. */

import { EventEmitter } from 'node:events';
import { Readable, Writable } from 'node:stream';
import type { OutputStream, Terminal } from '../../../src/cli/terminal.ts';
import type { Artifact } from '../../../src/model/artifact.ts';
import type { Build } from '../../../src/model/build.ts';
import type { StageRun } from '../../../src/model/stage-run.ts';
import { earlierFacts } from '../../../src/stages/package/earlier-artifacts.ts';
import { usualStages } from '../../fixtures/usual-stages.ts';

export interface TestTerminal extends Terminal {
  nowMs: number;
  out(): string;
  err(): string;
  /** The codes with which it was left at once. */
  left: number[];
}

export interface TestTerminalOptions {
  tty?: boolean;
  columns?: number;
  env?: Record<string, string>;
  cwd?: string;
  stdin?: string;
}

export const startMs = Date.parse('2026-01-02T03:04:05.000Z');

export function testTerminal(options: TestTerminalOptions = {}): TestTerminal {
  const stdout = recorder(options);
  const stderr = recorder(options);
  const terminal: TestTerminal = {
    nowMs: startMs,
    stdin: Readable.from([options.stdin ?? '']),
    stdout,
    stderr,
    env: options.env ?? {},
    cwd: options.cwd ?? '/nowhere',
    now: () => terminal.nowMs,
    signals: new EventEmitter(),
    left: [],
    leave: (exitCode) => terminal.left.push(exitCode),
    out: () => stdout.text,
    err: () => stderr.text,
  };
  return terminal;
}

function recorder({ tty, columns }: TestTerminalOptions): OutputStream & { text: string } {
  const stream = new Writable({
    decodeStrings: false,
    write(chunk, _encoding, done) {
      recording.text += String(chunk);
      done();
    },
  });
  const recording = Object.assign(stream, { text: '', ...(tty ? { isTTY: true, columns: columns ?? 80 } : {}) });
  return recording;
}

/** RFC 3339, `seconds` after the start of the test's clock. */
export function at(seconds: number): string {
  return new Date(startMs + seconds * 1000).toISOString();
}

export function stageRun(name: StageRun['name'], change: Partial<StageRun> = {}): StageRun {
  return {
    name,
    after: [],
    state: 'pending',
    attempt: 1,
    progress: 0,
    note: '',
    key: null,
    reason: null,
    startedAt: null,
    endedAt: null,
    estimateSeconds: null,
    usage: null,
    error: null,
    ...change,
  };
}

export function build(change: Partial<Build> = {}): Build {
  return {
    id: '01BUILD',
    number: 1,
    distributionId: '01DISTRIBUTION',
    name: 'edge',
    version: '1.2',
    state: 'queued',
    arch: 'x86_64',
    formats: ['raw'],
    createdAt: at(0),
    startedAt: null,
    endedAt: null,
    queuePosition: null,
    error: null,
    verdict: null,
    verifies: null,
    reproducible: null,
    stages: usualStages.map((name) => stageRun(name)),
    artifacts: [],
    ...change,
  };
}

export function artifact(change: Partial<Artifact> = {}): Artifact {
  return {
    id: '01ARTIFACT',
    name: 'edge.raw',
    ...earlierFacts('raw'),
    sizeBytes: 4096,
    sha256: 'a'.repeat(64),
    verdict: null,
    ...change,
  };
}
