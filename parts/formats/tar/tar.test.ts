import { expect, test } from 'vitest';
import { asWritten } from '../packed.ts';
import { tar } from './tar.ts';

test('it is files and no disk: no machine starts from it', () => {
  expect(tar.make({})()).toMatchObject({ extension: 'tar', disk: null, bootable: false, qemu: null });
  expect(asWritten(tar.make({})(), 'zstd')).toMatchObject({ extension: 'tar.zst', bootable: false, qemu: null });
});
