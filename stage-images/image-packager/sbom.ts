/** The software bill of materials: CycloneDX 1.6 as JSON (https://cyclonedx.org/docs/1.6/json/), the same in every run. */

import type { LockedPackage } from '../../src/stages/locked-package.ts';
import type { PackageParams } from '../../src/stages/package/contract.ts';
import { deriveUuid } from '../contract/derive.ts';

type Params = PackageParams;

/** The document's text; its serial number follows from the stage's key, its date from the sources. */
export function writeSbom(params: Params, kernelRelease: string, key: string): string {
  const image = `image:${params.name}`;
  const components = [
    kernelComponent(params.kernel, kernelRelease),
    ...sortedPackages(params.packages).map(packageComponent),
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
function kernelComponent({ form, version, sources }: Params['kernel'], release: string) {
  const packages = sortedPackages(sources).map(packageComponent);
  return {
    type: 'operating-system',
    'bom-ref': 'kernel',
    name: 'linux',
    version,
    properties: [{ name: 'ldf:kernel:release', value: release }],
    ...(form === 'source'
      ? { purl: `pkg:generic/linux@${purlPart(version)}`, pedigree: { ancestors: packages } }
      : { components: packages }),
  };
}

function packageComponent(source: LockedPackage) {
  const purl = packageUrl(source);
  return {
    type: 'library',
    'bom-ref': purl,
    name: source.name,
    version: source.version,
    purl,
    hashes: [{ alg: 'SHA-256', content: source.sha256 }],
  };
}

/** The purl specification's type `deb`. */
export function packageUrl({ name, version, arch }: Pick<LockedPackage, 'name' | 'version' | 'arch'>): string {
  return `pkg:deb/debian/${purlPart(name)}@${purlPart(version)}?arch=${purlPart(arch)}`;
}

/** Percent-encoding as purl wants it: everything but letters, digits and `.-_~`, and the colon as it is. */
function purlPart(text: string): string {
  return encodeURIComponent(text).replaceAll('%3A', ':');
}

function sortedPackages(packages: readonly LockedPackage[]): LockedPackage[] {
  const order = (source: LockedPackage) => `${source.name} ${source.arch} ${source.version}`;
  return [...packages].sort((a, b) => (order(a) < order(b) ? -1 : 1));
}
