/** A machine whose QEMU is test/fixtures/boot-tester/fake-qemu.mjs. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Machine } from '../../../../parts/machines/machine.ts';
import { flash, nothingToBoot } from '../../../../parts/machines/uefi/uefi.ts';

/** What a fake guest does: its disk holds this as JSON. */
export interface Script {
  say: string;
  check?: string;
  next: 'reset' | 'shutdown' | 'die' | 'stay' | 'hang';
  clock?: number;
  screen?: string;
}

/** Sets the fake up in `folder`. */
export async function fakeMachine(folder: string): Promise<Machine> {
  const program = await readFile(new URL('../../../fixtures/boot-tester/fake-qemu.mjs', import.meta.url), 'utf8');
  const qemu = join(folder, 'qemu.mjs');
  const variables = join(folder, 'factory.fd');
  await writeFile(qemu, `#!${process.execPath}\n${program}`, { mode: 0o755 });
  await writeFile(variables, 'variables');
  const cpu = { kvm: 'host', tcg: 'max' };
  const firmware = (own: string) => flash({ code: '/nonexistent', variables }, own);
  return { qemu, arch: 'x86_64', type: 'fake', cpu, clock: 'rtc-time', display: 'screen', firmware, nothingToBoot };
}
