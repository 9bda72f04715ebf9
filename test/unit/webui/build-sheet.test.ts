/** What the build sheet says of a plan. */
import { describe, expect, it } from 'vitest';
import type { PlanSummary } from '../../../src/model/plan.ts';
import { buildSentence, workSentence } from '../../../src/webui/views/distribution-build/sentence.ts';

type Stage = PlanSummary['stages'][number];
const stage = (name: Stage['name'], cached: boolean | null, after: Stage['after'], estimateSeconds = 60): Stage => ({
  ...{ name, image: 'rootfs-assembler', after, key: null, reason: null, cached, estimateSeconds },
});
const plan = (resolved: boolean) => ({
  arch: 'x86_64' as const,
  formats: ['raw', 'qcow2'],
  stages: [
    stage('resolve', resolved, []),
    stage('assemble', resolved ? false : null, ['resolve']),
    stage('package', resolved ? false : null, ['assemble']),
  ],
});

describe('the build sheet', () => {
  it('says in a sentence what will be made, from what, and whether it is booted', () => {
    expect(buildSentence(plan(true), { boot: true, noCache: false })).toBe(
      'Makes raw and qcow2 for x86_64 from the pinned versions, and boots the result.',
    );
    expect(buildSentence(plan(false), { boot: false, noCache: true })).toBe(
      'Makes raw and qcow2 for x86_64 from the newest versions, which it pins, rebuilding everything, and does not boot it.',
    );
  });

  it('says how long it takes, what runs, and what is reused', () => {
    expect(workSentence(plan(true))).toBe(
      'About 2m 00s, based on similar builds. Assemble and package run; 1 stage is reused.',
    );
    expect(workSentence(plan(false))).toMatch(/^Up to about .* Resolve runs; 2 stages may be reused\.$/);
  });
});
