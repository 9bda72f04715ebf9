/** download: fills the source store with what a lock names. The store is content-addressed: sha256/<hash>. */

import { join } from 'node:path';
import { readStageNetwork, trustedCertificates } from '../../parts/network.ts';
import { makePart } from '../../parts/part.ts';
import { sourceMakers } from '../../parts/sources/makers.ts';
import { userlands } from '../../parts/userlands/index.ts';
import type { DownloadParams, WantedFile } from '../../src/stages/download/contract.ts';
import type { StageContext } from '../contract/program.ts';
import { fetchSources } from './fetch-sources.ts';
import { Reachable } from './reachable.ts';
import { RunWeb } from './run-web.ts';
import { WebClient } from './web-client.ts';

export async function download({ params, work, sources, progress, log }: StageContext<DownloadParams>) {
  progress(0, `looking at ${params.sources.length} files`);
  const network = await readStageNetwork(work);
  // Asked of all: a lock does not say which userland its packages are of.
  const own = await Promise.all(Object.values(userlands).map((userland) => userland.mirrors()));
  const mirrors = [...network.mirrors, ...new Set(own.flat())];
  const { snapshot } = network;
  const named = [...mirrors, ...(snapshot === null ? [] : [snapshot.replaceAll(/\{[^}]*\}/g, 'x')])];
  const reachable = new Reachable({ allowed: network.allowed, mirrors: named });
  const client = new WebClient(network, reachable, await trustedCertificates(network));
  const elsewhere = { mirrors, snapshot, dates: params.dates ?? [] };
  try {
    const making = { web: new RunWeb({ client, log }), work, log };
    const make = async ({ madeBy, url }: WantedFile, target: string) => {
      if (madeBy) await makePart('maker of sources', sourceMakers, madeBy).make(making, url, target);
    };
    return await fetchSources(params.sources, join(sources, 'sha256'), { client, elsewhere, make, progress, log });
  } finally {
    await client.close();
  }
}
