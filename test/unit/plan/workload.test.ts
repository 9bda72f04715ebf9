import { expect, it } from 'vitest';
import { parseDefinition } from '../../../src/definition/parse.ts';
import { planBuild } from '../../../src/plan/plan.ts';
import { minimal, plan, shipped } from './planning.ts';

function workloads(value: object) {
  return Object.fromEntries(plan(value).stages.map(({ name, workload }) => [name, workload]));
}

const compiled = { ...minimal, kernel: { source: 'debian' } };

it('is of another kind where a kernel is compiled and where it is finished', () => {
  const { compile } = workloads(compiled);
  const finished = workloads({ ...minimal, kernel: { source: 'package' } });
  expect(compile?.kind).toMatch(/^source /);
  expect(finished.compile).toMatchObject({ kind: expect.stringMatching(/^binary /), amount: null });
  expect(finished.prepare).toEqual(finished.compile);
});

it('grows with the kernel options that are asked for', () => {
  const options = { CONFIG_WIREGUARD: 'm', CONFIG_BTRFS_FS: 'm' };
  const more = workloads({ ...compiled, kernel: { ...compiled.kernel, config: { options } } });
  expect(more.compile?.amount ?? 0).toBe((workloads(compiled).compile?.amount ?? 0) + 2);
});

it('counts packages and bytes as soon as they are locked, and is of a kind before', () => {
  const { assemble, download, package: image } = workloads(minimal);
  for (const { amount } of [assemble, download, image].flatMap((each) => each ?? [])) expect(amount).toBeGreaterThan(0);
  const draft = planBuild({ definition: parseDefinition(minimal), catalog: shipped, boot: true });
  const open = draft.stages.find(({ name }) => name === 'assemble');
  expect(open?.workload).toEqual({ kind: assemble?.kind, amount: null });
});

it('is of another kind with other formats, compressed or not, and with another boot loader', () => {
  const of = (formats: unknown[]) => workloads({ ...minimal, image: { formats } }).package?.kind;
  const kinds = [of(['raw']), of(['raw', 'qcow2']), of([{ format: 'raw', compress: 'xz' }])];
  expect(new Set(kinds).size).toBe(3);
  expect(of(['qcow2', 'raw'])).toBe(kinds[1]);
  const boot = (loader: string) => workloads({ ...minimal, bootloader: loader }).boot?.kind;
  expect(boot('systemd-boot')).not.toBe(boot('grub'));
});
