/** signing.secureBoot and signing.modules: what of a plan depends on them, and which key sets and boot loaders are refused. */
import { describe, expect, it } from 'vitest';
import { parseDefinition } from '../../../src/definition/parse.ts';
import { LdfError } from '../../../src/errors.ts';
import { planBuild } from '../../../src/plan/plan.ts';
import type { KnownKeySet } from '../../../src/plan/types.ts';
import { BootParams } from '../../../src/stages/boot/contract.ts';
import { CompileParams } from '../../../src/stages/compile/contract.ts';
import { PackageParams } from '../../../src/stages/package/contract.ts';
import { PrepareParams } from '../../../src/stages/prepare/contract.ts';
import { stageNamed } from '../../../src/stages/registry.ts';
import { imageIdentities, lockFor } from '../../fixtures/lock.ts';
import { keys, minimal, plan, shipped } from './planning.ts';

const pem = '-----BEGIN CERTIFICATE-----\n';
const keySet = (name: string, digit: string): KnownKeySet => ({
  name,
  certificate: { sha256: digit.repeat(64), pem: pem + digit },
  problem: null,
  artifactProblem: null,
});
const problem = { message: 'has expired', hint: 'Make another.' };
const expired: KnownKeySet = { ...keySet('old', 'c'), problem, artifactProblem: problem };
const keySets = [keySet('factory', 'a'), keySet('other', 'b'), expired];

const signedWith = (secureBoot: string, more: object = {}) => ({ ...minimal, ...more, signing: { secureBoot } });

function signedPlan(value: object, known = keySets) {
  const definition = parseDefinition(value);
  const input = { definition, catalog: shipped, boot: true, keySets: known };
  return planBuild({ ...input, lock: lockFor(planBuild(input).wishes), images: imageIdentities });
}

function problemsOf(value: object, known = keySets) {
  try {
    signedPlan(value, known);
  } catch (error) {
    if (error instanceof LdfError) return error.details;
    throw error;
  }
  throw new Error('the definition was accepted');
}

const paramsOf = (planned: ReturnType<typeof signedPlan>, name: string) =>
  planned.stages.find((stage) => stage.name === name)?.params;

describe('an image that is signed', () => {
  it('is packaged with the certificate, whose key the run is given, and boots where nothing else is known', () => {
    const planned = signedPlan(signedWith('factory'));
    const certificate = { sha256: 'a'.repeat(64), pem: `${pem}a` };
    expect(PackageParams.parse(paramsOf(planned, 'package')).secureBoot).toEqual(certificate);
    expect(BootParams.parse(paramsOf(planned, 'boot')).machine).toEqual({
      use: 'uefi',
      params: { certificate: certificate.pem },
    });
    const signing = planned.stages.filter(({ name, params }) => params && stageNamed(name).signsWith(params) !== null);
    expect(signing.map(({ name }) => name)).toEqual(['package']);
    expect(stageNamed('package').signsWith(paramsOf(planned, 'package'))).toBe(certificate.sha256);
    expect(stageNamed('package').described(paramsOf(planned, 'package'))).toMatchObject({
      'signing.secureBoot': certificate.sha256,
    });
  });

  it('is another with another key, from the package stage on', () => {
    const [unsigned, one, other] = [plan(minimal), signedPlan(signedWith('factory')), signedPlan(signedWith('other'))];
    for (const name of ['prepare', 'compile', 'assemble']) {
      expect(keys(one)[name]).toBe(keys(unsigned)[name]);
      expect(keys(other)[name]).toBe(keys(unsigned)[name]);
    }
    for (const name of ['package', 'boot'])
      expect(new Set([unsigned, one, other].map((planned) => keys(planned)[name])).size).toBe(3);
  });

  it('may be a unified kernel image', () => {
    expect(signedPlan(signedWith('factory', { bootloader: 'uki' })).stages).not.toEqual([]);
  });
});

describe('a kernel whose modules are signed', () => {
  const modulesSignedWith = (modules: string, more: object = {}) => ({ ...minimal, ...more, signing: { modules } });
  const pointer = '/signing/modules';

  it('is compiled with the certificate, whose key that run alone is given, and asks for what checks signatures', () => {
    const planned = signedPlan(modulesSignedWith('factory'));
    const certificate = { sha256: 'a'.repeat(64), pem: `${pem}a` };
    expect(CompileParams.parse(paramsOf(planned, 'compile'))).toMatchObject({ moduleSigning: certificate });
    expect(PrepareParams.parse(paramsOf(planned, 'prepare'))).toMatchObject({ signedModules: true });
    const signing = planned.stages.filter(({ name, params }) => params && stageNamed(name).signsWith(params) !== null);
    expect(signing.map(({ name }) => name)).toEqual(['compile']);
    expect(stageNamed('compile').signsWith(paramsOf(planned, 'compile'))).toBe(certificate.sha256);
    expect(stageNamed('compile').described(paramsOf(planned, 'compile'))).toMatchObject({
      'signing.modules': certificate.sha256,
    });
    const { kernelOptions } = planned.composition;
    const value = (symbol: string) => kernelOptions.find((option) => option.symbol === symbol)?.value;
    expect(value('CONFIG_MODULE_SIG')).toBe('y');
    expect(value('CONFIG_MODULE_SIG_FORCE')).toBe('y');
    // The file below certs that compile puts the certificate into.
    expect(value('CONFIG_SYSTEM_TRUSTED_KEYS')).toMatch(/^certs\/[a-z0-9-]+\.pem$/);
  });

  it('is another with another key, from the compile stage on: the source is unpacked and configured once', () => {
    const [unsigned, one, other] = [
      plan(minimal),
      ...['factory', 'other'].map((name) => signedPlan(modulesSignedWith(name))),
    ];
    const keysOf = (name: string) => [unsigned, one, other].map((planned) => planned && keys(planned)[name]);
    expect(new Set(keysOf('assemble')).size).toBe(1);
    expect(keysOf('prepare')[1]).toBe(keysOf('prepare')[2]);
    expect(keysOf('prepare')[0]).not.toBe(keysOf('prepare')[1]);
    for (const name of ['compile', 'package']) expect(new Set(keysOf(name)).size).toBe(3);
  });

  it('may be locked down, which without signatures is refused with the way out', () => {
    expect(signedPlan(modulesSignedWith('factory', { security: 'lockdown' })).stages).not.toEqual([]);
    expect(problemsOf({ ...minimal, security: 'lockdown' })).toEqual([
      expect.objectContaining({
        pointer,
        message: 'security/lockdown wants modules that are signed',
        hint: expect.stringContaining('Name a key set in signing.modules'),
      }),
    ]);
    expect(signedPlan({ ...minimal, security: 'lockdown', kernel: { source: 'package' } }).stages).not.toEqual([]);
  });

  it.each(['package', 'package-cloud'])('is none of the finished ones: %s', (source) => {
    expect(problemsOf(modulesSignedWith('factory', { kernel: { source } }))).toEqual([
      expect.objectContaining({
        ...{ pointer, value: '"factory"' },
        message: `kernel/${source} offers finished kernels, whose modules no other key can sign`,
        hint: expect.stringContaining('compiled'),
      }),
    ]);
  });

  it('is refused with a key set that there is not, that has expired, and with certificates of the definition', () => {
    expect(problemsOf(modulesSignedWith('factori'))).toMatchObject([
      { pointer, message: 'there is no key set factori', hint: expect.stringContaining('factory') },
    ]);
    expect(problemsOf(modulesSignedWith('old'))).toMatchObject([{ pointer, message: 'the key set old has expired' }]);
    const kernel = { config: { options: { CONFIG_SYSTEM_TRUSTED_KEYS: 'mine.pem' } } };
    expect(problemsOf(modulesSignedWith('factory', { kernel }))).toMatchObject([
      { pointer: '/kernel/config/options/CONFIG_SYSTEM_TRUSTED_KEYS', value: '"mine.pem"' },
    ]);
  });
});

describe('what cannot be signed is refused with pointer, value and way out', () => {
  const pointer = '/signing/secureBoot';

  it.each(['iso', 'directory'])('the format %s, which brings a boot loader of its own', (format) => {
    expect(problemsOf(signedWith('factory', { image: { formats: ['raw', format] } }))).toEqual([
      expect.objectContaining({ pointer, hint: expect.stringContaining(`Take ${format} out`) }),
    ]);
  });

  it.each([
    ['factori', 'there is no key set factori', 'Did you mean factory? Otherwise make it: ldf keys create factori'],
    ['x', 'there is no key set x', 'There are factory, other, old; or make it: ldf keys create x'],
    ['old', 'the key set old has expired', 'Make another.'],
  ])('%s', (name, message, hint) => {
    expect(problemsOf(signedWith(name))).toEqual([{ pointer, message, value: JSON.stringify(name), hint }]);
  });

  it('a key set without a certificate: nothing is left unsigned without a word', () => {
    const bare = { ...keySet('bare', 'd'), certificate: null };
    expect(problemsOf(signedWith('bare'), [bare])).toEqual([
      { pointer, message: 'the key set bare has no certificate', value: '"bare"', hint: 'Name another key set.' },
    ]);
  });

  it('a boot loader that checks nothing, together with all other problems', () => {
    const found = problemsOf(signedWith('x', { bootloader: 'grub' }));
    expect(found.map(({ message }) => message)).toEqual([
      expect.stringContaining('GRUB (bootloader: grub)'),
      'there is no key set x',
    ]);
    expect(found[0]).toMatchObject({ pointer, value: '"x"', hint: expect.stringContaining('secure-boot') });
  });
});
