/** What the YAML editor offers at a place, by the definition's own schema. */
import { describe, expect, it } from 'vitest';
import { definitionJsonSchema } from '../../../src/definition/json-schema.ts';
import { SchemaNode } from '../../../src/webui/views/distribution-form/schema.ts';
import { completionsAt } from '../../../src/webui/views/distribution-form/yaml-completions.ts';

const schema = SchemaNode.parse(definitionJsonSchema());
const components = [
  { kind: 'init', name: 'systemd', title: 'systemd' },
  { kind: 'format', name: 'raw', title: 'Raw' },
  { kind: 'format', name: 'qcow2', title: 'QCOW2' },
];

/** Offered where `|` stands. */
function at(text: string) {
  const place = text.indexOf('|');
  return completionsAt(text.replace('|', ''), place, schema, components);
}
const words = (text: string) => at(text).map(({ word }) => word);

/** The text after the first offer is taken. */
function taken(text: string): string {
  const place = text.indexOf('|');
  const [first] = at(text);
  if (!first) throw new Error('nothing is offered');
  return text.slice(0, first.from) + first.text + text.slice(place + 1);
}

describe('completion in YAML', () => {
  it('offers keys of the mapping that one writes in, without those that are there', () => {
    expect(words('na|\narch: x86_64\n')).toContain('name');
    expect(words('name: a\nna|\n')).not.toContain('name');
    expect(words('system:\n  ho|')).toEqual(['hostname']);
    expect(words('system:\n  hostname: a\nse|')).not.toContain('services');
    expect(words('kernel:\n  config:\n    op|')).toEqual(['options']);
  });

  it('knows the keys of items of a list, however deep these are set', () => {
    expect(words('system:\n  users:\n    - na|')).toEqual(['name']);
    expect(words('system:\n  users:\n    - name: ops\n      su|')).toEqual(['sudo']);
    expect(words('system:\n  users:\n  - name: ops\n  - name: dev\n    su|')).toEqual(['sudo']);
    expect(words('system:\n  users:\n    - name: ops\n      sudo: true\n    - su|')).toEqual(['sudo']);
  });

  it('offers values: components, names, yes or no', () => {
    expect(words('init: |')).toEqual(['systemd']);
    expect(words('image:\n  formats:\n    - |')).toEqual(['raw', 'qcow2']);
    expect(words('system:\n  users:\n    - sudo: |')).toEqual(['true', 'false']);
    expect(words('arch: aa|')).toEqual(['aarch64']);
    expect(words('kernel:\n  config:\n    base: |')).toContain('defconfig');
  });

  it('writes what goes on behind a key', () => {
    expect(taken('na|')).toBe('name: ');
    expect(taken('system:\n  us|')).toBe('system:\n  users:\n    - ');
    expect(taken('userl|')).toBe('userland:\n  ');
    expect(taken('arch: aa|')).toBe('arch: aarch64');
  });

  it('offers nothing in comments, in the middle of a line, and where the schema knows of nothing', () => {
    expect(words('# na|')).toEqual([]);
    expect(words('na| x')).toEqual([]);
    expect(words('nonsense:\n  na|')).toEqual([]);
  });
});
