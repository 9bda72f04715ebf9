import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { uefi } from '../../../../parts/machines/uefi/uefi.ts';
import { type Architecture, architectures, ownArchitecture } from '../../../../src/architecture.ts';
import { chooseAccelerator } from '../../../../stage-images/boot-tester/accelerator.ts';

const runs: (readonly string[])[] = [];
vi.mock('../../../../stage-images/contract/tool.ts', () => ({
  runTool: async (tool: string, args: readonly string[]) => void runs.push([tool, ...args]),
}));

test('a processor of another architecture is emulated, without a look at KVM', async () => {
  const other: Architecture = architectures.find((arch) => arch !== ownArchitecture()) ?? 'aarch64';
  const said: string[] = [];
  expect(await chooseAccelerator(uefi.make({}).on(other), '/none', (line) => said.push(line))).toBe('tcg');
  expect(said.join()).toContain(`the image is for ${other}`);
  expect(runs).toEqual([]);
});

test('of its own, KVM is believed where a guest of a few instructions has run, which leaves nothing behind', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'ldf-probe-'));
  const own = ownArchitecture() ?? 'x86_64';
  const chosen = await chooseAccelerator(uefi.make({}).on(own), folder, () => undefined);
  // Some processors have no virtualisation, and then none is tried.
  expect(chosen).toBe(runs.length > 0 ? 'kvm' : 'tcg');
  expect(await readdir(folder)).toEqual([]);
  await rm(folder, { recursive: true });
});
