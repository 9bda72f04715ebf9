import { describe, expect, it } from 'vitest';
import type { Build } from '../../../src/model/build.ts';
import type { Attempt, StageRun } from '../../../src/model/stage-run.ts';
import type { StageName } from '../../../src/stages/names.ts';
import { stageNamed } from '../../../src/stages/registry.ts';
import { timeLeft } from '../../../src/webui/format.ts';
import { choiceOf, lineOf } from '../../../src/webui/views/build/address.ts';
import { takeAnswer, takeEntry } from '../../../src/webui/views/build/follow/live-build.ts';
import { edges, place } from '../../../src/webui/views/build/graph/columns.ts';
import { packagesOf, searchPackages } from '../../../src/webui/views/build/outputs/sbom.ts';
import { firstUnfinished, rerun } from '../../../src/webui/views/build/rerun.ts';
import { secondsLeft } from '../../../src/webui/views/build/time-left.ts';
import { timelineOf } from '../../../src/webui/views/build/timeline/spans.ts';
import { usualStages } from '../../fixtures/usual-stages.ts';

const startMs = Date.parse('2026-01-01T00:00:00Z');
const at = (seconds: number) => new Date(startMs + seconds * 1000).toISOString();

function run(name: StageName, more: Partial<StageRun> = {}): StageRun {
  return {
    ...{ name, after: [...stageNamed(name).after], state: 'pending', attempt: 1, progress: 0, note: '', key: null },
    ...{ reason: null },
    ...{ startedAt: null, endedAt: null, estimateSeconds: null, usage: null, error: null },
    ...more,
  };
}

function build(states: Partial<Record<StageName, Partial<StageRun>>>, more: Partial<Build> = {}): Build {
  return {
    ...{ id: 'b', distributionId: null, name: 'x', version: '1', state: 'running', arch: 'x86_64', formats: ['raw'] },
    ...{ createdAt: at(0), startedAt: at(0), endedAt: null, queuePosition: null, error: null, verdict: null },
    ...{ number: 1, verifies: null, reproducible: null, artifacts: [] },
    stages: usualStages.map((name) => run(name, states[name])),
    ...more,
  };
}

const stageOf = ({ stages }: Build, name: StageName) => stages.find((stage) => stage.name === name);

describe('a followed build', () => {
  it('takes in what its events tell', () => {
    const running = takeEntry(build({}), {
      ...{
        type: 'stage',
        at: at(1),
        stage: 'compile',
        attempt: 1,
        state: 'running',
        reason: 'no earlier result to reuse',
        error: null,
      },
    });
    const further = takeEntry(running, {
      ...{ type: 'progress', at: at(2), stage: 'compile', attempt: 1, progress: 0.4, note: 'CC' },
    });
    expect(stageOf(further, 'compile')).toMatchObject({
      state: 'running',
      progress: 0.4,
      reason: 'no earlier result to reuse',
    });
  });

  it('does not go back when an answer has overtaken the events', () => {
    const ahead = build({ compile: { state: 'succeeded', attempt: 2, progress: 1 } });
    for (const [attempt, state] of [
      [1, 'failed'],
      [2, 'running'],
    ] as const)
      expect(
        takeEntry(ahead, { type: 'stage', at: at(1), stage: 'compile', attempt, state, reason: null, error: null }),
      ).toBe(ahead);
    expect(
      takeEntry(ahead, { type: 'progress', at: at(1), stage: 'compile', attempt: 2, progress: 0.1, note: '' }),
    ).toBe(ahead);
    const ended = build({}, { state: 'failed', endedAt: at(9) });
    expect(takeEntry(ended, { type: 'build', at: at(1), state: 'running', error: null })).toBe(ended);
  });

  it('is queued again by a retry', () => {
    const ended = build({}, { state: 'failed', endedAt: at(9) });
    expect(takeEntry(ended, { type: 'build', at: at(10), state: 'queued', error: null }).state).toBe('queued');
  });

  it('keeps the progress that events told when an answer is behind it', () => {
    const shown = build({ compile: { state: 'running', progress: 0.5, note: 'new' } });
    const answer = build({ compile: { state: 'running', progress: 0.3, note: 'old', estimateSeconds: 9 } });
    expect(stageOf(takeAnswer(shown, answer), 'compile')).toMatchObject({
      progress: 0.5,
      note: 'new',
      estimateSeconds: 9,
    });
    const anew = build({ compile: { state: 'running', attempt: 2, progress: 0 } });
    expect(stageOf(takeAnswer(shown, anew), 'compile')).toMatchObject({ progress: 0, attempt: 2 });
  });
});

describe('the time that is left', () => {
  it.each([
    [0, '5s'],
    [43, '45s'],
    [89, '90s'],
    [90, '2m'],
    [552, '9m'],
    [3569, '59m'],
    [3570, '1h 00m'],
    [7380, '2h 03m'],
  ])('is no more exact than an estimate: %d s', (seconds, text) => expect(timeLeft(seconds)).toBe(text));

  const done = { state: 'succeeded', progress: 1 } as const;
  it('is that of the longest way', () => {
    const some = build({
      ...{ resolve: done, download: done, prepare: done, base: done },
      compile: { state: 'running', startedAt: at(0), estimateSeconds: 100 },
      assemble: { state: 'running', startedAt: at(0), estimateSeconds: 40 },
      package: { estimateSeconds: 20 },
      boot: { estimateSeconds: 30 },
    });
    expect(secondsLeft(some, startMs + 10_000)).toBe(90 + 20 + 30);
  });

  it('is not guessed where a stage has no history, is overdue, or the build does not run', () => {
    const rest = { package: { estimateSeconds: 20 }, boot: { estimateSeconds: 30 } };
    const ahead = { resolve: done, download: done, prepare: done, base: done, assemble: done };
    expect(
      secondsLeft(build({ ...ahead, ...rest, compile: { state: 'running', startedAt: at(0) } }), startMs),
    ).toBeUndefined();
    const overdue = { state: 'running', startedAt: at(0), estimateSeconds: 5 } as const;
    expect(secondsLeft(build({ ...ahead, ...rest, compile: overdue }), startMs + 9_000)).toBeUndefined();
    expect(secondsLeft(build({}, { state: 'queued' }), startMs)).toBeUndefined();
  });
});

describe('a retry', () => {
  const done = { state: 'succeeded' } as const;
  const { stages } = build({
    ...{ resolve: done, download: done, prepare: { state: 'cached' }, compile: done, base: done },
    ...{ assemble: { state: 'failed' }, package: { state: 'skipped' }, boot: { state: 'skipped' } },
  });

  it('begins where it went wrong and keeps the rest', () => {
    expect(firstUnfinished(stages)).toBe('assemble');
    expect(rerun(stages, undefined)).toEqual({
      kept: ['resolve', 'download', 'prepare', 'compile', 'base'],
      again: ['assemble', 'package', 'boot'],
    });
  });

  it('runs what follows from an earlier stage again', () => {
    expect(rerun(stages, 'prepare').again).toEqual(['prepare', 'compile', 'assemble', 'package', 'boot']);
    expect(
      rerun(build({ ...Object.fromEntries(usualStages.map((name) => [name, done])) }).stages, 'compile').kept,
    ).toEqual(['resolve', 'download', 'prepare', 'base', 'assemble']);
  });
});

describe('the graph', () => {
  it('puts branches side by side and joins them', () => {
    const places = place(build({}).stages).map(({ stage, column, row }) => [stage.name, column, row]);
    expect(places).toEqual([
      ['resolve', 0, 0],
      ['download', 1, 0],
      ['prepare', 2, 0],
      ['compile', 3, 0],
      ['base', 2, 1],
      ['assemble', 3, 1],
      ['package', 4, 0],
      ['boot', 5, 0],
    ]);
  });

  it('has no edge to a stage that is not there', () => {
    const without = build({}).stages.filter(({ name }) => name !== 'boot');
    expect(edges(without)).toHaveLength(8 - 1);
    expect(edges(without).some(({ to }) => to === 'boot')).toBe(false);
  });
});

describe('the timeline', () => {
  const attempt = (more: Partial<Attempt>): Attempt => ({
    ...{ ...run('compile'), forced: false, exitCode: null, compared: null },
    ...more,
  });

  it('puts every attempt that began on one clock', () => {
    const { spans, totalSeconds, ticks } = timelineOf(
      [
        attempt({ state: 'failed', startedAt: at(10), endedAt: at(20) }),
        attempt({ attempt: 2, state: 'running', startedAt: at(30) }),
        attempt({ name: 'boot' }),
      ],
      startMs + 50_000,
    );
    expect(totalSeconds).toBe(40);
    expect(spans.map(({ from, length, seconds }) => [from, length, seconds])).toEqual([
      [0, 0.25, 10],
      [0.5, 0.5, 20],
    ]);
    expect(ticks).toEqual([0, 10, 20, 30, 40]);
  });

  it('is empty before the first stage', () => {
    expect(timelineOf([attempt({})], startMs).spans).toEqual([]);
  });
});

describe('the address', () => {
  it('names a line', () => {
    expect(lineOf('L12')).toBe(11);
    expect(lineOf('#L1')).toBe(0);
    for (const other of ['', 'L0', 'L-1', 'x', 'L1x']) expect(lineOf(other)).toBeUndefined();
  });

  it('leads to the log of what failed, unless it says otherwise', () => {
    const failure = { code: 'x', message: 'x', hint: null, stage: 'assemble' as const, details: [] };
    const failed = build({}, { state: 'failed', error: failure });
    expect(choiceOf({}, failed).stage).toBe('assemble');
    expect(choiceOf({ stage: 'all' }, failed).stage).toBeUndefined();
    expect(choiceOf({ stage: 'boot', attempt: 7 }, failed)).toEqual({ stage: 'boot', attempt: undefined });
    expect(choiceOf({}, build({})).stage).toBeUndefined();
  });
});

describe('bills of materials', () => {
  it('reads CycloneDX with what a component is made of or from', () => {
    const found = packagesOf({
      bomFormat: 'CycloneDX',
      components: [
        {
          type: 'operating-system',
          name: 'linux',
          version: '6.12',
          pedigree: { ancestors: [{ name: 'linux-source' }] },
        },
        {
          ...{ 'bom-ref': 'c', name: 'curl', purl: 'pkg:deb/debian/curl@8' },
          ...{ hashes: [{ alg: 'SHA-256', content: 'ab' }], licenses: [{ expression: 'curl' }] },
        },
      ],
    });
    expect(found?.map(({ name, type, license, sha256 }) => [name, type, license, sha256])).toEqual([
      ['linux', 'operating-system', '', undefined],
      ['linux-source', '', '', undefined],
      ['curl', 'deb', 'curl', 'ab'],
    ]);
  });

  it('reads SPDX, and nothing else', () => {
    const package_ = { SPDXID: 'p', name: 'bash', versionInfo: '5.2' };
    const spdx = { spdxVersion: 'SPDX-2.3', packages: [package_, { ...package_, licenseDeclared: 'MIT' }] };
    const read = { id: 'p', name: 'bash', version: '5.2', type: '', license: '', sha256: undefined };
    expect(packagesOf(spdx)).toEqual([read, { ...read, license: 'MIT' }]);
    expect(packagesOf({ some: 'thing' })).toBeUndefined();
  });

  it('searches names, versions and licences for every word', () => {
    const packages = packagesOf({
      bomFormat: 'CycloneDX',
      components: [
        { name: 'libc6', version: '2.41' },
        { name: 'curl', licenses: [{ expression: 'MIT' }] },
      ],
    });
    expect(searchPackages(packages ?? [], 'LIBC 2.41').map(({ name }) => name)).toEqual(['libc6']);
    expect(searchPackages(packages ?? [], 'mit').map(({ name }) => name)).toEqual(['curl']);
    expect(searchPackages(packages ?? [], '')).toHaveLength(2);
  });
});
