/** A tar that several look at: what it tells of its entries is read once, when it is first asked for. */
import { readTarEntries, type TarContent } from './tar-entries.ts';

export class TarArchive {
  readonly path: string;
  #content: Promise<TarContent> | undefined;

  constructor(path: string) {
    this.path = path;
  }

  /** @throws Error for what is no tar, or one that ends before its end mark. */
  content(): Promise<TarContent> {
    this.#content ??= readTarEntries(this.path);
    return this.#content;
  }
}
