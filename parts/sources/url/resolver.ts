/** What of the file is not in the definition: its size, which the lock keeps. */
import { versionInName } from '../../../src/definition/kernel-series.ts';
import { definePart } from '../../part.ts';
import { isOfSeries } from '../newest-package.ts';
import { filenameOf } from '../published-file.ts';
import { mostSourceBytes, type SourceResolver } from '../source.ts';
import { UrlParams } from './params.ts';

export const urlResolver = definePart(UrlParams, ({ url, sha256 }): SourceResolver => {
  const filename = filenameOf(url, sha256);
  return {
    asks: `the size of ${filename}`,
    async resolve({ web }, { wishesSha256, version: wanted }, previous) {
      const named = versionInName(filename);
      const version = named !== undefined && isOfSeries(named, wanted) ? named : wanted;
      const known = previous?.sources.find((source) => source.sha256 === sha256);
      const { sizeBytes, changedAt } = known
        ? { sizeBytes: known.sizeBytes, changedAt: previous?.sourceDate ?? 0 }
        : await web.facts(url, { pointer: '/kernel/url', mostBytes: mostSourceBytes });
      const source = { url, sha256, sizeBytes, filename, name: 'linux', version };
      return { wishesSha256, sourceDate: changedAt, version, sources: [source] };
    },
    finished: () => undefined,
  };
});
