/** Layers: results of stages, by content key. */
import type { StageResult } from '../stages/contract.ts';
import type { StageName } from '../stages/names.ts';

export interface LayerRecord {
  /** The content key; of a verification's own layer, which nobody else is to find, what `layerKey` makes of it. */
  key: string;
  stage: StageName;
  volume: string;
  result: Extract<StageResult, { ok: true }>;
  /** What it takes on disk, as far as that is known. */
  sizeBytes: number;
  createdAt: Date;
  lastUsedAt: Date;
}

export interface LayerTable {
  getLayer(key: string): Promise<LayerRecord | undefined>;
  findLayers(keys: readonly string[]): Promise<LayerRecord[]>;
  /** The commit of a layer. false when the key has one already. */
  addLayer(layer: Omit<LayerRecord, 'createdAt' | 'lastUsedAt'>): Promise<boolean>;
  /** Gives a layer a fresh volume of the same content. false when `from` is not its volume any more. */
  replaceLayer(key: string, volumes: { from: string; to: string }): Promise<boolean>;
  /** A layer that counts as used from now on, so that `dropLayer` of who looked before leaves it alone. */
  useLayer(key: string): Promise<LayerRecord | undefined>;
  setLayerSize(key: string, sizeBytes: number): Promise<void>;
  removeLayer(key: string): Promise<void>;
  /** Removes a layer unless it was used since `lastUsedAt`; false when it was. */
  dropLayer(key: string, lastUsedAt: Date): Promise<boolean>;
  listLayers(): Promise<LayerRecord[]>;
  /** Sizes of the newest `limit` layers of a stage. */
  layerSizes(stage: StageName, limit: number): Promise<number[]>;
}
