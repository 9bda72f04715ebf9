/** What may stand at a place of a text. */
export interface Completion {
  word: string;
  about: string;
  /** Where what it replaces begins; it ends at the caret. */
  from: number;
  /** What is written. */
  text: string;
}

export type Complete = (text: string, at: number) => Completion[];
