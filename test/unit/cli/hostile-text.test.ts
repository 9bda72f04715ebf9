/** Whatever a server, a build or a file says, nothing of it acts on the terminal that shows it. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Hono } from 'hono';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { notFound, problemResponse } from '../../../src/api/problem.ts';
import { run } from '../../../src/cli/run.ts';
import { type ErrorDetail, LdfError } from '../../../src/errors.ts';
import type { Build } from '../../../src/model/build.ts';
import type { Distribution } from '../../../src/model/distribution.ts';
import type { JournalEntry } from '../../../src/model/journal.ts';
import type { Failure } from '../../../src/model/problem.ts';
import type { Attempt } from '../../../src/model/stage-run.ts';
import { harmlessJson, printableJson, printableText, terminalText } from '../../../src/printable-text.ts';
import type { Lock } from '../../../src/stages/lock.ts';
import { imageNames } from '../../../src/stages/names.ts';
import { earlierFacts } from '../../../src/stages/package/earlier-artifacts.ts';
import { resultOf } from '../../fixtures/cli-result.ts';
import { imageStatus } from '../../fixtures/engine/played-images.ts';
import { Served } from '../../fixtures/engine/served.ts';
import { artifact, at, build, stageRun, type TestTerminal, testTerminal } from './terminal.ts';

/** Title, clipboard (OSC 52), erase, cursor up, a colour, hidden text, C1 forms, turned writing, and plain controls. */
const evil =
  'seen\u001b]0;title\u0007\u001b]52;c;ZXZpbA==\u0007\u001b[2J\u001b[1A\u001b[2K\u001b[32mgreen\u001b[8mhidden' +
  '\u009b2J\u009d52;c;eA\u009c\u001bPq\u001b\\\u202egnp.exe\u2066\u200f\u0000\u0008\u007f\r\u001b(0\u001bc';

const esc = '\u001b';
/** What the command line itself writes: colours, and what redraws lines in place. */
const colours = new RegExp(`${esc}\\[(?:1|2|22|31|32|33|36|39)m`, 'g');
const redrawing = new RegExp(`${esc}\\[(?:[0-9]*[AGJK]|\\?25[hl]|\\?2026[hl])|\\r`, 'g');

function expectClean(text: string, live = false): void {
  const rest = (live ? text.replace(redrawing, '') : text).replace(colours, '');
  expect(rest).not.toMatch(/(?![\t\n])\p{Cc}|[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/u);
  for (const whole of [`${esc}]`, `${esc}[32mgreen`, `${esc}[2J`, `seen${esc}[1A`]) expect(text).not.toContain(whole);
}

const details: ErrorDetail[] = [
  { pointer: `/userland/${evil}`, message: evil, value: evil, hint: evil },
  { pointer: '', message: evil },
];
const failure: Failure = {
  code: 'stage.failed',
  message: `${evil}\n${evil}`,
  hint: evil,
  stage: 'assemble',
  details,
};

const failed: Build = build({
  ...{ name: evil, version: evil, formats: [evil], state: 'failed', error: failure, startedAt: at(1), endedAt: at(9) },
  stages: [
    stageRun('resolve', { state: 'cached', reason: evil }),
    stageRun('assemble', {
      state: 'failed',
      reason: evil,
      note: evil,
      error: failure,
      startedAt: at(1),
      endedAt: at(9),
    }),
    stageRun('package', { state: 'running', reason: evil, note: evil, startedAt: at(1) }),
  ],
  artifacts: [artifact({ name: evil, sha256: evil }), artifact({ id: '2', name: evil, ...earlierFacts('sbom') })],
  reproducible: {
    ...{ state: 'different', at: at(5), by: evil },
    artifacts: [{ name: evil, sha256: evil, again: evil, same: false, firstDifferentByte: 1 }],
    firstDifference: { stage: 'compile', path: evil, member: evil, how: evil },
  },
});

const attempt: Attempt = {
  ...stageRun('assemble', { state: 'failed', reason: evil, error: failure }),
  ...{ forced: false, exitCode: 1 },
  compared: { build: evil, attempt: 1, differences: [{ what: evil, before: evil, after: evil }] },
};

const journal: JournalEntry[] = [
  { type: 'build', at: at(1), state: 'running', error: null },
  { type: 'stage', at: at(1), stage: 'assemble', attempt: 1, state: 'running', reason: evil, error: null },
  { type: 'progress', at: at(2), stage: 'assemble', attempt: 1, progress: 0.5, note: evil },
  { type: 'log', at: at(3), stage: 'assemble', attempt: 1, stream: 'stdout', text: evil },
  { type: 'stage', at: at(9), stage: 'assemble', attempt: 1, state: 'failed', reason: evil, error: failure },
  { type: 'build', at: at(9), state: 'failed', error: failure },
  { type: 'end', at: at(9), state: 'failed' },
];

const lock: Lock = { version: 1, arch: 'x86_64' };

const {
  definition: _definition,
  locks: _locks,
  lockedAt: _lockedAt,
  revision: _revision,
  ...listed
}: Distribution = {
  ...{ id: '01DISTRIBUTION', name: evil, version: evil, arch: 'x86_64', components: [] },
  ...{ createdAt: at(0), updatedAt: at(0), definition: {}, locks: {}, lockedAt: {}, revision: evil },
  lastBuild: { id: evil, number: 1, state: 'failed', createdAt: at(0), verdict: null, images: [] },
};
const distribution: Distribution = {
  ...listed,
  ...{
    definition: { name: evil, [evil]: [evil] },
    locks: { x86_64: lock },
    lockedAt: { x86_64: at(0) },
    revision: evil,
  },
};

/** Every event of the journal at once. */
function events(): Response {
  const text = journal.map(
    (entry, index) => `id: ${index + 1}\nevent: ${entry.type}\ndata: ${JSON.stringify(entry)}\n\n`,
  );
  return new Response(text.join(''), { headers: { 'content-type': 'text/event-stream' } });
}

let folder: string;
let server: Served;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'ldf-hostile-'));
  server = await Served.open(new Hono().notFound((c) => problemResponse(c, notFound(c.req.path))));
  await writeFile(join(folder, 'distro.yaml'), 'name: edge\nversion: "1.2"\narch: x86_64\n');
  const { answers } = server;
  const change = { group: 'packages', name: evil, from: evil, to: evil, security: true };
  answers.set('GET /healthz', () => ({ status: 'ok', version: '0' }));
  answers.set('GET /v1/session', () => ({ authentication: 'none', signedIn: true, scopes: [], expiresAt: null }));
  answers.set('GET /v1/stage-images', () => ({
    items: imageNames.map((name) => ({ ...imageStatus(name), problem: evil, identity: evil })),
  }));
  answers.set('GET /v1/distributions', () => ({ items: [listed], nextCursor: null }));
  for (const request of ['POST /v1/distributions', 'PUT /v1/distributions/01DISTRIBUTION'])
    answers.set(request, () => distribution);
  answers.set('GET /v1/distributions/01DISTRIBUTION', () => distribution);
  answers.set('GET /v1/builds', () => ({ items: [failed], nextCursor: null }));
  answers.set('POST /v1/distributions/01DISTRIBUTION/build', () => failed);
  for (const action of ['GET /v1/builds/01BUILD', 'POST /v1/builds/01BUILD/retry', 'POST /v1/builds/01BUILD/cancel'])
    answers.set(action, () => failed);
  answers.set('GET /v1/builds/01BUILD/events', events);
  answers.set('GET /v1/builds/01BUILD/attempts', () => ({ items: [attempt] }));
  answers.set('GET /v1/builds/01BUILD/logs', () => ({ items: [{ ...journal[3], id: 1 }], next: 1 }));
  answers.set('POST /v1/distributions/lock', () => ({
    ...{ lock, changes: [change], stored: false },
  }));
  answers.set('POST /v1/gc', () => ({
    ...{ dryRun: true, wantedBytes: 1, freedBytes: 1 },
    removed: [{ kind: 'layer', name: evil, sizeBytes: 1, lastUsedAt: at(0), why: evil }],
    kept: [{ kind: 'source', why: evil, count: 1, sizeBytes: 1 }],
  }));
  answers.set('POST /v1/distributions/validate', () => ({
    ...{
      name: evil,
      version: evil,
      arch: 'x86_64',
      formats: [evil],
      packages: [],
      cmdline: [{ word: evil, from: evil }],
      kernelOptions: [],
    },
    components: [{ kind: evil, name: evil, title: evil, because: evil, chosen: true }],
    stages: [],
  }));
  answers.set('GET /v1/system', () => ({
    ...{ version: evil, dataDir: evil, queue: { queued: 0, running: 0 } },
    docker: { reachable: true, version: evil, cpus: 2, memoryBytes: 1, architecture: 'x86_64', kvm: null },
    disk: {
      ...{ layerBytes: 0, sourceBytes: 0, cacheBytes: 0, artifactBytes: 0, usedBytes: 0, budgetBytes: null },
      ...{ reserveBytes: 0, freeBytes: 0, dockerFreeBytes: null },
    },
    problems: [{ message: evil, hint: evil }],
  }));
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true });
});

const commands: string[][] = [
  ['build', '-f', 'distro.yaml', '--wait', '--no-boot'],
  ['build', '-f', 'distro.yaml', '--follow'],
  ['show', '01BUILD'],
  ['builds'],
  ['why', '01BUILD'],
  ['logs', '01BUILD'],
  ['artifacts', '01BUILD'],
  ['validate', '-f', 'distro.yaml'],
  ['lock', '-f', 'distro.yaml'],
  ['apply', '-f', 'distro.yaml'],
  ['distributions'],
  ['distributions', 'show', 'edge'],
  ['images'],
  ['images', 'verify'],
  ['system'],
  ['gc', '--dry-run'],
  ['cancel', '01BUILD'],
  ['retry', '01BUILD', '--wait'],
  ['show', evil],
  [evil],
];

/** A terminal that shows colours and redraws lines, one without, and a pipe. */
const kinds: [string, (env: Record<string, string>) => TestTerminal][] = [
  ['live', (env) => testTerminal({ cwd: folder, tty: true, env: { ...env, TERM: 'xterm' } })],
  ['plain', (env) => testTerminal({ cwd: folder, tty: true, env: { ...env, NO_COLOR: '1', TERM: 'dumb' } })],
  ['pipe', (env) => testTerminal({ cwd: folder, env })],
];

describe.each(kinds)('on a terminal that is %s', (kind, open) => {
  it.each(commands)('`ldf %s %s %s` writes nothing that the terminal would act upon', async (...words) => {
    const given = words.filter((word) => word !== undefined);
    const terminal = open({ LDF_SERVER: server.url });
    await run(given, terminal);
    expect(terminal.out() + terminal.err()).not.toBe('');
    // Into a pipe a log goes as it was printed: that is what a log is kept for.
    if (kind === 'pipe' && given[0] === 'logs') return;
    expectClean(terminal.out(), kind === 'live');
    expectClean(terminal.err(), kind === 'live');
  });

  it('an error of the server does not either, however it is asked', async () => {
    const refuse = () => {
      throw new LdfError('definition.impossible', evil, { hint: evil, details });
    };
    server.answers.set('GET /v1/builds/01BUILD', refuse);
    server.answers.set('GET /v1/builds', refuse);
    for (const more of [[], ['--json']]) {
      const terminal = open({ LDF_SERVER: server.url });
      expect(await run(['show', '01BUILD', ...more], terminal)).not.toBe(0);
      expectClean(terminal.out() + terminal.err());
    }
  });

  it('JSON keeps every character, in a form that does nothing', async () => {
    const terminal = open({ LDF_SERVER: server.url });
    await run(['show', '01BUILD', '--json'], terminal);
    expectClean(terminal.out());
    expect(resultOf(terminal.out())).toEqual(failed);
  });
});

test('a definition file with such text is refused with its words made harmless', async () => {
  await writeFile(join(folder, 'bad.yaml'), `name: "${'\\e]52;c;eA\\a'}"\nversion: 1\n"\\u202Eoops": 1\n`);
  const terminal = testTerminal({ cwd: folder, tty: true, env: { LDF_SERVER: server.url } });
  expect(await run(['validate', '-f', 'bad.yaml'], terminal)).toBe(2);
  expectClean(terminal.err(), true);
});

test('text is told apart by what it does', () => {
  expect(printableText('a\tb\nc')).toBe('a    bc');
  expect(terminalText('\u001b[31mred\u001b[39m \u001b[5mblink\u001b[2Jx\n')).toBe('\u001b[31mred\u001b[39m blinkx\n');
  expect(terminalText('Größe 日本 ✓ 👩‍💻')).toBe('Größe 日本 ✓ 👩‍💻');
  expect(JSON.parse(printableJson(JSON.stringify(evil)))).toBe(evil);
  expect(harmlessJson({ a: [evil], lock: { b: '\u001b' } }, new Set(['lock']))).toEqual({
    a: [expect.not.stringContaining('\u001b')],
    lock: { b: '\u001b' },
  });
});
