/** The content of an artifact, read once: it is named by its hash. */
import { queryOptions } from '@tanstack/react-query';
import type { Artifact } from '../../../../model/artifact.ts';
import { client } from '../../../api.ts';
import { readBlob } from '../../../parts/save-file.ts';

/** More than any console or bill of materials has. */
const mostBytes = 64 << 20;

export const contentQuery = ({ id, sha256, sizeBytes }: Artifact) =>
  queryOptions({
    queryKey: ['artifact', id, sha256],
    queryFn: async ({ signal }) => {
      const range = { start: 0, end: Math.min(sizeBytes, mostBytes) - 1 };
      const content = await client.artifacts.content(id, sizeBytes > mostBytes ? { range, signal } : { signal });
      return new Uint8Array(await (await readBlob(content, '')).arrayBuffer());
    },
    staleTime: Number.POSITIVE_INFINITY,
  });

/** Where a browser downloads it. */
export function contentPath(id: string): string {
  return `/v1/artifacts/${encodeURIComponent(id)}/content`;
}
