/** What apt has to be told of the network. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { StageNetwork } from '../../../src/stages/network.ts';
import { trustedCertificates } from '../../network.ts';

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
