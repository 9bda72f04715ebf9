/** Distributions as lists tell them. */
import { LdfError } from '../errors.ts';
import type { DistributionSummary } from '../model/distribution.ts';
import { chosenNames } from '../plan/components.ts';
import type { DistributionRecord, ListedDistribution } from '../store/distributions.ts';
import type { ApiServices } from './services.ts';

type Services = Pick<ApiServices, 'store' | 'documents'>;

/** In the order given. */
export async function summariesOf(
  services: Services,
  records: readonly ListedDistribution[],
): Promise<DistributionSummary[]> {
  const last = await lastBuilds(services, records);
  const summaries: DistributionSummary[] = [];
  for (const record of records) {
    const components = record.components ?? (await noteComponents(services, record.id));
    summaries.push(summary(record, components, last.get(record.id)));
  }
  return summaries;
}

/** The newest build of each, with the images it left. */
export async function lastBuilds({ store }: Services, records: readonly { id: string }[]) {
  const builds = await store.lastBuilds(records.map(({ id }) => id));
  const artifacts = await store.listArtifacts([...builds.values()].map(({ id }) => id));
  const images = (build: string) =>
    artifacts
      .filter(({ buildId, kind }) => buildId === build && kind === 'image')
      .map(({ format, sizeBytes }) => ({ format, sizeBytes }));
  return new Map(
    [...builds].map(([distribution, { createdAt, ...build }]) => [
      distribution,
      { ...build, createdAt: createdAt.toISOString(), images: images(build.id) },
    ]),
  );
}

export function summary(
  record: Omit<DistributionRecord, 'definition'>,
  components: DistributionSummary['components'],
  lastBuild: DistributionSummary['lastBuild'] | undefined,
): DistributionSummary {
  const { id, name, version, arch, createdAt, updatedAt } = record;
  return {
    id,
    name,
    version,
    arch,
    components,
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    lastBuild: lastBuild ?? null,
  };
}

/** Reads the definition of a distribution that an older LDF stored, once. */
async function noteComponents(services: Services, id: string): Promise<DistributionSummary['components']> {
  const record = await services.store.getDistribution(id);
  if (!record) return [];
  const components = await componentsOf(services, record);
  await services.store.noteComponents(id, components);
  return components;
}

/** None of a definition that an older version took and this one does not. */
export async function componentsOf(
  { documents }: Services,
  { definition }: DistributionRecord,
): Promise<DistributionSummary['components']> {
  try {
    return chosenNames(await documents.definition(definition));
  } catch (error) {
    if (error instanceof LdfError && error.code === 'definition.invalid') return [];
    throw error;
  }
}
