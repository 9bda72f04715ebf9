/** Which distributions a list shows, and what a plan is told to take. */
import { describe, expect, it } from 'vitest';
import type { DistributionSummary } from '../../../src/model/distribution.ts';
import { withOptions } from '../../../src/webui/views/distribution-build/build-options.ts';
import { type PlanStage, planTime, planTimeInWords } from '../../../src/webui/views/distribution-build/plan-times.ts';
import { DistributionsSearch, firstNames, listed } from '../../../src/webui/views/distributions/listing.ts';

function distribution(name: string, change: Partial<DistributionSummary> = {}): DistributionSummary {
  const components = [{ kind: 'init', name: 'runner' }];
  const at = '2026-01-02T03:04:05.000Z';
  return {
    id: name,
    name,
    version: '1',
    arch: 'x86_64',
    createdAt: at,
    updatedAt: at,
    lastBuild: null,
    components,
    ...change,
  };
}

const built = (createdAt: string, sizeBytes: number): DistributionSummary['lastBuild'] => ({
  ...{ id: 'b', number: 1, state: 'succeeded', createdAt, verdict: null },
  images: [
    { format: 'raw', sizeBytes: 10 * sizeBytes },
    { format: 'qcow2', sizeBytes },
  ],
});

const all = [
  distribution('kiosk', { arch: 'aarch64', lastBuild: built('2026-01-03T00:00:00.000Z', 5) }),
  distribution('edge', { lastBuild: built('2026-01-04T00:00:00.000Z', 3) }),
  distribution('rescue', { updatedAt: '2026-02-01T00:00:00.000Z' }),
];
const names = (search: DistributionsSearch) => listed(all, search).map(({ name }) => name);

describe('the list of distributions', () => {
  it('is filtered by every word and by architecture', () => {
    expect(names({ q: 'ED ge' })).toEqual(['edge']);
    expect(names({ q: 'succeeded', arch: 'aarch64' })).toEqual(['kiosk']);
    expect(names({ q: 'nothing' })).toEqual([]);
    expect(names({ q: 'runner edge' })).toEqual(['edge']);
  });

  it('begins with what was changed last, and is sorted as the address says', () => {
    expect(names({})).toEqual(['rescue', 'edge', 'kiosk']);
    expect(names({ sort: 'name' })).toEqual(['edge', 'kiosk', 'rescue']);
    expect(names({ sort: 'name', down: true })).toEqual(['rescue', 'kiosk', 'edge']);
    expect(names({ sort: 'build' })).toEqual(['edge', 'kiosk', 'rescue']);
    expect(names({ sort: 'size' })).toEqual(['kiosk', 'edge', 'rescue']);
  });

  it('shows the first few components, and how many more there are', () => {
    const components = ['a', 'b', 'c', 'd', 'e'].map((name) => ({ kind: 'format', name }));
    expect(firstNames(components)).toEqual({ names: 'a, b, c', more: 2 });
    expect(firstNames(components.slice(0, 2))).toEqual({ names: 'a, b', more: 0 });
  });

  it('leaves out what an address says wrongly', () => {
    expect(DistributionsSearch.parse({ arch: 'mips', sort: 'colour', q: 'x' })).toEqual({ q: 'x' });
  });
});

function stage(name: PlanStage['name'], after: PlanStage['after'], change: Partial<PlanStage>): PlanStage {
  return {
    ...{ name, after, image: 'kernel-builder', key: null, cached: false, reason: null, estimateSeconds: null },
    ...change,
  };
}

describe('the time of a plan', () => {
  it('is that of the longest way, stages side by side counted once', () => {
    const stages = [
      stage('prepare', [], { estimateSeconds: 10 }),
      stage('compile', ['prepare'], { estimateSeconds: 100 }),
      stage('assemble', [], { estimateSeconds: 60 }),
      stage('package', ['compile', 'assemble'], { estimateSeconds: 20 }),
    ];
    expect(planTime(stages)).toEqual({ estimate: { estimateSeconds: 130 }, running: 4, open: 0, unknown: [] });
    expect(planTimeInWords(planTime(stages))).toBe('About 2m 10s, based on similar builds.');
    const spread = stages.map((each) =>
      each.name === 'compile' ? { ...each, estimateRange: { fromSeconds: 50, toSeconds: 200 } } : each,
    );
    expect(planTimeInWords(planTime(spread))).toBe('1m 20s to 3m 50s, based on similar builds.');
    const maybe = spread.map((each) => ({ ...each, cached: null }));
    expect(planTimeInWords(planTime(maybe))).toBe('Up to 3m 50s, based on similar builds.');
  });

  it('says what it does not know', () => {
    const some = [stage('prepare', [], { estimateSeconds: 10 }), stage('compile', ['prepare'], {})];
    expect(planTimeInWords(planTime(some))).toBe('At least 10s; nothing like compile has run here yet.');
    expect(planTimeInWords(planTime([stage('prepare', [], {})]))).toContain('No estimate');
    const open = [stage('prepare', [], { cached: null, estimateSeconds: 30 })];
    expect(planTimeInWords(planTime(open))).toContain('Up to about 30s');
    const cached = [stage('prepare', [], { cached: true, estimateSeconds: 30 })];
    expect(planTimeInWords(planTime(cached))).toContain('Everything is cached');
  });
});

it('lays the options of a build over a definition', () => {
  const definition = { name: 'gw', image: { size: '2G' } };
  expect(withOptions(definition, {})).toEqual(definition);
  expect(withOptions(definition, { arch: 'aarch64', formats: ['qcow2'] })).toEqual({
    ...{ name: 'gw', arch: 'aarch64' },
    image: { size: '2G', formats: ['qcow2'] },
  });
  const asked = { format: 'qcow2', compression: 'zstd' };
  expect(withOptions({ image: { formats: ['raw', asked] } }, { formats: ['qcow2'] })).toEqual({
    image: { formats: [asked] },
  });
});
