/** Lists that the stream of changes keeps up to date. */
import { describe, expect, it } from 'vitest';
import type { BuildSummary } from '../../../src/model/build.ts';
import type { Change } from '../../../src/model/change.ts';
import type { DistributionSummary } from '../../../src/model/distribution.ts';
import {
  type BuildPage,
  takeIntoDistributions,
  takeIntoPage,
  takeIntoPages,
} from '../../../src/webui/live/take-change.ts';

/** A build that was made in that second. */
function build(second: number, change: Partial<BuildSummary> = {}): BuildSummary {
  return {
    id: `b${second}`,
    distributionId: 'd1',
    number: second,
    name: 'gw',
    version: '1.0',
    state: 'succeeded',
    arch: 'x86_64',
    formats: ['raw'],
    createdAt: `2026-01-01T00:00:0${second}.000Z`,
    startedAt: null,
    endedAt: null,
    queuePosition: null,
    error: null,
    verdict: null,
    verifies: null,
    reproducible: null,
    stages: [],
    ...change,
  };
}

const changed = (one: BuildSummary): Change => ({ type: 'build', build: one });
const ids = (pages: readonly BuildPage[]) => pages.map(({ items }) => items.map(({ id }) => id));
/** Two pages, and there are more. */
const pages: BuildPage[] = [
  { items: [build(8), build(6)], nextCursor: 'x' },
  { items: [build(4)], nextCursor: 'y' },
];

describe('a list of builds', () => {
  it('takes a new build in at its place, and one that it knows in place of what it knew', () => {
    expect(ids(takeIntoPages(pages, changed(build(9)), {}))).toEqual([['b9', 'b8', 'b6'], ['b4']]);
    expect(ids(takeIntoPages(pages, changed(build(5)), {}))).toEqual([
      ['b8', 'b6'],
      ['b5', 'b4'],
    ]);
    const [first] = takeIntoPages(pages, changed(build(6, { state: 'failed' })), {});
    expect(first?.items.map(({ state }) => state)).toEqual(['succeeded', 'failed']);
  });

  it('leaves what belongs to a page that is not shown, and takes it in when there is no such page', () => {
    expect(takeIntoPages(pages, changed(build(1)), {})).toEqual(pages);
    const whole = { items: [build(8)], nextCursor: null };
    expect(takeIntoPage(whole, changed(build(1)), {}).items.map(({ id }) => id)).toEqual(['b8', 'b1']);
    expect(takeIntoPage({ items: [], nextCursor: null }, changed(build(1)), {}).items).toHaveLength(1);
  });

  it('has only what its filter lets through', () => {
    for (const filter of [{ state: 'failed' }, { arch: 'aarch64' }, { distribution: 'd2' }]) {
      expect(ids(takeIntoPages(pages, changed(build(9)), filter))).toEqual([['b8', 'b6'], ['b4']]);
      expect(ids(takeIntoPages(pages, changed(build(8)), filter))).toEqual([['b6'], ['b4']]);
    }
    const filter = { state: 'succeeded', arch: 'x86_64', distribution: 'd1' };
    expect(ids(takeIntoPages(pages, changed(build(9)), filter))[0]).toEqual(['b9', 'b8', 'b6']);
  });

  it('loses what is removed', () => {
    expect(ids(takeIntoPages(pages, { type: 'removed', what: 'build', id: 'b4' }, {}))).toEqual([['b8', 'b6'], []]);
    expect(takeIntoPages(pages, { type: 'removed', what: 'distribution', id: 'b4' }, {})).toEqual(pages);
  });

  it('knows the places of the builds that wait', () => {
    const waiting = {
      items: [build(3, { state: 'queued' }), build(2, { state: 'queued', queuePosition: 1 })],
      nextCursor: null,
    };
    const queue: Change = { type: 'queue', running: 1, queued: 1, next: ['b3'] };
    expect(takeIntoPage(waiting, queue, {}).items.map(({ queuePosition }) => queuePosition)).toEqual([1, null]);
    // Of a long queue only the beginning is told.
    expect(
      takeIntoPage(waiting, { ...queue, queued: 900 }, {}).items.map(({ queuePosition }) => queuePosition),
    ).toEqual([1, 1]);
  });
});

describe('the list of distributions', () => {
  const distribution = (second: number, version = '1.0'): DistributionSummary => ({
    id: `d${second}`,
    name: `n${second}`,
    version,
    arch: 'x86_64',
    components: [],
    createdAt: `2026-01-01T00:00:0${second}.000Z`,
    updatedAt: `2026-01-01T00:00:0${second}.000Z`,
    lastBuild: null,
  });
  const items = [distribution(3), distribution(1)];

  it('takes in, replaces and loses', () => {
    const take = (change: Change) => takeIntoDistributions(items, change).map(({ id, version }) => `${id} ${version}`);
    expect(take({ type: 'distribution', distribution: distribution(2) })).toEqual(['d3 1.0', 'd2 1.0', 'd1 1.0']);
    expect(take({ type: 'distribution', distribution: distribution(1, '2.0') })).toEqual(['d3 1.0', 'd1 2.0']);
    expect(take({ type: 'removed', what: 'distribution', id: 'd3' })).toEqual(['d1 1.0']);
    expect(take({ type: 'removed', what: 'build', id: 'd3' })).toEqual(['d3 1.0', 'd1 1.0']);
  });
});
