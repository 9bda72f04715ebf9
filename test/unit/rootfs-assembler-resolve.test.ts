import { describe, expect, test } from 'vitest';
import type { PackageSource } from '../../src/stages/lock.ts';
import type { KernelForm, KernelWish } from '../../src/stages/stages.ts';
import { StageFailure } from '../../stage-images/contract/failure.ts';
import type { Suite } from '../../stage-images/rootfs-assembler/apt.ts';
import { nearNames } from '../../stage-images/rootfs-assembler/near-names.ts';
import { isOfSeries, resolveKernel, upstreamVersion } from '../../stage-images/rootfs-assembler/resolve-kernel.ts';
import { resolvePackages } from '../../stage-images/rootfs-assembler/resolve-packages.ts';

const of = '0'.repeat(64);

function source(name: string, version: string, sha = 'a'): PackageSource {
  const filename = `${name}_${version}_amd64.deb`;
  const url = `http://mirror.example/${filename}`;
  return { name, version, arch: 'amd64', filename, url, sha256: sha.repeat(64), sizeBytes: 10 };
}

/** A suite with the packages given; `conflict` is what apt says instead of installing them. */
function fakeSuite(
  packages: readonly PackageSource[],
  more: {
    versions?: [string, { version: string; suite: string }[]][];
    conflict?: string[];
    virtual?: [string, string[]][];
    dependencies?: Record<string, string[]>;
  } = {},
) {
  const asked: string[][] = [];
  const suite: Suite = {
    suite: 'trixie',
    archives: [{ uri: 'http://mirror.example/debian', suite: 'trixie', components: ['main'], trust: {} }],
    releaseDate: 2000,
    async simulateInstall(wanted) {
      asked.push([...wanted]);
      const lines = packages.map(({ name, version }) => `Inst ${name} (${version} Debian:13/stable [amd64])`);
      return more.conflict ? { ok: false, lines: more.conflict } : { ok: true, lines };
    },
    locateInstall: async () => [...packages].reverse(),
    locatePackage: async (name) => packages.find((found) => found.name === name),
    dependencies: async (name) => more.dependencies?.[name] ?? [],
    packageNames: async (prefix = '') => packages.map(({ name }) => name).filter((name) => name.startsWith(prefix)),
    providers: async () => new Map(more.virtual),
    versions: async () => new Map(more.versions),
  };
  return { suite, asked };
}

async function failureOf(promise: Promise<unknown>): Promise<StageFailure> {
  const error = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  if (!(error instanceof StageFailure)) throw new Error(`not a StageFailure: ${String(error)}`);
  return error;
}

describe('packages', () => {
  const curl = source('curl', '8.14.1-2', 'c');
  const wish = (...names: string[]) => ({
    of,
    suite: 'trixie',
    names: names.map((name, index) => ({ name, from: `/userland/packages/${index}` })),
  });

  test('the base is always wanted, and the answer has the order of unpacking', async () => {
    const { suite, asked } = fakeSuite([source('base-files', '13.8'), curl]);
    const group = await resolvePackages(suite, wish('curl'), undefined);
    expect(asked).toEqual([['?essential', '?priority(required)', 'curl']]);
    expect(group.packages.map(({ name }) => name)).toEqual(['base-files', 'curl']);
    expect(group.sourceDate).toBe(2000);
    expect(group.aptSources).toEqual([{ uri: 'http://mirror.example/debian', suite: 'trixie', components: ['main'] }]);
  });

  test('the same files keep their date', async () => {
    const { suite } = fakeSuite([curl]);
    const previous = { of, sourceDate: 1000, packages: [curl], aptSources: [] };
    expect((await resolvePackages(suite, wish('curl'), previous)).sourceDate).toBe(1000);
    const moved = { ...previous, packages: [source('curl', '8.14.1-1', 'd')] };
    expect((await resolvePackages(suite, wish('curl'), moved)).sourceDate).toBe(2000);
  });

  test('every unknown name is told, with its place and what is near', async () => {
    const { suite, asked } = fakeSuite([curl], { virtual: [['mta', ['exim4', 'postfix']]] });
    const names = [...wish('curll', 'mta', 'c.rl').names, { name: 'dbuss', from: 'init/systemd' }];
    const { error } = await failureOf(resolvePackages(suite, { ...wish(), names }, undefined));
    expect(error.code).toBe('packages.unknown');
    expect(error.details).toMatchObject([
      { pointer: '/userland/packages/0', value: '"curll"', hint: 'Did you mean curl?' },
      { pointer: '/userland/packages/1', hint: 'Choose one of exim4, postfix.' },
      { pointer: '/userland/packages/2', value: '"c.rl"' },
      { pointer: '/userland/packages', message: 'trixie has no package dbuss (wanted by init/systemd).' },
    ]);
    expect(asked).toEqual([]);
  });

  test('a virtual package with one provider is fine', async () => {
    const { suite, asked } = fakeSuite([curl], { virtual: [['c-shell', ['tcsh']]] });
    await resolvePackages(suite, wish('c-shell'), undefined);
    expect(asked[0]).toContain('c-shell');
  });

  test('a package to leave out is passed on when it exists, and needs no leaving out when it does not', async () => {
    const { suite, asked } = fakeSuite([curl]);
    await resolvePackages(suite, wish('curl-', 'nothing-'), undefined);
    expect(asked).toEqual([['?essential', '?priority(required)', 'curl-']]);
  });

  test('a version or suite that the archives have is passed on as apt takes it', async () => {
    const versions = ['8.14.1-2', '8.14.1-3~bpo13+1'].map((version, index) => ({
      version,
      suite: ['trixie', 'trixie-backports'][index] ?? '',
    }));
    const { suite, asked } = fakeSuite([curl], { versions: [['curl', versions]] });
    await resolvePackages(suite, wish('curl=8.14.1-2'), undefined);
    await resolvePackages(suite, wish('curl/trixie-backports'), undefined);
    expect(asked.map((all) => all.at(-1))).toEqual(['curl=8.14.1-2', 'curl/trixie-backports']);
  });

  test('one that they do not have is refused with those that there are', async () => {
    const { suite, asked } = fakeSuite([curl, source('wget', '1')], {
      versions: [['curl', [{ version: '8.14.1-2', suite: 'trixie' }]]],
    });
    const failed = await failureOf(resolvePackages(suite, wish('curl=8.0', 'wget/trixie-backports'), undefined));
    expect(failed.error).toMatchObject({
      code: 'packages.version-unavailable',
      details: [
        { pointer: '/userland/packages/0', value: '"curl=8.0"', hint: expect.stringContaining('It has 8.14.1-2.') },
        { pointer: '/userland/packages/1', message: 'trixie-backports has no package wget.' },
      ],
    });
    expect(asked).toEqual([]);
  });

  test("a conflict has apt's explanation and points at those who take part", async () => {
    const conflict = ['The following packages have unmet dependencies:', ' curl : Conflicts: wget but it is wanted'];
    const { suite } = fakeSuite([curl, source('wget', '1'), source('vim', '1')], { conflict });
    const { error } = await failureOf(resolvePackages(suite, wish('vim', 'curl', 'wget'), undefined));
    expect(error.code).toBe('packages.conflict');
    expect(error.message).toContain('curl : Conflicts: wget');
    expect(error.details?.map(({ pointer }) => pointer)).toEqual(['/userland/packages/1', '/userland/packages/2']);
  });
});

describe('the kernel', () => {
  const kernel = source('linux-source-6.12', '6.12.57-1~deb13u1', 'b');
  const wish = (version: string, name = 'linux-source-6.12', form: KernelForm = 'source'): KernelWish => ({
    ...{ of, form, suite: 'trixie', package: name, version },
  });

  test('a series takes what there is', async () => {
    const group = await resolveKernel(fakeSuite([kernel]).suite, wish('6.12'), undefined);
    expect(group).toEqual({ of, version: '6.12.57', sourceDate: 2000, sources: [kernel] });
  });

  test('the same source keeps its date', async () => {
    const previous = { of, version: '6.12.57', sourceDate: 1000, sources: [kernel] };
    expect((await resolveKernel(fakeSuite([kernel]).suite, wish('6.12'), previous)).sourceDate).toBe(1000);
  });

  test('an exact version that is not there says which is', async () => {
    const { error } = await failureOf(resolveKernel(fakeSuite([kernel]).suite, wish('6.12.1'), undefined));
    expect(error).toMatchObject({ code: 'kernel.unavailable', details: [{ pointer: '/kernel/version' }] });
    expect(error.hint).toContain('"6.12.57"');
  });

  test('a series that is not there says which are', async () => {
    const asked = resolveKernel(fakeSuite([kernel]).suite, wish('6.99', 'linux-source-6.99'), undefined);
    expect((await failureOf(asked)).error.hint).toBe('It has linux-source-6.12.');
  });

  describe('that comes finished', () => {
    const finished = source('linux-image-6.12.118+deb13-cloud-amd64', '6.12.118-1', 'e');
    const newest = source('linux-image-cloud-amd64', '6.12.118-1', 'f');
    const wished = (name: string, version = '6.12') => wish(version, name, 'binary');
    const { suite } = fakeSuite([finished, newest], {
      dependencies: {
        [newest.name]: [finished.name],
        [finished.name]: ['kmod', 'linux-base', 'initramfs-tools'],
      },
    });

    test('is the package that the newest one of its sort depends on', async () => {
      const group = await resolveKernel(suite, wished(newest.name), undefined);
      expect(group).toEqual({ of, version: '6.12.118', sourceDate: 2000, sources: [finished] });
    });

    test('may be named itself', async () => {
      expect((await resolveKernel(suite, wished(finished.name), undefined)).sources).toEqual([finished]);
    });

    test('that is not there says which are', async () => {
      const { error } = await failureOf(resolveKernel(suite, wished('linux-image-nosuch'), undefined));
      expect(error).toMatchObject({ code: 'kernel.unavailable', hint: 'It has linux-image-cloud-amd64.' });
    });

    test('has an exact version only while it is the newest', async () => {
      const { error } = await failureOf(resolveKernel(suite, wished(newest.name, '6.12.117'), undefined));
      expect(error.hint).toContain('"6.12.118"');
    });
  });

  test('versions', () => {
    expect(upstreamVersion('2:6.12.57-1~deb13u1')).toBe('6.12.57');
    expect(upstreamVersion('6.1-rc-2')).toBe('6.1-rc');
    expect(isOfSeries('6.12.57', '6.12')).toBe(true);
    expect(isOfSeries('6.12.57', '6.1')).toBe(false);
    expect(isOfSeries('6.12.57', '6.12.5')).toBe(false);
  });
});

describe('near names', () => {
  test('what continues the word comes first, then what is a typing error away', () => {
    const names = ['openssh-tests', 'openssh-server', 'openss', 'libreoffice', 'openssl'];
    expect(nearNames('openssh', names)).toEqual(['openssh-tests', 'openssh-server', 'openss', 'openssl']);
  });

  test('nothing is near to a long word that is only half alike', () => {
    expect(nearNames('postgresql-client', ['postgis-client', 'mariadb-client'])).toEqual([]);
  });
});
