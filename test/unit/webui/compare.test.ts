/** What differs between two builds. */

import { expect, it } from 'vitest';
import type { BuildInputs } from '../../../src/model/build.ts';
import type { Lock } from '../../../src/stages/lock.ts';
import { earlierFacts } from '../../../src/stages/package/earlier-artifacts.ts';
import { lineDiff, withContext } from '../../../src/webui/parts/line-diff.ts';
import { compareBuilds, defaultPair, type Side } from '../../../src/webui/views/distribution/compare.ts';
import { build } from '../cli/terminal.ts';

const sha256 = 'a'.repeat(64);
const source = (name: string, version: string, sizeBytes: number) => ({
  ...{ url: 'http://mirror.example/y', sha256, filename: 'y', arch: 'amd64' },
  ...{ name, version, sizeBytes },
});
const group = { wishesSha256: sha256, sourceDate: 0 };
const lock = (kernel: string, packages: ReturnType<typeof source>[]): Lock => ({
  ...{ version: 1, arch: 'x86_64' },
  kernel: { ...group, version: kernel, sources: [source('linux-source', kernel, 100)] },
  packages: { ...group, packages, aptSources: [] },
});

function side(version: string, sizeBytes: number, change: Partial<BuildInputs> = {}): Side {
  const image = { id: 'a', name: `gw-${version}.raw`, ...earlierFacts('raw'), verdict: null };
  return {
    build: build({ artifacts: [{ ...image, sizeBytes, sha256: version.repeat(64) }] }),
    inputs: {
      definition: { name: 'gw', version, userland: { packages: ['curl'] } },
      components: [],
      lock: lock('6.12.57', [source('curl', '8.1', 1000), source('nano', '7', 500)]),
      options: { boot: true, noCache: false, priority: 0 },
      kernelOptions: [{ symbol: 'CONFIG_E1000', value: version === '1' ? 'm' : 'y', from: 'definition' }],
      ...change,
    },
  };
}

it('tells packages that were added, removed or changed version, with sizes, and the whole in a line', () => {
  const after = lock('6.12.58', [source('curl', '8.2', 1010), source('tree', '2.2', 60)]);
  const { summary, packages } = compareBuilds(side('1', 1 << 20), side('2', 5 << 20, { lock: after }));
  expect(packages).toEqual([
    { sign: '↑', name: 'curl', before: '8.1', after: '8.2', bytes: 10 },
    { sign: '↑', name: 'linux-source', before: '6.12.57', after: '6.12.58', bytes: 0 },
    { sign: '−', name: 'nano', before: '7', after: null, bytes: -500 },
    { sign: '+', name: 'tree', before: null, after: '2.2', bytes: 60 },
  ]);
  expect(summary).toBe(
    'packages: 1 added, 2 changed version, 1 removed · kernel 6.12.57 → 6.12.58 · raw image +4.0 MiB',
  );
});

it('says the same of what is the same, and claims nothing of a build that did not get so far', () => {
  const same = compareBuilds(side('1', 5), side('1', 5));
  expect(same).toMatchObject({ packages: [], kernelOptions: [], options: [] });
  expect(same.summary).toBe('same packages · same kernel · raw image identical');
  const cancelled = compareBuilds(side('1', 5, { lock: null, kernelOptions: null }), side('2', 5));
  expect(cancelled).toMatchObject({ packages: undefined, kernelOptions: undefined });
  expect(cancelled.summary).toContain('packages cannot be compared');
  expect(compareBuilds(side('1', 5), side('2', 5)).kernelOptions).toEqual([
    { what: 'CONFIG_E1000', before: 'm', after: 'y' },
  ]);
});

it('begins with the two newest builds that succeeded', () => {
  const states = ['cancelled', 'succeeded', 'failed', 'succeeded', 'succeeded'] as const;
  const listed = states.map((state, index) => ({ id: index, state }));
  expect(defaultPair(listed).map(({ id }) => id)).toEqual([1, 3]);
  expect(defaultPair(listed.slice(0, 3)).map(({ id }) => id)).toEqual([1]);
});

it('compares texts by line, and leaves out what is far from any difference', () => {
  const before = 'a\nb\nc\nd\ne\nf\ng\n';
  const diff = lineDiff(before, 'a\nb\nc\nd\nx\nf\ng\nh\n');
  expect(diff.map(({ kind, text }) => `${{ same: ' ', added: '+', removed: '-' }[kind]}${text}`)).toEqual([
    ' a',
    ' b',
    ' c',
    ' d',
    '-e',
    '+x',
    ' f',
    ' g',
    '+h',
  ]);
  expect(withContext(diff, 1).map((part) => ('lines' in part ? part.lines.length : -part.skipped))).toEqual([-3, 6]);
  expect(lineDiff(before, before).every(({ kind }) => kind === 'same')).toBe(true);
  expect(lineDiff('', 'a\n')).toEqual([{ kind: 'added', text: 'a' }]);
});
