import { z } from 'zod';
import { StageNameShape } from '../shapes/shapes.ts';
import { StageOutput } from '../stages/contract.ts';
import { fromJson, isDuplicate } from './columns.ts';
import type { Layer, PrismaClient } from './generated/client.ts';
import type { LayerRecord, Store } from './store.ts';

type LayerRows = Pick<
  Store,
  'getLayer' | 'findLayers' | 'addLayer' | 'replaceLayer' | 'touchLayers' | 'removeLayer' | 'listLayers'
>;

/** A layer's result is always a good one. */
const LayerResult = z.strictObject({ ok: z.literal(true), outputs: z.array(StageOutput), data: z.unknown() });

export function layerRows(db: PrismaClient): LayerRows {
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
    async touchLayers(keys) {
      await db.layer.updateMany({ where: { key: { in: [...keys] } }, data: { lastUsedAt: new Date() } });
    },
    async removeLayer(key) {
      await db.layer.deleteMany({ where: { key } });
    },
    async listLayers() {
      return (await db.layer.findMany({ orderBy: { createdAt: 'asc' } })).map(toRecord);
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
    stage: StageNameShape.parse(row.stage),
    result: fromJson(LayerResult, row.result, 'Layer.result'),
    sizeBytes: Number(row.sizeBytes),
  };
}
