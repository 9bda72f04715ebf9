/** The network as the server is set to reach it: read once, and what apt has to be told of it. */
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { undefinedIfMissing } from '../../src/missing-file.ts';
import { networkFile, StageNetwork, straightNetwork } from '../../src/stages/network.ts';

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

/** The environment that apt's download methods go by (apt-transport-http(1)). */
export function aptEnvironment({ httpProxy, httpsProxy, noProxy }: StageNetwork): Record<string, string> {
  return {
    ...(httpProxy === null ? {} : { http_proxy: httpProxy }),
    ...(httpsProxy === null ? {} : { https_proxy: httpsProxy }),
    ...(noProxy.length === 0 ? {} : { no_proxy: noProxy.join(',') }),
  };
}

/** A line of apt's without the passwords of proxies, which apt puts into some of its errors. */
export function withoutPasswords(line: string, { httpProxy, httpsProxy }: StageNetwork): string {
  let shown = line;
  for (const proxy of [httpProxy, httpsProxy]) {
    const password = proxy === null ? '' : new URL(proxy).password;
    for (const secret of new Set([password, decodeURIComponent(password)]))
      if (secret !== '') shown = shown.replaceAll(secret, '…');
  }
  return shown;
}

/** Lines of apt's configuration about certificates; the file they name is written into `folder`. */
export async function aptCertificates(network: StageNetwork, folder: string): Promise<[string, string][]> {
  const certificates = await trustedCertificates(network);
  if (certificates === undefined) return [];
  const file = join(folder, 'certificates.pem');
  await writeFile(file, certificates);
  return [['Acquire::https::CAInfo', file]];
}
