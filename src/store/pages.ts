/** A page of a list. */
/** A page of a list, newest first unless said otherwise; `cursor` is opaque and comes from the page before. */
export interface PageRequest {
  limit: number;
  cursor?: string | undefined;
}

export interface Page<Item> {
  items: Item[];
  nextCursor: string | null;
  /** Rows of this page that this version cannot read; absent without any. */
  unreadable?: { id: string; why: string }[];
}
