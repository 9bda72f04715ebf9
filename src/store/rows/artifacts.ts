import { Architecture } from '../../definition/definition.ts';
import { KeptFacts, keptFacts, Verdict } from '../../model/artifact.ts';
import { BuildState } from '../../model/build.ts';
import { earlierFacts } from '../../stages/package/earlier-artifacts.ts';
import type { ArtifactRecord, ArtifactTable } from '../artifacts.ts';
import type { Artifact, PrismaClient } from '../generated/client.ts';
import { newId } from '../ids.ts';
import { fromNullableJson, toNullableJson } from './columns.ts';

export function artifactRows(db: PrismaClient): ArtifactTable {
  return {
    async addArtifacts(artifacts) {
      for (const artifact of artifacts) {
        const { buildId, name, format, sizeBytes, storedBytes, sha256, verdict } = artifact;
        const sizes = { sizeBytes: BigInt(sizeBytes), storedBytes: BigInt(storedBytes) };
        const facts = JSON.stringify(keptFacts(artifact));
        const data = { format, facts, ...sizes, sha256, verdict: toNullableJson(verdict), removedAt: null };
        await db.artifact.upsert({
          where: { buildId_name: { buildId, name } },
          create: { id: newId(), buildId, name, createdAt: new Date(), ...data },
          update: data,
        });
      }
    },
    async setVerdict(buildId, name, verdict) {
      await db.artifact.updateMany({ where: { buildId, name }, data: { verdict: toNullableJson(verdict) } });
    },
    async getArtifact(id) {
      const row = await db.artifact.findUnique({ where: { id } });
      return row ? toRecord(row) : undefined;
    },
    async listArtifacts(buildIds) {
      const rows = await db.artifact.findMany({ where: { buildId: { in: [...buildIds] } }, orderBy: { id: 'asc' } });
      return rows.map(toRecord);
    },
    async countArtifactsOf(sha256) {
      return db.artifact.count({ where: { sha256, removedAt: null } });
    },
    async keptArtifacts() {
      const rows = await db.artifact.findMany({ where: { removedAt: null }, include: { build: { select: ofBuild } } });
      return rows.map(({ build, ...row }) => ({
        ...toRecord(row),
        build: { ...build, arch: Architecture.parse(build.arch), state: BuildState.parse(build.state) },
      }));
    },
    async deleteArtifacts(artifactIds) {
      await db.artifact.deleteMany({ where: { id: { in: [...artifactIds] } } });
    },
    async markRemoved(artifactIds, removedAt) {
      await db.artifact.updateMany({ where: { id: { in: [...artifactIds] } }, data: { removedAt } });
    },
  };
}

const ofBuild = {
  id: true,
  distributionId: true,
  name: true,
  arch: true,
  state: true,
  createdAt: true,
  endedAt: true,
} as const;

function toRecord({ facts, ...row }: Artifact): ArtifactRecord {
  return {
    ...row,
    // Rows of an earlier version have none.
    ...(fromNullableJson(KeptFacts, facts, 'Artifact.facts') ?? earlierFacts(row.format)),
    sizeBytes: Number(row.sizeBytes),
    storedBytes: Number(row.storedBytes ?? row.sizeBytes),
    verdict: fromNullableJson(Verdict, row.verdict, 'Artifact.verdict'),
  };
}
