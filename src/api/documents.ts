/**
 * The bodies that hold a definition, a lock or a component: what people write, up to many megabytes of it. Who reads them
 * need not be on the thread that answers requests.
 */
import * as z from 'zod';
import { boundedRecord, bounds } from '../definition/bounds.ts';
import type { Definition } from '../definition/definition.ts';
import { parseDefinition, readYaml } from '../definition/parse.ts';
import { ValidateRequest } from '../model/check.ts';
import { DistributionInput } from '../model/distribution.ts';
import { LockDraftRequest } from '../model/lock.ts';
import { KernelConfigRequest } from '../model/queries.ts';
import { type BodyReading, readBodyText } from './body-text.ts';

const definitionParts = { definition: 'definition.invalid', lock: 'lock.invalid' } as const;

/** JSON with the definition under `definition`, or the bare definition as YAML. */
function withDefinition<Schema extends z.ZodType>(schema: Schema) {
  return {
    schema,
    partCodes: definitionParts,
    yaml: (text: string) => ({ definition: readYaml(text) }),
  } satisfies BodyReading<Schema>;
}

/** By the names that the OpenAPI document gives them. */
export const documents = {
  DistributionInput: withDefinition(DistributionInput),
  ValidateRequest: withDefinition(ValidateRequest),
  LockDraftRequest: withDefinition(LockDraftRequest),
  KernelConfigRequest: withDefinition(KernelConfigRequest),
  ComponentInput: {
    schema: boundedRecord(z.string().max(bounds.lineLength), z.unknown(), bounds.keys),
    code: 'component.invalid',
    what: 'The component',
    yaml: (text: string) => readYaml(text, 'component.invalid'),
  },
} as const satisfies Record<string, BodyReading<z.ZodType>>;

export type DocumentName = keyof typeof documents;
export type DocumentOf<Name extends DocumentName> = z.output<(typeof documents)[Name]['schema']>;

export interface DocumentReader {
  /** Reads a body; its bytes are the reader's from then on. @throws LdfError as `readBodyText` does. */
  body<Name extends DocumentName>(name: Name, bytes: Uint8Array<ArrayBuffer>, yaml: boolean): Promise<DocumentOf<Name>>;
  /** Checks a definition. @throws LdfError `definition.invalid`. */
  definition(value: unknown): Promise<Definition>;
}

/** Reads a body. @throws LdfError as `readBodyText` does. */
export function readDocument<Name extends DocumentName>(
  name: Name,
  bytes: Uint8Array<ArrayBuffer>,
  yaml: boolean,
): DocumentOf<Name> {
  const reading: BodyReading<z.ZodType> = documents[name];
  return readBodyText(bytes, yaml, reading) as DocumentOf<Name>;
}

/** Reads at once, on the thread of whoever asks. */
export const readAtOnce: DocumentReader = {
  body: async (name, bytes, yaml) => readDocument(name, bytes, yaml),
  definition: async (value) => parseDefinition(value),
};
