/** The network as the server is set to reach it. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { undefinedIfMissing } from '../src/missing-file.ts';
import { networkFile, StageNetwork, straightNetwork } from '../src/stages/network.ts';

/** The certificates that Debian trusts, in one file. */
const systemCertificates = '/etc/ssl/certs/ca-certificates.crt';

/** @param work the stage's scratch folder */
export async function readStageNetwork(work: string): Promise<StageNetwork> {
  const text = await readFile(join(work, networkFile), 'utf8').catch(undefinedIfMissing);
  return text === undefined ? straightNetwork : StageNetwork.parse(JSON.parse(text));
}

/** All certificates that are trusted, as PEM; undefined when there are none besides the usual ones. */
export async function trustedCertificates({ certificates }: StageNetwork): Promise<string | undefined> {
  if (certificates === null) return undefined;
  const usual = await readFile(systemCertificates, 'utf8').catch(undefinedIfMissing);
  return `${usual ?? ''}\n${certificates}\n`;
}
