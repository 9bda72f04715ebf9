/** The base: what a plan makes of what the lock sets apart, and what keeps its key. */
import { describe, expect, it } from 'vitest';
import { parseDefinition } from '../../../src/definition/parse.ts';
import { answeringGroups } from '../../../src/plan/lock.ts';
import { planBuild } from '../../../src/plan/plan.ts';
import type { Lock } from '../../../src/stages/lock.ts';
import { imageIdentities, lockFor } from '../../fixtures/lock.ts';
import { minimal, plan, shipped } from './planning.ts';

const wants = (...packages: string[]) => ({ ...minimal, userland: { packages } });

/** A lock for a definition: base-files and systemd are its base, one more package stands for each that the definition lists. */
function lockOf(source: object, change: (packages: NonNullable<Lock['packages']>) => object = () => ({})): Lock {
  const definition = parseDefinition(source);
  const lock = lockFor(planBuild({ definition, catalog: shipped, boot: true }).wishes);
  const { packages } = lock;
  const [sample] = packages?.packages ?? [];
  if (!packages || !sample) throw new Error('the lock has no package');
  const more = [...definition.userland.packages].sort();
  packages.packages.push(
    ...more.map((name) => ({ ...sample, name, sha256: Buffer.from(name.padEnd(32)).toString('hex').slice(0, 64) })),
  );
  packages.base = { sourceDate: 1_700_000_000, packages: 2 };
  packages.sourceDate += more.length;
  return { ...lock, packages: { ...packages, ...change(packages) } };
}

function stagesOf(source: object, lock = lockOf(source)) {
  const definition = parseDefinition(source);
  const { stages } = planBuild({ definition, catalog: shipped, boot: true, lock, images: imageIdentities });
  return Object.fromEntries(stages.map((stage) => [stage.name, stage]));
}
const keyOf = (source: object, stage = 'base') => stagesOf(source)[stage]?.key;

describe('the key of base', () => {
  it('stays when a package is added, and that of assemble does not', () => {
    expect(keyOf(wants('htop'))).toBe(keyOf(minimal));
    expect(keyOf(wants('htop'), 'assemble')).not.toBe(keyOf(minimal, 'assemble'));
  });

  it('stays whatever a definition says of its own system, so that others find it', () => {
    const system = { hostname: 'gw', timezone: 'Europe/Berlin', locale: 'de_DE.UTF-8', users: [{ name: 'ops' }] };
    const files = [{ path: '/etc/motd', content: 'hello\n' }];
    expect(keyOf({ ...minimal, name: 'other', system: { ...system, files } })).toBe(keyOf(minimal));
  });

  it.each(['/etc/login.defs', '/etc/selinux/semanage.conf'])('changes with %s, which is read once', (path) => {
    const system = { files: [{ path, content: 'x\n' }] };
    expect(keyOf({ ...minimal, system })).not.toBe(keyOf(minimal));
  });

  it('is the same, with that of assemble, in whichever order packages were listed', () => {
    const [one, ...others] = [
      ['curl', 'htop', 'jq'],
      ['jq', 'curl', 'htop'],
      ['htop', 'jq', 'curl'],
    ].map((packages) => ['base', 'assemble', 'package'].map((stage) => keyOf(wants(...packages), stage)));
    for (const other of others) expect(other).toEqual(one);
  });
});

describe('what base installs', () => {
  const paramsOf = (lock: Lock) => stagesOf(minimal, lock).base?.params;

  it('is what the lock sets apart, with the files of components alone', () => {
    const system = { files: [{ path: '/etc/motd', content: 'hello\n' }] };
    expect(stagesOf({ ...minimal, system }).base?.params).toMatchObject({
      sourceDate: 1_700_000_000,
      packages: [{ name: 'base-files' }, { name: 'systemd' }],
      files: expect.not.arrayContaining([expect.objectContaining({ path: '/etc/motd' })]),
    });
    expect(JSON.stringify(paramsOf(lockOf(minimal)))).toContain('80-wired.network');
  });

  it('is nothing with a lock of before there was one, always under the same key', () => {
    const { base: _, ...before } = lockOf(minimal).packages ?? {};
    const old = { ...lockOf(minimal), packages: before as NonNullable<Lock['packages']> };
    expect(answeringGroups(plan(minimal).wishes, 'x86_64', old).packages).toBeDefined();
    expect(paramsOf(old)).toEqual({ userland: { use: 'debian', params: {} }, packages: [], files: [], sourceDate: 0 });
  });

  it("has this machine's packages as far as the lock says", () => {
    const [emulator, other] = ['qemu-user', 'libx'].map((name) => ({ ...sampleOf(minimal), name }));
    if (!emulator || !other) throw new Error('no package');
    const lock = lockOf(minimal, (group) => ({
      base: { ...group.base, native: 1 },
      native: { arch: 'aarch64', packages: [emulator, other] },
    }));
    expect(paramsOf(lock)).toMatchObject({ native: { packages: [{ name: 'qemu-user' }] } });
  });
});

function sampleOf(source: object) {
  const [sample] = lockOf(source).packages?.packages ?? [];
  if (!sample) throw new Error('the lock has no package');
  return sample;
}
