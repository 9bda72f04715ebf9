/** The form of a distribution: the definition's own schema, and a draft that is changed by path. */
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadCatalog } from '../../../src/catalog/catalog.ts';
import { definitionJsonSchema } from '../../../src/definition/json-schema.ts';
import { LdfError } from '../../../src/errors.ts';
import type { ListedComponent } from '../../../src/model/component.ts';
import { placeProblems } from '../../../src/webui/parts/yaml-text.ts';
import { bringsOf, needsOf } from '../../../src/webui/views/distribution-form/brings.ts';
import { same, unlessDefault, valueAt, withValue } from '../../../src/webui/views/distribution-form/draft.ts';
import { offersFor } from '../../../src/webui/views/distribution-form/offers.ts';
import { problemsAt, problemsOf, told } from '../../../src/webui/views/distribution-form/problems.ts';
import {
  componentPaths,
  labelOf,
  nodeAt,
  SchemaNode,
  separatorsOf,
  splitEntries,
  widgetOf,
} from '../../../src/webui/views/distribution-form/schema.ts';
import { keysOf, placeOf, problemsIn, stepIds } from '../../../src/webui/views/distribution-form/steps.ts';
import { fromYaml, toYaml } from '../../../src/webui/views/distribution-form/yaml.ts';
import { withDraft } from '../../../src/webui/views/distribution-form/yaml-edit.ts';

const schema = SchemaNode.parse(definitionJsonSchema());
const components = (await loadCatalog(fileURLToPath(new URL('../../../components', import.meta.url)))).entries.map(
  ({ component, origin }): ListedComponent => ({
    ...component,
    requires: component.requires.map((one) => (typeof one === 'string' ? [one] : one)),
    origin,
    spec: component,
  }),
);

describe('the schema of the form', () => {
  it('asks for every key of the definition in one step, and knows how', () => {
    const asked = stepIds.flatMap((step) => keysOf(step, schema));
    expect(asked.sort()).toEqual(Object.keys(schema.properties ?? {}).sort());
    const widget = (...path: (string | number)[]) => {
      const node = nodeAt(schema, path);
      return node && widgetOf(node);
    };
    expect(widget('name')).toBe('line');
    expect(widget('arch')).toBe('choice');
    expect(widget('init')).toBe('components');
    expect(widget('image', 'formats')).toBe('components');
    expect(widget('kernel', 'config', 'base')).toBe('variant');
    expect(widget('kernel', 'config', 'options')).toBe('map');
    expect(widget('userland', 'packages')).toBe('packages');
    expect(widget('system', 'users')).toBe('list');
    expect(widget('system', 'users', 0, 'sudo')).toBe('switch');
    expect(widget('system', 'files', 0, 'content')).toBe('text');
  });

  it('knows of nothing that it could not ask for', () => {
    const others: string[] = [];
    const walk = (node: SchemaNode, path: string) => {
      if (widgetOf(node) === 'other') others.push(path);
      for (const [key, part] of Object.entries(node.properties ?? {})) walk(part, `${path}/${key}`);
      if (node.items && widgetOf(node) === 'list') walk(node.items, `${path}/0`);
    };
    walk(schema, '');
    expect(others).toEqual([]);
  });

  it('finds where components are named, each kind of the catalog', () => {
    const kinds = componentPaths(schema).map(({ kind }) => kind);
    const inCatalog = new Set(components.map(({ kind }) => kind));
    // One kind may be named in several places.
    expect([...new Set(kinds)].sort()).toEqual([...inCatalog].sort());
  });

  it('parts entries where they cannot continue', () => {
    const packages = nodeAt(schema, ['userland', 'packages']) ?? {};
    expect(splitEntries(['curl nginx,', 'curl'], separatorsOf(packages))).toEqual(['curl', 'nginx']);
    const keys = nodeAt(schema, ['system', 'users', 0, 'sshKeys']) ?? {};
    expect(splitEntries(['ssh-ed25519 AAAA ops@x\nssh-rsa BB dev'], separatorsOf(keys))).toEqual([
      'ssh-ed25519 AAAA ops@x',
      'ssh-rsa BB dev',
    ]);
    const words = nodeAt(schema, ['kernel', 'cmdline']) ?? {};
    expect(splitEntries(['a="b c"\nconsole=ttyS0,115200'], separatorsOf(words))).toEqual([
      'a="b c"',
      'console=ttyS0,115200',
    ]);
  });

  it('calls keys by words', () => {
    expect([labelOf('sshKeys'), labelOf('passwordHash'), labelOf('arch')]).toEqual([
      'SSH keys',
      'Password hash',
      'Architecture',
    ]);
  });
});

describe('a draft', () => {
  it('is changed by path, without touching what it was made from', () => {
    const before = { name: 'gw', userland: { packages: ['curl'] } };
    const after = withValue(before, ['system', 'users'], [{ name: 'ops' }]);
    expect(after).toEqual({ ...before, system: { users: [{ name: 'ops' }] } });
    expect(withValue(after, ['system', 'users', 0, 'sudo'], true).system).toEqual({
      users: [{ name: 'ops', sudo: true }],
    });
    expect(before).toEqual({ name: 'gw', userland: { packages: ['curl'] } });
  });

  it('loses the mappings that a removal empties, and keeps the entries of lists', () => {
    const draft = {
      name: 'gw',
      kernel: { config: { options: { CONFIG_A: 'y' } } },
      system: { users: [{ name: 'a' }] },
    };
    expect(withValue(draft, ['kernel', 'config', 'options'], undefined)).toEqual({
      name: 'gw',
      system: { users: [{ name: 'a' }] },
    });
    expect(withValue(draft, ['system', 'users', 0, 'name'], undefined).system).toEqual({ users: [{}] });
    expect(Object.keys(withValue(draft, ['name'], 'edge'))).toEqual(['name', 'kernel', 'system']);
  });

  it('leaves out what says no more than the default', () => {
    expect(unlessDefault('', undefined)).toBeUndefined();
    expect(unlessDefault(['raw'], ['raw'])).toBeUndefined();
    expect(unlessDefault(['raw', 'qcow2'], ['raw'])).toEqual(['raw', 'qcow2']);
    expect(same({ a: 1, b: [{ c: 2 }] }, { b: [{ c: 2 }], a: 1 })).toBe(true);
    expect(same({ a: undefined }, { b: undefined })).toBe(false);
    expect(valueAt({ a: [{ b: 1 }] }, ['a', 0, 'b'])).toBe(1);
  });
});

describe('problems', () => {
  const error = new LdfError('definition.invalid', 'The definition has 2 problems.', {
    details: [
      { pointer: '/system/users/0/name', message: 'is missing' },
      { pointer: '/name', message: 'must be short', hint: 'Shorten it' },
    ],
  });
  const problems = problemsOf(error);

  it('belong to the field they point to, and to its step', () => {
    expect(told(problemsAt(problems, ['name']))).toBe('Must be short. Shorten it.');
    expect(problemsAt(problems, ['system', 'users'])).toEqual([]);
    expect(problemsAt(problems, ['system', 'users'], true)).toHaveLength(1);
    const schema = { properties: { system: {}, name: {} } };
    expect(problemsIn('system', problems, schema)).toHaveLength(1);
    expect(placeOf({ pointer: '/nonsense/1' }, schema)).toBe('yaml');
    expect(problemsOf(null)).toEqual([]);
    expect(problemsOf(new LdfError('definition.invalid', 'It is no mapping.'))).toMatchObject([{ pointer: '' }]);
  });

  it('have the line of their key in a text', () => {
    const text = 'name: gw\nsystem:\n  users:\n    - sudo: true\n';
    expect(placeProblems(text, problems).map(({ line }) => line)).toEqual([4, 1]);
  });
});

describe('YAML', () => {
  it('is read back as it was written', () => {
    const draft = { name: 'gw', version: '1.0', system: { files: [{ path: '/etc/motd', content: 'a\nb\n' }] } };
    expect(fromYaml(toYaml(draft))).toEqual({ draft });
    expect(fromYaml('')).toEqual({ draft: {} });
  });

  it('that is broken has a line', () => {
    expect(fromYaml('name: gw\nlist: [1\nversion: 1\n')).toMatchObject({ problems: [{ line: 3 }] });
    expect(fromYaml('- a\n')).toMatchObject({ problems: [{ line: 1 }] });
    expect(fromYaml('a: *nothing\n')).toHaveProperty('problems');
  });
});

describe('a text that goes along with the form', () => {
  const text = [
    '# The gateway of the house',
    'name: gw # short',
    'version: "1.0"',
    '',
    '# What it runs',
    'userland:',
    '  packages: [curl, nginx] # both small',
    'system:',
    '  users:',
    '    # For the console',
    '    - name: ops',
    '      sudo: true',
    '    # For copies',
    '    - name: backup',
    '',
  ].join('\n');
  const read = fromYaml(text);
  const draft = 'draft' in read ? read.draft : {};

  it('stays as it is while both say the same', () => {
    expect(withDraft(text, structuredClone(draft))).toBe(text);
    expect(withDraft(undefined, { name: 'gw' })).toBe('name: gw\n');
  });

  it('changes only where the form differs', () => {
    const changed = withValue(withValue(draft, ['version'], '2.0'), ['userland', 'packages'], ['curl', 'vim', 'nginx']);
    expect(withDraft(text, { ...changed, arch: 'aarch64' })).toBe(
      `${text.replace('"1.0"', '"2.0"').replace('[curl, nginx]', '[ curl, vim, nginx ]')}arch: aarch64\n`,
    );
    const renamed = withValue(draft, ['system', 'users', 1, 'name'], 'mirror');
    expect(withDraft(text, renamed)).toContain('    # For copies\n    - name: mirror\n');
  });

  it('loses with an entry or a key only their own comments', () => {
    const without = withDraft(text, withValue(draft, ['system', 'users'], [{ name: 'backup' }]));
    expect(without).toContain('- name: backup');
    expect(without).not.toContain('ops');
    expect(without).toContain('# The gateway of the house\nname: gw # short');
    const bare = withDraft(text, withValue(draft, ['userland', 'packages'], undefined));
    expect(bare).not.toContain('userland');
    expect(bare).toContain('# For copies');
  });

  it.each<[string, Record<string, unknown>]>([
    ['# only a comment\n', { name: 'gw' }],
    ['a: &x [1]\nb: *x\n', { a: [1], b: [2] }],
    ['system:\n', { system: { users: [{ name: 'ops' }, { name: 'dev' }] } }],
    ['files: [{ path: /a, content: "x" }]\n', { files: [{ path: '/a', content: 'x\ny\n' }, { path: '/b' }] }],
    ['list: [a, b, c, d]\n', { list: ['b', 'd', 'e'] }],
    ['list: [a]\nversion: 1\n', { list: [], version: '1' }],
  ])('%j comes to say what the form says', (before, after) => {
    expect(fromYaml(withDraft(before, after))).toEqual({ draft: after });
  });
});

describe('components', () => {
  const find = (kind: string) => components.filter((one) => one.kind === kind);

  it('say what they bring and need, from their files alone', () => {
    const init = find('init').find(({ name }) => name === 'systemd');
    const brings = init ? bringsOf(init, 'x86_64') : [];
    expect(brings.map(({ label }) => label)).toEqual(['Packages', 'Kernel options', 'Services', 'Files']);
    expect(init && needsOf(init, ['x86_64', 'aarch64'])).toEqual([{ label: 'Needs', value: 'platform:linux' }]);
    const bare = {
      ...find('security').find(({ name }) => name === 'none'),
      spec: { contributes: 'nonsense' },
    } as ListedComponent;
    expect(bringsOf(bare, 'x86_64')).toEqual([]);
  });

  it('offer the versions and suites of what is chosen', () => {
    expect(offersFor(['kernel', 'version'], {}, schema, components)).toEqual(['6.12', '6.1']);
    expect(offersFor(['userland', 'suite'], {}, schema, components)).toEqual(['trixie', 'bookworm']);
    expect([...new Set(offersFor(['kernel', 'config', 'base'], {}, schema, components))]).toEqual([
      'debian',
      'debian-cloud',
    ]);
    expect(offersFor(['kernel', 'version'], { kernel: { source: 'none' } }, schema, components)).toEqual([]);
    expect(offersFor(['system', 'timezone'], {}, schema, components)).toContain('Europe/Berlin');
  });
});
