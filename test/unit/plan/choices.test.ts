/** What may be chosen, worked out from the component files alone. */
import { fileURLToPath } from 'node:url';
import { beforeAll, describe, expect, it } from 'vitest';
import { type Catalog, loadCatalog, parseComponent } from '../../../src/catalog/catalog.ts';
import { parseDefinition } from '../../../src/definition/parse.ts';
import { choicesFor } from '../../../src/plan/choices.ts';

let catalog: Catalog;
const minimal = parseDefinition({ name: 'gw', arch: 'x86_64' });

beforeAll(async () => {
  catalog = await loadCatalog(fileURLToPath(new URL('../../../components', import.meta.url)));
});

function choice(components: unknown[], kind: string, name: string, definition = minimal) {
  const all = choicesFor(definition, catalog.with(components.map((one) => parseComponent(one))));
  return all.find((one) => one.kind === kind && one.name === name);
}

describe('a component that was added later', () => {
  const lilo = {
    ...{ kind: 'bootloader', name: 'lilo', title: 'LILO', summary: 'Boots.' },
    use: 'systemd-boot',
  };

  it('may be chosen when nothing stands in its way', () => {
    expect(choice([lilo], 'bootloader', 'lilo')).toEqual({
      kind: 'bootloader',
      name: 'lilo',
      chosen: false,
      problems: [],
    });
  });

  it('is in the way of nothing that it would replace', () => {
    const rival = { ...lilo, conflicts: ['bootloader:systemd-boot'] };
    expect(choice([rival], 'bootloader', 'lilo')?.problems).toEqual([]);
  });

  it('has the requirement that nobody meets as its obstacle', () => {
    const needy = { ...lilo, requires: ['firmware:bios'] };
    expect(choice([needy], 'bootloader', 'lilo')?.problems).toEqual([
      expect.objectContaining({ message: expect.stringContaining('requires firmware:bios') }),
    ]);
  });

  it('has the component that it conflicts with as its obstacle', () => {
    const rival = { ...lilo, conflicts: ['init:systemd'] };
    const [problem] = choice([rival], 'bootloader', 'lilo')?.problems ?? [];
    expect(problem?.message).toContain('conflicts with init/systemd');
    expect(problem?.hint).toBeTruthy();
  });

  it('has its architecture as its obstacle', () => {
    expect(choice([{ ...lilo, arch: ['aarch64'] }], 'bootloader', 'lilo')?.problems[0]?.message).toContain('x86_64');
  });
});

it('of a list come beside what is chosen, and nothing gives way to them', () => {
  const definition = parseDefinition({ name: 'gw', arch: 'x86_64', security: ['apparmor'] });
  expect(choice([], 'security', 'hardening', definition)).toMatchObject({ chosen: false, problems: [] });
  expect(choice([], 'security', 'none', definition)).toMatchObject({ chosen: false, problems: [] });
  expect(choice([], 'security', 'selinux', definition)?.problems[0]?.message).toContain('security/apparmor');
  expect(choice([], 'security', 'apparmor')).toMatchObject({ chosen: false, problems: [] });
});

it('tells what is chosen, and not the problems that are there anyway', () => {
  const definition = parseDefinition({ name: 'gw', arch: 'x86_64', init: 'nosuch' });
  expect(choice([], 'init', 'systemd', definition)).toMatchObject({ chosen: false, problems: [] });
  expect(choice([], 'filesystem', 'ext4', definition)).toMatchObject({ chosen: true, problems: [] });
  expect(choice([], 'format', 'qcow2')).toMatchObject({ chosen: false, problems: [] });
});

it('offers a userland that asks for another init system, and then that init system', () => {
  expect(choice([], 'userland', 'busybox')?.problems).toEqual([]);
  expect(choice([], 'init', 'busybox')?.problems).toMatchObject([{ pointer: '/init' }]);
  const small = parseDefinition({ name: 'gw', arch: 'x86_64', userland: { base: 'busybox' } });
  expect(choice([], 'init', 'busybox', small)?.problems).toEqual([]);
  expect(choice([], 'init', 'openrc', small)?.problems).toMatchObject([{ pointer: '/init' }]);
});
