/** What has changed, in order, whichever process on this database made the change. */

export const changeTopics = ['build', 'queue', 'distribution', 'component', 'stage-images'] as const;
export type ChangeTopic = (typeof changeTopics)[number];

/** A thing that was made, changed or removed. Of each there is the newest change alone. */
export interface ChangeRecord {
  /** Grows with every change. */
  seq: number;
  topic: ChangeTopic;
  /** The id of a build or distribution, kind/name of a component; empty where there is one alone. */
  subject: string;
}

export interface ChangeTable {
  /** The number of the newest change; 0 when there was none. */
  lastChange(): Promise<number>;
  /** The next `limit` changes after a number, in order. */
  changesAfter(seq: number, limit: number): Promise<ChangeRecord[]>;
  /** Notes a change of what is not in the database. */
  noteChange(topic: ChangeTopic, subject: string): Promise<void>;
  /** Removes the changes up to a number. */
  forgetChanges(upTo: number): Promise<void>;
}
