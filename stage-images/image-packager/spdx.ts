/** The bill of materials as SPDX 2.3 in JSON (https://spdx.github.io/spdx-spec/v2.3/), the same in every run. */
import { licenseRefs } from '../../parts/licenses/copyright-file.ts';
import { licenseRefPrefix } from '../../src/license-ref.ts';
import { deriveUuid } from '../contract/derive.ts';
import type { Bill, BillEntry } from './bill.ts';

/** What SPDX calls it when a document does not say (3.13 and others). */
const unknown = 'NOASSERTION';
const documentId = 'SPDXRef-DOCUMENT';
const imageId = 'SPDXRef-image';
const kernelId = 'SPDXRef-kernel';

/** The document's text; its namespace follows from the stage's key, its date from the sources. */
export function writeSpdx({ name, version, sourceDate, kernel, packages }: Bill, key: string): string {
  const ids = new Map(packages.map(({ purl }, index) => [purl, `SPDXRef-package-${index + 1}`]));
  const idOf = (purl: string) => ids.get(purl) ?? unknown;
  const sourceId = (index: number) => `SPDXRef-kernel-source-${index + 1}`;
  const entries = [...packages, ...kernel.sources];
  const relation = (spdxElementId: string, relationshipType: string, relatedSpdxElement: string) => ({
    ...{ spdxElementId, relationshipType, relatedSpdxElement },
  });
  const document = {
    spdxVersion: 'SPDX-2.3',
    dataLicense: 'CC0-1.0',
    SPDXID: documentId,
    name: `${name} ${version}`,
    documentNamespace: `urn:uuid:${deriveUuid(key, 'spdx')}`,
    creationInfo: { created: secondsOf(sourceDate), creators: ['Tool: ldf'] },
    packages: [
      plainPackage(imageId, name, version, null),
      {
        ...plainPackage(kernelId, 'linux', kernel.version, kernel.license),
        sourceInfo: kernelSourceInfo(kernel),
      },
      ...packages.map((entry) => lockedPackage(idOf(entry.purl), entry)),
      ...kernel.sources.map((entry, index) => lockedPackage(sourceId(index), entry)),
    ],
    hasExtractedLicensingInfos: extractedLicenses(entries),
    relationships: [
      relation(documentId, 'DESCRIBES', imageId),
      relation(imageId, 'CONTAINS', kernelId),
      ...packages.map(({ purl }) => relation(imageId, 'CONTAINS', idOf(purl))),
      ...kernel.sources.map((_, index) =>
        kernel.finished
          ? relation(kernelId, 'CONTAINS', sourceId(index))
          : relation(kernelId, 'GENERATED_FROM', sourceId(index)),
      ),
      ...packages.flatMap(({ purl, dependsOn }) =>
        dependsOn.map((needed) => relation(idOf(purl), 'DEPENDS_ON', idOf(needed))),
      ),
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function plainPackage(SPDXID: string, name: string, versionInfo: string, license: string | null) {
  return {
    ...{ SPDXID, name, versionInfo },
    downloadLocation: unknown,
    filesAnalyzed: false,
    ...{ licenseConcluded: unknown, licenseDeclared: license ?? unknown, copyrightText: unknown },
  };
}

function lockedPackage(id: string, { name, version, license, sha256, purl, files }: BillEntry) {
  const taken = files.map(({ path, sha256 }) => `${path} (sha256 ${sha256})`);
  return {
    ...plainPackage(id, name, version, license),
    checksums: [{ algorithm: 'SHA256', checksumValue: sha256 }],
    externalRefs: [{ referenceCategory: 'PACKAGE-MANAGER', referenceType: 'purl', referenceLocator: purl }],
    ...(taken.length > 0 ? { comment: `Of its files, these start the image: ${taken.join(', ')}.` } : {}),
  };
}

function kernelSourceInfo({ release, finished, patches }: Bill['kernel']): string {
  const made = finished ? 'Taken finished out of its packages' : 'Compiled of its sources';
  const names = patches.map(({ name }) => name).join(', ');
  return `${made}; it calls itself ${release}.${names === '' ? '' : ` Patched with ${names}.`}`;
}

/** Licences that are on no list of SPDX's, each with where its text is. */
function extractedLicenses(entries: readonly BillEntry[]) {
  const named = new Map<string, string>();
  for (const { name, license } of entries)
    for (const licenseId of licenseRefs(license ?? '')) if (!named.has(licenseId)) named.set(licenseId, name);
  return [...named].sort().map(([licenseId, name]) => ({
    licenseId,
    name: licenseId.replace(licenseRefPrefix, ''),
    extractedText: `Its text is in /usr/share/doc/${name}/copyright of the package ${name}.`,
  }));
}

/** ISO 8601 without fractions of a second (6.9). */
function secondsOf(epoch: number): string {
  return new Date(epoch * 1000).toISOString().replace(/\.\d+Z$/, 'Z');
}
