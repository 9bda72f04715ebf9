/**
 * Where a file lies that a part has beside its code, such as a script that goes into images: in the stage image that is
 * beside the program, under the part's folder, as it is here in the source.
 */
export function partFile(path: `${string}/${string}/${string}`): URL {
  return new URL(`./${path}`, import.meta.url);
}
