import { defaultParts } from '../../definition/defaults.ts';
import { datesOf, locked } from '../locked.ts';
import { defineStage } from '../stage.ts';
import { packageContract } from './contract.ts';

export const packageStage = defineStage({
  contract: packageContract,
  image: 'image-packager',
  after: ['compile', 'assemble'],
  inputs: ['compile', 'assemble'],
  traits: { sources: 'read', heavy: true },
  limits: { timeout: '1h', memory: '4G', output: '2048G' },
  guess: { outputBytes: 512 << 20, scratchBytes: 300 << 20 },
  result: 'artifacts',
  plan({ definition, composition, form, kernel, packages, boot }) {
    if (!kernel || !packages || !boot) return null;
    return {
      params: {
        name: definition.name,
        version: definition.version,
        title: `${definition.name} ${definition.version}`,
        size: definition.image.size,
        formats: composition.formats,
        compression: definition.image.compression,
        partitions: composition.partitions,
        layout: defaultParts.layout,
        bootLoader: composition.bootLoader,
        initramfs: defaultParts.initramfs,
        espFiles: composition.espFiles,
        fstab: composition.fstab,
        cmdline: composition.cmdline,
        bootModules: composition.bootModules,
        packages: packages.packages.map(locked),
        bootPackages: boot.packages.map(locked),
        kernel: { form, version: kernel.version, sources: kernel.sources.map(locked) },
        sourceDate: Math.max(...datesOf({ kernel, packages, boot })),
      },
    };
  },
});
