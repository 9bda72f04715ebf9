/** The components that users added; the shipped ones are files. */
export interface ComponentRecord {
  kind: string;
  name: string;
  spec: Record<string, unknown>;
}

/** A component as it lies there, unchecked; `spec` is null when it is no JSON. */
export interface StoredComponent extends Omit<ComponentRecord, 'spec'> {
  spec: unknown;
}

export interface ComponentTable {
  /** Another number after every change of a component, whichever process made it. */
  componentsRevision(): Promise<number>;
  listComponents(): Promise<StoredComponent[]>;
  /** @throws LdfError `quota.reached`. */
  putComponent(component: ComponentRecord): Promise<void>;
  deleteComponent(kind: string, name: string): Promise<boolean>;
}
