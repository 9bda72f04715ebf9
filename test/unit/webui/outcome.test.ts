import { describe, expect, it } from 'vitest';
import type { Failure } from '../../../src/model/problem.ts';
import type { StageRun } from '../../../src/model/stage-run.ts';
import { fixesOf, fixWords } from '../../../src/webui/views/build/outcome/fix-words.ts';
import { lastGoodBefore } from '../../../src/webui/views/build/outcome/last-good.ts';
import { tellFailure } from '../../../src/webui/views/build/outcome/told.ts';
import { windowTitle } from '../../../src/webui/views/build/window-title.ts';

const failure = (part: Partial<Failure>): Failure => ({
  ...{ code: 'x', message: 'It failed.', hint: null, stage: 'boot', details: [] },
  ...part,
});

describe('what a good build is compared with', () => {
  const listed = (number: number, part: object = {}) => ({
    ...({ id: `build-${number}`, number, arch: 'x86_64', state: 'succeeded', verifies: null } as const),
    ...part,
  });

  it('is the newest good one before it, for the same architecture, that made something', () => {
    const earlier = [
      listed(9),
      listed(7, { state: 'failed' }),
      listed(6, { verifies: 'build-4' }),
      listed(5, { arch: 'aarch64' }),
      listed(3),
      listed(4),
    ];
    expect(lastGoodBefore(listed(8), earlier)?.id).toBe('build-4');
    expect(lastGoodBefore(listed(3), earlier)).toBeUndefined();
  });
});

describe('a failure', () => {
  it('says nothing twice, and keeps what a console wrote apart', () => {
    const told = tellFailure(
      failure({
        message: 'a.raw did not come up: the kernel panicked',
        hint: 'Look.',
        details: [
          {
            pointer: '',
            message: 'a.raw did not come up: the kernel panicked (1.0 s after the start)\nAlso seen:\n  a unit failed',
            hint: 'Look.',
            evidence: ['one', 'two'],
          },
        ],
      }),
    );
    expect(told).toEqual({
      what: 'a.raw did not come up: the kernel panicked',
      also: [{ place: '', text: 'a unit failed' }],
      hint: 'Look.',
      evidence: ['one', 'two'],
    });
  });

  it('of before there was evidence has it behind the first line of its message', () => {
    const old = failure({
      message: 'These packages cannot be installed together:\n a : Conflicts: b',
      details: [
        { pointer: '/userland/packages/0', message: 'a takes part in the conflict.' },
        { pointer: '/userland/packages/1', message: 'b takes part in the conflict.' },
      ],
    });
    expect(tellFailure(old)).toMatchObject({
      what: 'These packages cannot be installed together:',
      evidence: [' a : Conflicts: b'],
      also: [{ text: 'a takes part in the conflict.' }, { text: 'b takes part in the conflict.' }],
    });
  });

  it('offers the best fix of each problem first', () => {
    const at = (pointer: string, from: string, ...to: (string | null)[]) => ({
      ...{ pointer, message: 'm' },
      fixes: to.map((one) => ({ pointer, from, to: one })),
    });
    const details = [
      at('/userland/packages/0', 'curll', 'curl', null),
      at('/userland/packages/3', 'vimm', 'vim', null),
    ];
    expect(fixesOf({ details }).map(fixWords)).toEqual([
      'Replace curll with curl and rebuild',
      'Replace vimm with vim and rebuild',
      'Remove curll and rebuild',
      'Remove vimm and rebuild',
    ]);
    expect(fixWords({ pointer: '/image/size', from: '300M', to: 'auto' })).toBe('Set image.size to auto and rebuild');
  });
});

it('the title of the window tells how far a build is', () => {
  const stage = (state: StageRun['state'], progress: number, estimateSeconds: number | null): StageRun => ({
    ...{ name: 'boot', after: [], state, attempt: 1, progress, note: '', key: null, reason: null, startedAt: null },
    ...{ endedAt: null, estimateSeconds, usage: null, error: null },
  });
  const stages = [stage('cached', 1, 10), stage('running', 0.5, 80), stage('pending', 0, 10)];
  expect(windowTitle({ name: 'gw', number: 12, state: 'running', stages })).toBe('▶ 50 % gw #12');
  expect(windowTitle({ name: 'gw', number: 12, state: 'failed', stages })).toBe('✗ gw #12');
});
