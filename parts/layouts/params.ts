/** The parameters of every layout part, and the types of partitions that it knows, without its code. */
import { DiskParams, diskPartitionTypes } from './disk/params.ts';

export const layoutParams = { disk: DiskParams } as const;

/** Types of partitions by what they are for. Some are others for another architecture. */
export const layoutPartitionTypes = { disk: diskPartitionTypes } as const satisfies Readonly<
  Record<keyof typeof layoutParams, unknown>
>;
