/** What the components' pages work out: sections, relations, filters, and where problems are. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../src/catalog/catalog.ts';
import type { ListedComponent } from '../../../src/model/component.ts';
import { placeProblems, readMapping } from '../../../src/webui/parts/yaml-text.ts';
import { toYaml } from '../../../src/webui/views/components/component-yaml.ts';
import { countsOf, sectionsOf, withoutEmpty } from '../../../src/webui/views/components/contributions.ts';
import { groupByKind, readFilter } from '../../../src/webui/views/components/filter.ts';
import { dependentsOf, idOf, providersOf, rivalsOf } from '../../../src/webui/views/components/relations.ts';

function component(id: string, more: Partial<ListedComponent> = {}): ListedComponent {
  const [kind = '', name = ''] = id.split('/');
  return {
    ...{ kind, name, title: name, summary: '', arch: ['x86_64', 'aarch64'], provides: [], requires: [], conflicts: [] },
    ...{ origin: 'shipped', spec: { kind, name } },
    ...more,
  };
}

describe('relations', () => {
  const uefi = component('platform/uefi', { provides: ['firmware:uefi'] });
  const boot = component('bootloader/one', { requires: [['firmware:uefi', 'firmware:bios']] });
  const any = component('init/any', { requires: [['platform']] });
  const rival = component('platform/bios', { conflicts: ['platform:uefi'] });
  const all = [uefi, boot, any, rival];

  it('find who provides a provision, by name, kind or what it says', () => {
    expect(providersOf('firmware:uefi', all)).toEqual([uefi]);
    expect(providersOf('platform:uefi', all)).toEqual([uefi]);
    expect(providersOf('platform', all)).toEqual([uefi, rival]);
  });

  it('find who requires a component, one of several ways included', () => {
    expect(dependentsOf(uefi, all).map(idOf)).toEqual(['bootloader/one']);
  });

  it('find who conflicts, whichever says so', () => {
    expect(rivalsOf(uefi, all)).toEqual([rival]);
    expect(rivalsOf(rival, all)).toEqual([uefi]);
  });
});

describe('sections', () => {
  const spec = {
    kind: 'init',
    name: 'one',
    contributes: {
      kernel: { options: { CONFIG_A: 'y', CONFIG_B: 'm' }, defaults: {}, cmdline: ['quiet'] },
      packages: ['one', 'two-'],
      files: [{ path: '/etc/motd', content: 'hello\n', mode: '0644' }],
      services: { enable: ['one'], disable: [] },
      partitions: [{ role: 'esp', label: 'ESP', fileSystem: { use: 'vfat', params: {} }, size: 'auto' }],
    },
    perArch: { x86_64: { kernel: { options: { CONFIG_A: 'y', CONFIG_X86: 'y' } } } },
    suites: ['trixie'],
    later: { deep: { key: 1 } },
  };

  it('are what holds something, in a fixed order, with a title in words', () => {
    expect(sectionsOf(spec).map(({ title, arch }) => (arch ? `${title} (${arch})` : title))).toEqual([
      'Packages',
      'Enforced kernel options',
      'Enforced kernel options (x86_64)',
      'Kernel command line',
      'Files',
      'Services started at boot',
      'Partitions',
      'Suites',
      'later › deep',
    ]);
  });

  it('have an entry for each item, with what else is said of it', () => {
    const entries = Object.fromEntries(
      sectionsOf(spec).map(({ path, arch, entries: found }) => [path + (arch ?? ''), found]),
    );
    expect(entries['kernel.options']).toEqual([
      { name: 'CONFIG_A', value: 'y' },
      { name: 'CONFIG_B', value: 'm' },
    ]);
    expect(entries.files).toEqual([{ name: '/etc/motd', value: 'mode 0644', block: 'hello\n' }]);
    expect(entries.partitions).toEqual([{ name: 'ESP', value: 'role esp, fileSystem vfat, size auto' }]);
    expect(entries['later.deep']).toEqual([{ name: 'key', value: '1' }]);
  });

  it('are counted once for all architectures', () => {
    expect(countsOf(spec)).toEqual([
      '2 packages',
      '1 kernel parameter',
      '3 kernel options',
      '1 file',
      '1 service',
      '1 partition',
      '1 suite',
    ]);
  });

  it('has each parameter as one entry, also where it differs between architectures', () => {
    const [params] = sectionsOf({
      kind: 'kernel',
      params: { suite: 'trixie', package: { x86_64: 'a', aarch64: 'b' } },
    });
    expect(params?.entries).toEqual([
      { name: 'suite', value: 'trixie' },
      { name: 'package', value: '{"x86_64":"a","aarch64":"b"}' },
    ]);
  });

  it('of the shipped components all have a title of their own', async () => {
    const catalog = await loadCatalog(join(import.meta.dirname, '../../../components'));
    const untitled = catalog.entries.flatMap(({ component: { ...shipped } }) =>
      sectionsOf(withoutEmpty(shipped)).filter(({ title }) => title.includes('›')),
    );
    expect(untitled).toEqual([]);
  });
});

describe('a filter', () => {
  const all = [component('init/one', { spec: { packages: ['dbus'] } }), component('kernel/two', { origin: 'user' })];

  it('wants every word, wherever it stands', () => {
    expect(groupByKind(all, { text: 'one DBUS' })).toEqual([['init', [all[0]]]]);
    expect(groupByKind(all, { text: 'one two' })).toEqual([]);
    expect(groupByKind(all, { origin: 'user' })).toEqual([['kernel', [all[1]]]]);
    expect(groupByKind(all, { kind: 'init' })).toHaveLength(1);
  });

  it('is read from an address, without what is none', () => {
    expect(readFilter({ text: 12, kind: '', origin: 'mine' })).toEqual({ text: '12' });
    expect(readFilter({ kind: 'init', origin: 'user' })).toEqual({ kind: 'init', origin: 'user' });
  });
});

describe('YAML', () => {
  let text: string;
  beforeAll(() => {
    text = toYaml({ kind: 'init', name: 'one', arch: [], contributes: { packages: ['a', 'b'], kernel: {} } });
  });

  it('leaves out what is empty, and is read back', () => {
    expect(text).toBe('kind: init\nname: one\ncontributes:\n  packages:\n    - a\n    - b\n');
    expect(readMapping(text).value).toEqual({ kind: 'init', name: 'one', contributes: { packages: ['a', 'b'] } });
  });

  it('is refused with the line of the problem', () => {
    expect(readMapping('kind: init\nname: [').problems[0]).toMatchObject({ line: 2 });
    expect(readMapping('- a').problems).toEqual([
      { line: 1, message: 'The text must be a mapping of keys to values.' },
    ]);
  });

  it('shows where the server finds fault, or what something is missing in', () => {
    const at = (pointer: string) => placeProblems(text, [{ pointer, message: 'is wrong', hint: 'Fix it.' }])[0]?.line;
    expect(at('/name')).toBe(2);
    expect(at('/contributes/packages/1')).toBe(6);
    expect(at('/contributes/files/0/path')).toBe(3);
    expect(at('/title')).toBeUndefined();
    expect(placeProblems(text, [{ pointer: '/a~1b', message: 'is unknown' }])).toEqual([
      { line: undefined, message: 'a/b is unknown' },
    ]);
  });
});
