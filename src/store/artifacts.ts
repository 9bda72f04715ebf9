import { VerdictShape } from '../shapes/shapes.ts';
import { fromNullableJson, toNullableJson } from './columns.ts';
import type { Artifact, PrismaClient } from './generated/client.ts';
import { newId } from './ids.ts';
import type { ArtifactRecord, Store } from './store.ts';

type ArtifactRows = Pick<
  Store,
  'addArtifacts' | 'setVerdict' | 'getArtifact' | 'listArtifacts' | 'countArtifactsOf' | 'totalArtifactBytes'
>;

export function artifactRows(db: PrismaClient): ArtifactRows {
  return {
    async addArtifacts(artifacts) {
      for (const { buildId, name, format, sizeBytes, sha256, verdict } of artifacts) {
        const data = { format, sizeBytes: BigInt(sizeBytes), sha256, verdict: toNullableJson(verdict) };
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
      return db.artifact.count({ where: { sha256 } });
    },
    async totalArtifactBytes() {
      // Builds share equal contents, so each counts once.
      const contents = await db.artifact.findMany({ distinct: ['sha256'], select: { sizeBytes: true } });
      return contents.reduce((sum, { sizeBytes }) => sum + Number(sizeBytes), 0);
    },
  };
}

function toRecord(row: Artifact): ArtifactRecord {
  return {
    ...row,
    sizeBytes: Number(row.sizeBytes),
    verdict: fromNullableJson(VerdictShape, row.verdict, 'Artifact.verdict'),
  };
}
