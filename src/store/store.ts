/** What the rest of LDF knows of the database: plain records and a few atomic operations, one interface a table. Only src/store imports Prisma. */
import type { ArtifactTable } from './artifacts.ts';
import type { BuildTable } from './builds.ts';
import type { CacheTable } from './caches.ts';
import type { ChangeTable } from './changes.ts';
import type { ComponentTable } from './components.ts';
import type { DistributionTable } from './distributions.ts';
import type { LayerTable } from './layers.ts';
import type { LeaseTable } from './leases.ts';
import type { ResolvedKernelTable } from './resolved-kernels.ts';
import type { SourceTable } from './sources.ts';
import type { StageRunTable } from './stage-runs.ts';

export interface Store
  extends DistributionTable,
    ComponentTable,
    BuildTable,
    StageRunTable,
    LayerTable,
    CacheTable,
    ResolvedKernelTable,
    SourceTable,
    ArtifactTable,
    ChangeTable,
    LeaseTable {
  close(): Promise<void>;
  /** Resolves when the database answers. */
  ping(): Promise<void>;

  /** What is on disk by the rows, each content once. */
  storedBytes(): Promise<{ layers: number; sources: number; caches: number; artifacts: number }>;
}
