/** What differs between two builds. */

import { expect, it } from 'vitest';
import type { BuildInputs } from '../../../src/model/build.ts';
import { earlierFacts } from '../../../src/stages/package/earlier-artifacts.ts';
import { compareBuilds, differences, flat, type Side } from '../../../src/webui/views/distribution/compare.ts';
import { build } from '../cli/terminal.ts';

const sha256 = 'a'.repeat(64);
const source = { url: 'http://x/y', sha256, sizeBytes: 1, filename: 'y', arch: 'amd64' };

function side(version: string, change: Partial<BuildInputs> = {}): Side {
  return {
    build: build({
      artifacts: [
        { id: 'a', name: `gw-${version}.qcow2`, ...earlierFacts('qcow2'), sizeBytes: 1024, sha256, verdict: null },
      ],
    }),
    inputs: {
      definition: { name: 'gw', version, userland: { packages: ['curl'] } },
      components: [],
      lock: {
        ...{ version: 1, arch: 'x86_64' },
        kernel: { wishesSha256: sha256, sourceDate: 0, version, sources: [{ ...source, name: 'linux', version }] },
      },
      options: { boot: true, noCache: false, priority: 0 },
      kernelOptions: [{ symbol: 'CONFIG_E1000', value: version === '1' ? 'm' : 'y', from: 'definition' }],
      ...change,
    },
  };
}

it('names what differs in each part, and what cannot be told', () => {
  const sections = Object.fromEntries(compareBuilds(side('1'), side('2')).map((one) => [one.title, one]));
  expect(sections.Definition?.differences).toEqual([{ what: 'version', before: '1', after: '2' }]);
  expect(sections['Kernel options']?.differences).toEqual([{ what: 'CONFIG_E1000', before: 'm', after: 'y' }]);
  expect(sections['Kernel sources']?.differences).toEqual([{ what: 'linux', before: '1', after: '2' }]);
  expect(sections.Packages?.unknown).toContain('no lock');
  expect(sections.Artifacts?.differences).toEqual([]);
  const [, , options] = compareBuilds(side('1'), side('2', { kernelOptions: null }));
  expect(options?.unknown).toContain('The later of the two builds');
});

it('takes one more entry of a list as one difference', () => {
  const before = flat({ packages: ['curl'], users: [{ name: 'ops', sudo: true }], services: {} });
  const after = flat({ packages: ['curl', 'nginx'], users: [{ name: 'dev' }, { name: 'ops', sudo: true }] });
  expect(differences(before, after)).toEqual([
    { what: 'packages.nginx', before: null, after: 'listed' },
    { what: 'users.dev.name', before: null, after: 'dev' },
  ]);
});
