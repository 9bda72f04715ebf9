/** initramfs: what runs before the root file system is mounted, and where it is made. */
import { describe, expect, it } from 'vitest';
import type { PackageParams } from '../../../src/stages/package/contract.ts';
import { minimal, plan, problems } from './planning.ts';

const dracut = { ...minimal, initramfs: 'dracut' };

function told(value: object): string[] {
  return problems({ ...dracut, ...value }).map(({ pointer, message }) => `${pointer}: ${message}`);
}

function packaged(value: object): Partial<PackageParams> {
  return (plan(value).stages.find(({ name }) => name === 'package')?.params ?? {}) as Partial<PackageParams>;
}

describe('initramfs', () => {
  it('is the small one by default, which the packager makes', () => {
    expect(plan(minimal).stages.map(({ name }) => name)).not.toContain('initramfs');
    expect(plan(minimal).stages.find(({ name }) => name === 'package')?.inputs).toEqual(['compile', 'assemble']);
    expect(plan(minimal).composition.bootPackages.map(({ name }) => name)).toContain('busybox-static');
    expect(packaged(minimal).initramfs).toEqual({ use: 'minimal', params: {} });
  });

  it('made by programs of the image has a stage of its own, and takes nothing of what the small one takes', () => {
    const { stages, composition } = plan(dracut);
    const stage = stages.find(({ name }) => name === 'initramfs');
    expect(stage).toMatchObject({ image: 'image-packager', inputs: ['compile', 'assemble'] });
    expect(stages.find(({ name }) => name === 'package')).toMatchObject({
      after: ['compile', 'assemble', 'initramfs'],
      inputs: ['compile', 'assemble', 'initramfs'],
    });
    expect(composition.packages.map(({ name }) => name)).toContain('dracut-core');
    expect(composition.bootPackages.map(({ name }) => name)).not.toContain('busybox-static');
    expect(packaged(dracut).initramfs).toBeUndefined();
  });

  it('is refused where it could not do what is asked, with the reason', () => {
    expect(told({ root: { filesystem: 'erofs', verity: true } })).toEqual([
      '/initramfs: initramfs/dracut lays nothing above a root file system that is never written, as erofs is',
    ]);
    expect(told({ image: { formats: ['raw', 'iso'] } })).toEqual([
      '/image/formats/1: format/iso requires boots-live-systems, which no chosen component provides',
    ]);
    expect(told({ userland: { base: 'busybox' }, init: 'busybox' })).toEqual(
      expect.arrayContaining([
        '/initramfs: initramfs/dracut requires userland:debian, which no chosen component provides',
      ]),
    );
    expect(problems({ ...minimal, initramfs: 'drakut' })).toEqual([
      expect.objectContaining({ pointer: '/initramfs', hint: 'Did you mean dracut?' }),
    ]);
  });
});
