import { describe, expect, test } from 'vitest';
import { fromComponent } from '../../../../src/stages/origin.ts';
import type { WantedOption } from '../../../../src/stages/prepare/contract.ts';
import type { SymbolType } from '../../../../stage-images/kernel-builder/config-file.ts';
import type { Explanation } from '../../../../stage-images/kernel-builder/kconfig.ts';
import { judge } from '../../../../stage-images/kernel-builder/option-problems.ts';
import { assignments, unheldOptions } from '../../../../stage-images/kernel-builder/wanted-options.ts';
import { want } from './want.ts';

type Known = Extract<Explanation, { known: true }>;
const known = (symbol: string, more: Partial<Known> = {}): Known => ({
  symbol: `CONFIG_${symbol}`,
  known: true,
  unmet: [],
  enable: [],
  settable: true,
  selectedBy: [],
  selectors: [],
  choice: null,
  range: null,
  ...more,
});
const lacking = (symbol: string, name: string, value: string | null = 'n') =>
  known(symbol, {
    unmet: [{ expression: `CONFIG_${name}`, values: { [`CONFIG_${name}`]: value } }],
    enable: [`CONFIG_${name}`],
  });

/** Judges `options` of the given types against a .config, with what Kconfig would say of those that do not hold. */
function judged(
  options: WantedOption[],
  types: Record<string, SymbolType>,
  config: Record<string, string>,
  explanations: Explanation[],
) {
  const prefixed = <Value>(record: Record<string, Value>) =>
    new Map(Object.entries(record).map(([name, value]) => [`CONFIG_${name}`, value]));
  const values = prefixed({ MODULES: 'y', ...config });
  return judge(
    unheldOptions(options, prefixed(types), values),
    new Map(explanations.map((explanation) => [explanation.symbol, explanation])),
    [],
    { options, config: values, kernel: 'Linux 6.12.57 for x86_64' },
  );
}

describe('what is written into the .config', () => {
  const types = new Map<string, SymbolType>([
    ['CONFIG_A', 'bool'],
    ['CONFIG_B', 'string'],
  ]);

  test("the definition's wish counts before a component's, wherever it stands", () => {
    const lines = assignments([want('A', 'n'), want('A', 'y', { from: fromComponent('init/x') })], types);
    expect([...lines.values()]).toEqual(['# CONFIG_A is not set']);
  });

  test('what no line can express is left out', () => {
    expect(assignments([want('A', 'm'), want('NOPE', 'y'), want('B', 'n')], types)).toEqual(
      new Map([['CONFIG_B', 'CONFIG_B="n"']]),
    );
  });
});

describe('what holds', () => {
  test('a module where a module will do, and nothing else', () => {
    const options = [want('A', 'y', { orModule: true }), want('B', 'y')];
    const types = new Map<string, SymbolType>([
      ['CONFIG_A', 'tristate'],
      ['CONFIG_B', 'tristate'],
    ]);
    const config = new Map([
      ['CONFIG_A', 'm'],
      ['CONFIG_B', 'm'],
    ]);
    expect(unheldOptions(options, types, config).map(({ option }) => option.symbol)).toEqual(['CONFIG_B']);
  });

  test('an option this kernel does not have is off', () => {
    expect(unheldOptions([want('GONE', 'n')], new Map(), new Map())).toEqual([]);
  });
});

describe('what does not hold', () => {
  test('all options are named at once, each with its place, its lack and the way out', () => {
    const { failure } = judged(
      [want('E1000', 'm'), want('NOSUCH', 'y'), want('IKCONFIG', 'y')],
      { E1000: 'tristate', IKCONFIG: 'tristate' },
      { IKCONFIG: 'y' },
      [lacking('E1000', 'ETHERNET'), { symbol: 'CONFIG_NOSUCH', known: false, near: ['CONFIG_NOSUCK'] }],
    );
    expect(failure?.fault).toBe('user');
    expect(failure?.error.code).toBe('kernel.option-not-held');
    expect(failure?.error.details).toEqual([
      {
        pointer: '/kernel/config/options/CONFIG_E1000',
        message: 'CONFIG_E1000 should be m but is off: it depends on CONFIG_ETHERNET (is n)',
        value: 'm',
        hint: 'Set CONFIG_ETHERNET to y in kernel.config.options, or leave CONFIG_E1000 out of kernel.config.options.',
      },
      {
        pointer: '/kernel/config/options/CONFIG_NOSUCH',
        message: 'Linux 6.12.57 for x86_64 has no option CONFIG_NOSUCH',
        value: 'y',
        hint: 'Did you mean CONFIG_NOSUCK?',
      },
    ]);
  });

  test('only unknown options have a code of their own', () => {
    const { failure } = judged([want('NOSUCH', 'y')], {}, {}, [{ symbol: 'CONFIG_NOSUCH', known: false, near: [] }]);
    expect(failure?.error.code).toBe('kernel.option-unknown');
    expect(failure?.error.message).toBe('Linux 6.12.57 for x86_64 has no option CONFIG_NOSUCH.');
  });

  test.each<[string, WantedOption, SymbolType, string | undefined, Partial<Known>, string]>([
    ['a module of a bool', want('A', 'm'), 'bool', 'n', {}, 'it cannot be a module'],
    ['a word for a number', want('A', 'abc'), 'int', '1', {}, 'its value must be a whole number'],
    ['a number out of range', want('A', '99'), 'int', '25', { range: ['12', '25'] }, 'it must be from 12 to 25'],
    ['off, but selected', want('A', 'n'), 'bool', 'y', { selectedBy: ['CONFIG_P'] }, 'it is needed by CONFIG_P'],
    ['without a prompt', want('A', 'y'), 'bool', undefined, { settable: false }, 'it cannot be set by itself'],
    ['another of a choice', want('A', 'y'), 'bool', 'n', { choice: 'CONFIG_B' }, 'CONFIG_B is the one chosen'],
  ])('%s', (_, option, type, found, explanation, reason) => {
    const { failure } = judged([option], { A: type }, found ? { A: found } : {}, [known('A', explanation)]);
    expect(failure?.error.message).toContain(reason);
  });

  test('modules without CONFIG_MODULES', () => {
    const { failure } = judged([want('A', 'm')], { A: 'tristate' }, { MODULES: 'n', A: 'y' }, [known('A')]);
    expect(failure?.error.message).toContain('CONFIG_MODULES is off');
  });
});

describe('whose wish it is', () => {
  const cpusets = (more: Partial<WantedOption>) =>
    want('CPUSETS', 'y', { from: fromComponent('init/systemd'), ...more });
  const types: Record<string, SymbolType> = { CPUSETS: 'bool', SMP: 'bool', A: 'bool', KERNEL_ZSTD: 'bool' };

  test("a component's need points at the option of the definition that stands in its way", () => {
    const { failure } = judged([cpusets({}), want('SMP', 'n')], types, {}, [lacking('CPUSETS', 'SMP')]);
    expect(failure?.error.details?.[0]).toMatchObject({
      pointer: '/kernel/config/options/CONFIG_SMP',
      message: expect.stringMatching(/^init\/systemd asks for CONFIG_CPUSETS=y: .*as the definition asks/),
    });
  });

  test("a component's default gives way to the definition, and a default that needs it goes with it", () => {
    const { failure, notHeld } = judged(
      [
        want('A', 'y', { from: fromComponent('x/y'), strength: 'default' }),
        cpusets({ strength: 'default' }),
        want('SMP', 'n'),
      ],
      types,
      {},
      [lacking('A', 'CPUSETS'), lacking('CPUSETS', 'SMP')],
    );
    expect(failure).toBeUndefined();
    expect(notHeld.map(({ symbol }) => symbol)).toEqual(['CONFIG_A', 'CONFIG_CPUSETS']);
  });

  test("a default gives way to the definition's choice", () => {
    const options = [
      want('KERNEL_ZSTD', 'y', { from: fromComponent('platform/linux'), strength: 'default' }),
      want('KERNEL_XZ', 'y'),
    ];
    const { failure, notHeld } = judged(options, { ...types, KERNEL_XZ: 'bool' }, { KERNEL_XZ: 'y' }, [
      known('KERNEL_ZSTD', { choice: 'CONFIG_KERNEL_XZ' }),
    ]);
    expect(failure).toBeUndefined();
    expect(notHeld).toHaveLength(1);
  });

  test('a default that fails for another reason is a problem', () => {
    const { failure } = judged([cpusets({ strength: 'default' })], types, {}, [lacking('CPUSETS', 'SMP')]);
    expect(failure?.error.details?.[0]?.pointer).toBe('');
  });

  test('an optional wish is reported, not fatal', () => {
    const { failure, notHeld } = judged([cpusets({ strength: 'optional' })], types, {}, [
      lacking('CPUSETS', 'SMP', null),
    ]);
    expect(failure).toBeUndefined();
    expect(notHeld[0]?.reason).toContain('CONFIG_SMP (does not exist here)');
  });
});
