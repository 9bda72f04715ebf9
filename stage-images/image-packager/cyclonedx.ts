/** The bill of materials as CycloneDX 1.6 in JSON (https://cyclonedx.org/docs/1.6/json/), the same in every run. */
import type { PatchText } from '../../src/definition/kernel-patch.ts';
import { deriveUuid } from '../contract/derive.ts';
import { type Bill, type BillEntry, purlPart } from './bill.ts';

/** The document's text; its serial number follows from the stage's key, its date from the sources. */
export function writeCycloneDx({ name, version, sourceDate, kernel, packages }: Bill, key: string): string {
  const image = `image:${name}`;
  const components = [kernelComponent(kernel), ...packages.map(packageComponent)];
  const needing = packages.filter(({ dependsOn }) => dependsOn.length > 0);
  const document = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${deriveUuid(key, 'sbom')}`,
    version: 1,
    metadata: {
      timestamp: new Date(sourceDate * 1000).toISOString(),
      tools: { components: [{ type: 'application', name: 'ldf' }] },
      component: { type: 'operating-system', 'bom-ref': image, name, version },
    },
    components,
    dependencies: [
      { ref: image, dependsOn: components.map((component) => component['bom-ref']) },
      ...needing.map(({ purl, dependsOn }) => ({ ref: purl, dependsOn })),
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** A kernel that was compiled has source packages as its ancestors; one that came finished is its packages. */
function kernelComponent({ version, release, license, finished, sources, patches }: Bill['kernel']) {
  const packages = sources.map(packageComponent);
  return {
    type: 'operating-system',
    'bom-ref': 'kernel',
    name: 'linux',
    version,
    ...licensesOf(license),
    properties: [
      { name: 'ldf:kernel:release', value: release },
      ...patches.map(({ name }) => ({ name: 'ldf:kernel:patch', value: name })),
    ],
    ...(finished
      ? { components: packages }
      : {
          purl: `pkg:generic/linux@${purlPart(version)}`,
          pedigree: { ancestors: packages, ...(patches.length > 0 ? { patches: patches.map(patchOf) } : {}) },
        }),
  };
}

/** In full, so that the kernel can be made again of what the document names. */
function patchOf({ content }: PatchText) {
  return { type: 'unofficial', diff: { text: { contentType: 'text/x-diff', content } } };
}

function packageComponent({ purl, name, version, sha256, license, files }: BillEntry) {
  return {
    type: 'library',
    'bom-ref': purl,
    name,
    version,
    purl,
    hashes: [{ alg: 'SHA-256', content: sha256 }],
    ...licensesOf(license),
    ...(files.length > 0 ? { components: files.map((file) => fileComponent(purl, file)) } : {}),
  };
}

function licensesOf(license: string | null) {
  return license === null ? {} : { licenses: [{ expression: license, acknowledgement: 'declared' }] };
}

/** A file that stands in the image without the rest of its package; its reference is the package's purl with a subpath. */
function fileComponent(purl: string, { path, sha256 }: BillEntry['files'][number]) {
  return {
    type: 'file',
    'bom-ref': `${purl}#${path.slice(1)}`,
    name: path,
    hashes: [{ alg: 'SHA-256', content: sha256 }],
  };
}
