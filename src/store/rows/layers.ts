import * as z from 'zod';
import { AnyStageName } from '../../model/stage-name.ts';
import { StageOutput } from '../../stages/contract.ts';
import type { Layer, PrismaClient } from '../generated/client.ts';
import type { LayerRecord, LayerTable } from '../layers.ts';
import { fromJson, isDuplicate } from './columns.ts';

/** A layer's result is always a good one. */
const LayerResult = z.strictObject({ ok: z.literal(true), outputs: z.array(StageOutput), data: z.unknown() });

export function layerRows(db: PrismaClient): LayerTable {
  return {
    async getLayer(key) {
      const row = await db.layer.findUnique({ where: { key } });
      return row ? toRecord(row) : undefined;
    },
    async findLayers(keys) {
      const rows = await db.layer.findMany({ where: { key: { in: [...keys] } } });
      return rows.map(toRecord);
    },
    async addLayer({ result, sizeBytes, ...layer }) {
      try {
        await db.layer.create({
          data: { ...layer, result: JSON.stringify(result), sizeBytes: BigInt(sizeBytes), ...bornNow() },
        });
        return true;
      } catch (error) {
        if (isDuplicate(error)) return false;
        throw error;
      }
    },
    async replaceLayer(key, { from, to }) {
      const { count } = await db.layer.updateMany({ where: { key, volume: from }, data: { volume: to, ...bornNow() } });
      return count > 0;
    },
    async useLayer(key) {
      const { count } = await db.layer.updateMany({ where: { key }, data: { lastUsedAt: new Date() } });
      const row = count > 0 && (await db.layer.findUnique({ where: { key } }));
      return row ? toRecord(row) : undefined;
    },
    async setLayerSize(key, sizeBytes) {
      await db.layer.updateMany({ where: { key }, data: { sizeBytes: BigInt(sizeBytes) } });
    },
    async removeLayer(key) {
      await db.layer.deleteMany({ where: { key } });
    },
    async dropLayer(key, lastUsedAt) {
      const { count } = await db.layer.deleteMany({ where: { key, lastUsedAt } });
      return count > 0;
    },
    async listLayers() {
      return (await db.layer.findMany({ orderBy: { createdAt: 'asc' } })).map(toRecord);
    },
    async layerSizes(stage, limit) {
      const newest = { where: { stage }, orderBy: { createdAt: 'desc' }, take: limit } as const;
      const rows = await db.layer.findMany({ ...newest, select: { sizeBytes: true } });
      return rows.map(({ sizeBytes }) => Number(sizeBytes));
    },
  };
}

function bornNow() {
  const now = new Date();
  return { createdAt: now, lastUsedAt: now };
}

function toRecord(row: Layer): LayerRecord {
  return {
    ...row,
    stage: AnyStageName.parse(row.stage),
    result: fromJson(LayerResult, row.result, 'Layer.result'),
    sizeBytes: Number(row.sizeBytes),
  };
}
