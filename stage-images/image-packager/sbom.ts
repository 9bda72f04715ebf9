/** The software bill of materials: CycloneDX 1.6 as JSON (https://cyclonedx.org/docs/1.6/json/), the same in every run. */

import type { PatchText } from '../../src/definition/kernel-patch.ts';
import type { LockedKernelSource, LockedPackage } from '../../src/stages/locked-package.ts';
import type { PackageParams } from '../../src/stages/package/contract.ts';
import { deriveUuid } from '../contract/derive.ts';
import type { UsedPackage } from './boot-packages.ts';

type Params = PackageParams;

/**
 * The document's text; its serial number follows from the stage's key, its date from the sources.
 * @param patches those of the kernel, with their texts
 * @param boot the packages that boot files were taken from, each with these files as its components
 */
export function writeSbom(
  params: Params,
  kernelRelease: string,
  key: string,
  boot: readonly UsedPackage[],
  patches: readonly PatchText[] = [],
): string {
  const image = `image:${params.name}`;
  // A boot package may be one of the root file system as well.
  const sources = [...params.packages, ...boot.map(({ source }) => source)];
  const byUrl = new Map(sources.map((source) => [packageUrl(source), source]));
  const bootFiles = new Map(boot.map(({ source, files }) => [packageUrl(source), files]));
  const components = [
    kernelComponent(params.kernel, kernelRelease, patches),
    ...sortedPackages([...byUrl.values()]).map((source) => packageComponent(source, bootFiles.get(packageUrl(source)))),
  ];
  const document = {
    $schema: 'http://cyclonedx.org/schema/bom-1.6.schema.json',
    bomFormat: 'CycloneDX',
    specVersion: '1.6',
    serialNumber: `urn:uuid:${deriveUuid(key, 'sbom')}`,
    version: 1,
    metadata: {
      timestamp: new Date(params.sourceDate * 1000).toISOString(),
      tools: { components: [{ type: 'application', name: 'ldf' }] },
      component: { type: 'operating-system', 'bom-ref': image, name: params.name, version: params.version },
    },
    components,
    dependencies: [{ ref: image, dependsOn: components.map((component) => component['bom-ref']) }],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

/** A kernel that was compiled has source packages as its ancestors; one that came finished is its packages. */
function kernelComponent({ form, version, sources }: Params['kernel'], release: string, patches: readonly PatchText[]) {
  const packages = sortedPackages(sources).map((source) => packageComponent(source));
  return {
    type: 'operating-system',
    'bom-ref': 'kernel',
    name: 'linux',
    version,
    properties: [
      { name: 'ldf:kernel:release', value: release },
      ...patches.map(({ name }) => ({ name: 'ldf:kernel:patch', value: name })),
    ],
    ...(form === 'source'
      ? {
          purl: `pkg:generic/linux@${purlPart(version)}`,
          pedigree: { ancestors: packages, ...(patches.length > 0 ? { patches: patches.map(patchOf) } : {}) },
        }
      : { components: packages }),
  };
}

/** In full, so that the kernel can be made again of what the document names. */
function patchOf({ content }: PatchText) {
  return { type: 'unofficial', diff: { text: { contentType: 'text/x-diff', content } } };
}

function packageComponent(source: LockedKernelSource, files: UsedPackage['files'] = []) {
  const purl = sourceUrl(source);
  return {
    type: 'library',
    'bom-ref': purl,
    name: source.name,
    version: source.version,
    purl,
    hashes: [{ alg: 'SHA-256', content: source.sha256 }],
    ...(files.length > 0 ? { components: files.map((file) => fileComponent(purl, file)) } : {}),
  };
}

/** A file that stands in the image without the rest of its package; its reference is the package's purl with a subpath. */
function fileComponent(purl: string, { path, sha256 }: UsedPackage['files'][number]) {
  return {
    type: 'file',
    'bom-ref': `${purl}#${path.slice(1)}`,
    name: path,
    hashes: [{ alg: 'SHA-256', content: sha256 }],
  };
}

function sourceUrl({ arch, ...source }: LockedKernelSource): string {
  return arch === undefined ? fileUrl(source) : packageUrl({ ...source, arch });
}

/** Its type `generic`, with the qualifiers that it has for such. */
function fileUrl({ name, version, filename, sha256 }: Omit<LockedKernelSource, 'arch'>): string {
  return `pkg:generic/${purlPart(name)}@${purlPart(version)}?checksum=sha256:${sha256}&file_name=${purlPart(filename)}`;
}

/** The purl specification's type `deb`. */
export function packageUrl({ name, version, arch }: Pick<LockedPackage, 'name' | 'version' | 'arch'>): string {
  return `pkg:deb/debian/${purlPart(name)}@${purlPart(version)}?arch=${purlPart(arch)}`;
}

/** Percent-encoding as purl wants it: everything but letters, digits and `.-_~`, and the colon as it is. */
function purlPart(text: string): string {
  return encodeURIComponent(text).replaceAll('%3A', ':');
}

function sortedPackages<Source extends LockedKernelSource>(packages: readonly Source[]): Source[] {
  const order = (source: Source) => `${source.name} ${source.arch} ${source.version}`;
  return [...packages].sort((a, b) => (order(a) < order(b) ? -1 : 1));
}
