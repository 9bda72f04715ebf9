/** A failure in its parts: the sentence, what else there is to say of it, and the lines that show it. Nothing twice. Pure. */
import type { Failure } from '../../../../model/problem.ts';
import { placeName } from './fix-words.ts';

export interface ToldFailure {
  what: string;
  /** One for each further problem. */
  also: { place: string; text: string }[];
  hint: string | undefined;
  /** Of a terminal or a tool. */
  evidence: string[];
}

/** What failed before there was evidence has it in its messages, behind the first line. */
export function tellFailure({ message, hint, details }: Failure): ToldFailure {
  const [what = '', ...rest] = message.split('\n');
  const heard = details.flatMap(({ evidence = [] }) => evidence);
  const behind = details.flatMap((detail) => detail.message.split('\n').slice(1));
  const evidence = [heard, rest, behind].find((lines) => lines.length > 0) ?? [];
  const also = details.flatMap((detail) => {
    const text = detail.message.split('\n')[0] ?? '';
    const place = placeName(detail.pointer);
    const isNew = !repeats(text, what) && !evidence.includes(text);
    const way = detail.hint !== undefined && detail.hint !== hint ? detail.hint : '';
    if (!isNew) return details.length > 1 && way !== '' ? [{ place, text: way }] : [];
    return [{ place, text: [text, way].filter((part) => part !== '').join(' ') }];
  });
  const seen = heard.length > 0 ? behind.filter((line) => !line.endsWith(':')) : [];
  return {
    what,
    also: [
      ...(details.length === 1 && alreadySaid(details[0]?.message, what) ? [] : also),
      ...seen.map((line) => ({ place: '', text: line.trim() })),
    ],
    hint: hint ?? undefined,
    evidence,
  };
}

/** Whether a text says the same as a sentence, or the beginning of it. */
function repeats(text: string, what: string): boolean {
  const words = plain(text);
  const said = plain(what);
  return said.startsWith(words) || words.startsWith(said) || said.includes(words);
}

/** `must be at least 949M` of a sentence that ends in `it needs at least 949M.` */
function alreadySaid(text: string | undefined, what: string): boolean {
  const rest = plain(text ?? '').replace(/^must be /, '');
  return rest !== '' && plain(what).includes(rest);
}

function plain(text: string): string {
  return text.trim().replace(/\.$/, '').toLowerCase();
}
