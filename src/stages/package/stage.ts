import { defaultParts } from '../../definition/defaults.ts';
import { isRecord } from '../../is-record.ts';
import { appliedPatches } from '../applied-patch.ts';
import type { Composed } from '../composed.ts';
import { hasOwnStage } from '../initramfs/own-stage.ts';
import { datesOf, locked } from '../locked.ts';
import { isDefinition } from '../origin.ts';
import { defineStage } from '../stage.ts';
import { kindOf } from '../workload.ts';
import { type PackageParams, packageContract } from './contract.ts';

/** What a definition calls the words that it adds. */
const addedWords = 'kernel.cmdline';
/** And what it is signed with, of which the certificate's hash is told. */
const signedWith = 'signing.secureBoot';

export const packageStage = defineStage({
  contract: packageContract,
  image: 'image-packager',
  after: ['compile', 'assemble', 'initramfs'],
  inputs: ['compile', 'assemble', 'initramfs'],
  traits: { sources: 'read', heavy: true },
  limits: { timeout: '1h', memory: '4G', output: '2048G' },
  guess: { outputBytes: 512 << 20, scratchBytes: 300 << 20 },
  result: 'artifacts',
  // What is compressed takes several times what is written as it is; the tree is as large as its packages are many.
  workload: ({ definition, composition, packages }) => ({
    kind: kindOf(
      definition.image.compression,
      ...composition.formats.map(({ use, compress }) => (compress ? `${use}.${compress}` : use)).sort(),
    ),
    amount: packages?.packages.length ?? null,
  }),
  described(recorded) {
    if (!isRecord(recorded)) return recorded;
    const { addedCmdline, secureBoot, ...rest } = recorded;
    return {
      ...rest,
      ...(addedCmdline === undefined ? {} : { [addedWords]: addedCmdline }),
      ...(isRecord(secureBoot) ? { [signedWith]: secureBoot.sha256 } : {}),
    };
  },
  signsWith: ({ secureBoot }) => secureBoot?.sha256 ?? null,
  plan({ definition, composition, signing, form, kernel, packages, boot, patches }) {
    if (!kernel || !packages || !boot || !patches) return null;
    return {
      params: {
        name: definition.name,
        version: definition.version,
        title: `${definition.name} ${definition.version}`,
        size: definition.image.size,
        formats: composition.formats,
        compression: definition.image.compression,
        partitions: composition.partitions,
        ...(composition.overlay === undefined ? {} : { overlay: composition.overlay }),
        ...(composition.growth ? { growth: composition.growth } : {}),
        ...(composition.labels ? { labels: composition.labels } : {}),
        layout: defaultParts.layout,
        bootLoader: composition.bootLoader,
        ...(composition.deviceTrees.length > 0 ? { deviceTrees: composition.deviceTrees.map(({ name }) => name) } : {}),
        ...(hasOwnStage(definition) ? {} : { initramfs: composition.initramfs }),
        espFiles: composition.espFiles,
        fstab: composition.fstab,
        ...commandLines(composition.cmdline),
        bootModules: composition.bootModules,
        packages: packages.packages.map(locked),
        bootPackages: boot.packages.map(locked),
        kernel: {
          form,
          version: kernel.version,
          sources: kernel.sources.map(locked),
          ...(definition.kernel.patches.length > 0 ? { patches: appliedPatches(definition.kernel.patches) } : {}),
        },
        ...(signing ? { secureBoot: signing.certificate } : {}),
        sourceDate: Math.max(...datesOf({ kernel, packages, boot })),
      },
    };
  },
});

/** The definition's own words apart: what boots without them, a boot loader may offer as well. */
function commandLines(words: Composed['cmdline']): Pick<PackageParams, 'cmdline' | 'addedCmdline'> {
  const of = (own: boolean) => words.filter(({ from }) => isDefinition(from) === own).map(({ word }) => word);
  const added = of(true);
  return { cmdline: of(false), ...(added.length > 0 ? { addedCmdline: added } : {}) };
}
