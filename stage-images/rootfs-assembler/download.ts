/** download: fills the source store with what a lock names. The store is content-addressed: sha256/<hash>. */

import { join } from 'node:path';
import type { DownloadParams } from '../../src/stages/download/contract.ts';
import type { StageContext } from '../contract/program.ts';
import { readSourceEntries } from './apt-sources.ts';
import { fetchSources } from './fetch-sources.ts';
import { readStageNetwork, trustedCertificates } from './network.ts';
import { Reachable } from './reachable.ts';
import { WebClient } from './web-client.ts';

export async function download({ params, work, sources, progress, log }: StageContext<DownloadParams>) {
  progress(0, `looking at ${params.sources.length} files`);
  const network = await readStageNetwork(work);
  const mirrors = [...network.mirrors, ...(await ownMirrors())];
  const { snapshot } = network;
  const named = [...mirrors, ...(snapshot === null ? [] : [snapshot.replaceAll(/\{[^}]*\}/g, 'x')])];
  const reachable = new Reachable({ allowed: network.allowed, mirrors: named });
  const client = new WebClient(network, reachable, await trustedCertificates(network));
  const elsewhere = { mirrors, snapshot, dates: params.dates ?? [] };
  try {
    return await fetchSources(params.sources, join(sources, 'sha256'), { client, elsewhere, progress, log });
  } finally {
    await client.close();
  }
}

/** What the apt of this stage image asks, which is what locks are resolved from. */
async function ownMirrors(): Promise<string[]> {
  const uris = (await readSourceEntries('/etc/apt')).flatMap((entry) => entry.uris);
  return [...new Set(uris.map((uri) => uri.replace(/\/+$/, '')))].filter((uri) => URL.canParse(uri));
}
