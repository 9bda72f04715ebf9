import { describe, expect, it } from 'vitest';
import { differences, shortly } from '../../../src/plan/explain.ts';
import type { StageName } from '../../../src/stages/names.ts';
import { stageNamed } from '../../../src/stages/registry.ts';
import { minimal, plan } from './planning.ts';

describe('a reason', () => {
  const params = (value: object, name: StageName) =>
    stageNamed(name).described(plan(value).stages.find((stage) => stage.name === name)?.params);

  it('names the option that changed', () => {
    const before = { ...minimal, kernel: { config: { options: { CONFIG_E1000: 'n' } } } };
    const after = { ...minimal, kernel: { config: { options: { CONFIG_E1000: 'm' } } } };
    expect(shortly(differences(params(before, 'prepare'), params(after, 'prepare')))).toBe(
      'kernel.config.options.CONFIG_E1000: n→m',
    );
  });

  it('compares with what an earlier version recorded: who wants an option is no difference', () => {
    const option = { symbol: 'CONFIG_E1000', value: 'n' };
    const recorded = { form: 'source', options: [{ ...option, orModule: false, optional: false, from: 'definition' }] };
    const from = { kind: 'definition', pointer: '/kernel/config/options/CONFIG_E1000' };
    const now = { form: 'source', options: [{ ...option, orModule: false, strength: 'required', from }] };
    const { described } = stageNamed('prepare');
    expect(differences(described(recorded), described(now))).toEqual([]);
    expect(described({ form: 'source' })).toEqual({ form: 'source' });
  });

  it('names a package by its version', () => {
    const of = (version: string) => ({ packages: [{ name: 'curl', version }] });
    expect(shortly(differences(of('1'), of('2')))).toBe('packages.curl: 1→2');
    expect(shortly(differences({ packages: [] }, of('2')))).toBe('packages.curl: none→2');
  });

  it('counts what it does not name, while the comparison has everything', () => {
    const of = (value: string) => Object.fromEntries([1, 2, 3, 4, 5].map((n) => [`a${n}`, value]));
    const all = differences(of('x'.repeat(60)), of('2'));
    expect(shortly(all)).toMatch(/^a1: x{39}…→2, a2: x{39}…→2, a3: x{39}…→2 and 2 more$/);
    expect(all).toHaveLength(5);
    expect(all[4]).toEqual({ what: 'a5', before: 'x'.repeat(60), after: '2' });
    expect(differences({ a: 1 }, { a: 1 })).toEqual([]);
  });
});
