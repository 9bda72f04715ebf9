/** What the API is made of: interfaces alone, and no more of each than it uses. */
import type { Logger } from 'pino';
import type { AccessControl } from '../access/access-control.ts';
import type { ArtifactStore } from '../artifacts/artifact-store.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { BuildService } from '../engine/service.ts';
import type { KeySets } from '../keys/key-sets.ts';
import type { SettingStatus } from '../model/system.ts';
import type { StageImageService } from '../runtime/images.ts';
import type { StageRuntime } from '../runtime/runtime.ts';
import type { Store } from '../store/store.ts';
import type { DocumentReader } from './documents.ts';

export interface ApiServices {
  access: AccessControl;
  builds: Omit<BuildService, 'start' | 'stop'>;
  store: Pick<
    Store,
    | 'createDistribution'
    | 'updateDistribution'
    | 'getDistribution'
    | 'ping'
    | 'listDistributions'
    | 'noteComponents'
    | 'deleteDistribution'
    | 'getLocks'
    | 'lockDates'
    | 'setLock'
    | 'lastBuilds'
    | 'putComponent'
    | 'deleteComponent'
    | 'countBuilds'
    | 'stageTotals'
    | 'failureTotals'
    | 'getArtifact'
    | 'listArtifacts'
    | 'lastChange'
    | 'changesAfter'
    | 'noteChange'
    | 'forgetChanges'
  >;
  /** Reads what people write, without keeping other requests waiting. */
  documents: DocumentReader;
  artifacts: Pick<ArtifactStore, 'read'>;
  keys: Pick<KeySets, 'list' | 'find' | 'create' | 'addArtifactKey' | 'remove'>;
  images: Omit<StageImageService, 'list' | 'resolve'>;
  runtime: Pick<StageRuntime, 'info'>;
  /** The shipped components and the users' own, as they are now. */
  catalog: () => Promise<Catalog>;
  log: Logger;
  /** Host names under which the API answers; undefined: under any. */
  allowedHosts: readonly string[] | undefined;
  dataDir: string;
  /** The settings that the server was started with. */
  settings: readonly SettingStatus[];
  /** Definitions to begin with, shipped as files. */
  examplesDir: string;
  /** What `npm run build` made of the web UI. */
  webuiDir: string;
  version: string;
  /** Fires when the server stops: streams that never end by themselves end then. */
  stopping: AbortSignal;
}
