/** The packages that a bill of materials lists: CycloneDX or SPDX, as JSON. Pure. */
import * as z from 'zod';

export interface ListedPackage {
  /** Of the document: unique in it. */
  id: string;
  name: string;
  version: string;
  /** Such as `deb`; empty where the document does not say. */
  type: string;
  /** An expression of SPDX; empty where the document does not say. */
  license: string;
  sha256: string | undefined;
}

interface CycloneComponent {
  name: string;
  version?: string | undefined;
  purl?: string | undefined;
  'bom-ref'?: string | undefined;
  type?: string | undefined;
  licenses?: { expression?: string | undefined }[] | undefined;
  hashes?: { alg: string; content: string }[] | undefined;
  components?: CycloneComponent[] | undefined;
  pedigree?: { ancestors?: CycloneComponent[] | undefined } | undefined;
}

const CycloneComponent: z.ZodType<CycloneComponent> = z.object({
  name: z.string(),
  version: z.string().optional(),
  purl: z.string().optional(),
  'bom-ref': z.string().optional(),
  type: z.string().optional(),
  licenses: z.array(z.object({ expression: z.string().optional() })).optional(),
  hashes: z.array(z.object({ alg: z.string(), content: z.string() })).optional(),
  get components() {
    return z.array(CycloneComponent).optional();
  },
  get pedigree() {
    return z.object({ ancestors: z.array(CycloneComponent).optional() }).optional();
  },
});

const Sbom = z.union([
  z.object({ bomFormat: z.literal('CycloneDX'), components: z.array(CycloneComponent).default([]) }),
  z.object({
    spdxVersion: z.string(),
    packages: z.array(
      z.object({
        SPDXID: z.string(),
        name: z.string(),
        versionInfo: z.string().default(''),
        licenseDeclared: z.string().default('NOASSERTION'),
        checksums: z.array(z.object({ algorithm: z.string(), checksumValue: z.string() })).default([]),
        externalRefs: z.array(z.object({ referenceType: z.string(), referenceLocator: z.string() })).default([]),
      }),
    ),
  }),
]);

/** undefined for what is neither of the two. */
export function packagesOf(document: unknown): ListedPackage[] | undefined {
  const parsed = Sbom.safeParse(document);
  if (!parsed.success) return undefined;
  if ('bomFormat' in parsed.data) return parsed.data.components.flatMap((component) => cyclonePackages(component));
  return parsed.data.packages.map(({ SPDXID, name, versionInfo, licenseDeclared, checksums, externalRefs }) => ({
    id: SPDXID,
    name,
    version: versionInfo,
    type: purlType(externalRefs.find(({ referenceType }) => referenceType === 'purl')?.referenceLocator),
    license: ['NOASSERTION', 'NONE'].includes(licenseDeclared) ? '' : licenseDeclared,
    sha256: checksums.find(({ algorithm }) => algorithm === 'SHA256')?.checksumValue,
  }));
}

/** A component with what it is made of, or was made from. */
function cyclonePackages(component: CycloneComponent): ListedPackage[] {
  const { name, version = '', purl, licenses = [], hashes = [], components = [], pedigree } = component;
  const own = {
    id: component['bom-ref'] ?? purl ?? `${name} ${version}`,
    name,
    version,
    type: purlType(purl) || (component.type ?? ''),
    license: licenses.find(({ expression }) => expression !== undefined)?.expression ?? '',
    sha256: hashes.find(({ alg }) => alg === 'SHA-256')?.content,
  };
  return [own, ...[...components, ...(pedigree?.ancestors ?? [])].flatMap((part) => cyclonePackages(part))];
}

function purlType(purl: string | undefined): string {
  return /^pkg:([^/]+)\//.exec(purl ?? '')?.[1] ?? '';
}

/** Those whose name, version and licence have all the words in them. */
export function searchPackages(packages: readonly ListedPackage[], words: string): ListedPackage[] {
  const wanted = words.toLowerCase().split(/\s+/).filter(Boolean);
  return packages.filter(({ name, version, license }) => {
    const text = `${name} ${version} ${license}`.toLowerCase();
    return wanted.every((word) => text.includes(word));
  });
}
