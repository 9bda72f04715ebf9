/** Parameters whose values may differ between architectures: `{ x86_64: linux-image-amd64, aarch64: linux-image-arm64 }`. */
import { type Architecture, architectures } from '../architecture.ts';
import { isRecord } from '../is-record.ts';

type Params = Readonly<Record<string, unknown>>;

/** The parameters as they are for an architecture; undefined where one of them has no value for it. */
export function forArchitecture(params: Params, arch: Architecture): Record<string, unknown> | undefined {
  const values: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(params)) {
    const differs = isByArchitecture(value);
    if (differs && !Object.hasOwn(value, arch)) return undefined;
    values[key] = differs ? value[arch] : value;
  }
  return values;
}

function isByArchitecture(value: unknown): value is Params {
  const known: readonly string[] = architectures;
  return isRecord(value) && Object.keys(value).length > 0 && Object.keys(value).every((key) => known.includes(key));
}
