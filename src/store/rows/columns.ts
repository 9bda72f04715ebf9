/** What a column cannot hold by itself: JSON checked on its way out, and the places of a list. */
import * as z from 'zod';
import { jsonPointer, LdfError, printable } from '../../errors.ts';
import { Prisma } from '../generated/client.ts';
import type { Page, PageRequest } from '../pages.ts';

/** Reads a JSON column. @throws LdfError `internal` when it does not hold what `schema` says. */
export function fromJson<Schema extends z.ZodType>(schema: Schema, text: string, column: string): z.infer<Schema> {
  const parsed = schema.safeParse(jsonOf(text));
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const why = issue ? `${jsonPointer(issue.path) || 'it'}: ${issue.message}` : 'it is malformed';
  throw new LdfError('internal', `The database holds an unreadable ${column} (${why}).`, {
    hint: 'It was written by another version of LDF; run that one or restore a backup.',
  });
}

/** undefined, which no column's schema takes, for what is no JSON. */
function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

export function fromNullableJson<Schema extends z.ZodType>(
  schema: Schema,
  text: string | null,
  column: string,
): z.infer<Schema> | null {
  return text === null ? null : fromJson(schema, text, column);
}

export function toNullableJson(value: unknown): string | null {
  return value === null || value === undefined ? null : JSON.stringify(value);
}

/** A row's place in a list that is sorted by creation, newest first. */
interface Place {
  createdAt: Date;
  id: string;
}

/** What Prisma takes to continue after a cursor. @throws LdfError `request.invalid` for a cursor that is none of ours. */
export function afterCursor(cursor: string | undefined) {
  if (cursor === undefined) return {};
  const [time, id] = Buffer.from(cursor, 'base64url').toString('utf8').split(' ');
  const createdAt = new Date(Number(time));
  if (!id || !/^[0-9a-z]{26}$/.test(id) || Number.isNaN(createdAt.getTime()))
    throw new LdfError('request.invalid', 'The cursor is not one of this list.', {
      details: [
        {
          pointer: '/cursor',
          message: 'is not a cursor of this list',
          value: printable(cursor),
          hint: 'Take nextCursor from the page before.',
        },
      ],
    });
  return { OR: [{ createdAt: { lt: createdAt } }, { createdAt, id: { lt: id } }] };
}

export const newestFirst = [{ createdAt: 'desc' }, { id: 'desc' }] satisfies { [key in keyof Place]?: 'desc' }[];

/**
 * Makes a page of `limit` rows out of `limit + 1`: the one too many says that there is more. A row that cannot be read is
 * named, and the others are there all the same.
 */
export function toPage<Row extends Place, Item>(
  rows: readonly Row[],
  { limit }: PageRequest,
  convert: (row: Row) => Item,
): Page<Item> {
  const shown = rows.slice(0, limit);
  const last = shown.at(-1);
  const more = rows.length > limit && last;
  const items: Item[] = [];
  const unreadable: { id: string; why: string }[] = [];
  for (const row of shown) {
    try {
      items.push(convert(row));
    } catch (error) {
      if (!(error instanceof LdfError || error instanceof z.ZodError)) throw error;
      unreadable.push({
        id: row.id,
        why: error instanceof LdfError ? error.message : 'The row is of another version.',
      });
    }
  }
  return {
    items,
    nextCursor: more ? Buffer.from(`${last.createdAt.getTime()} ${last.id}`).toString('base64url') : null,
    ...(unreadable.length > 0 ? { unreadable } : {}),
  };
}

/** Whether a write failed because there is such a row already (P2002). */
export function isDuplicate(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === 'P2002';
}

/** Whether a write failed because the row it refers to is gone (P2003) or it found nothing to change (P2025). */
export function isMissing(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && ['P2003', 'P2025'].includes(error.code);
}
