/** The words that messages and pages are written in: plain English, and one word for one thing (docs/GLOSSARY.md). */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { type SourceText, sourceFiles, textsOf } from '../../fixtures/words/texts.ts';

/** What no text says, and what it says instead. */
const banned: readonly { words: RegExp; instead: string }[] = [
  { words: /\bfaults?\b/i, instead: 'error or problem' },
  { words: /\bmend(s|ed|ing)?\b/i, instead: 'fix' },
  // A name begins with a letter; a build starts.
  { words: /\bbeg(in|ins|an|un)\b(?! with [`"'./\w{]+[,.;:{]?$)/i, instead: 'start' },
  { words: /\b(go|goes|going|went|gone) on\b/i, instead: 'continue' },
  { words: /\bread(s|ing)? on\b/i, instead: 'continue' },
  { words: /\blet(s|ting)? go\b/i, instead: 'drop, release or remove' },
  { words: /\bin force\b/i, instead: 'current' },
  { words: /\bwhat there is\b/i, instead: 'what exists' },
  { words: /\b(has|have) booted out\b/i, instead: 'boots each one to prove it works' },
  { words: /\bit has booted\b/i, instead: 'booted' },
  { words: /\bis like that\b|\bhas all of that\b/i, instead: 'no matching' },
  { words: /\bit is over\b|\bsession is over\b/i, instead: 'ended' },
  { words: /\b(cannot|can't) be had\b/i, instead: 'not available' },
  { words: /\btakes part in\b/i, instead: 'conflicts with' },
  { words: /\bputs? out\b/i, instead: 'writes' },
  { words: /\bfrom nothing\b/i, instead: 'from scratch' },
  { words: /\bof (your|one's) own\b/i, instead: 'custom' },
  { words: /\bnot right\b/i, instead: 'outdated' },
  { words: /\bas (it was|things are)\b/i, instead: 'what it was or is' },
  { words: /\bmade of\b/i, instead: 'components' },
  { words: /\bcame? of it\b/i, instead: 'the result' },
  { words: /\bask(s|ed|ing)? again\b/i, instead: 'retry' },
  { words: /\bfor good\b/i, instead: 'permanently' },
  { words: /\b(lock|it) does not answer\b/i, instead: 'not pinned yet' },
  { words: /^(keep it|leave it|not now)$/i, instead: 'Cancel' },
  { words: /\btake .*\bhome\b/i, instead: 'download' },
  { words: /\b(least level|most that|longest time)\b/i, instead: 'minimum or maximum' },
];

/** Files that are still to be rewritten. This list only gets shorter. */
const exceptions = [
  'src/cli/build.ts',
  'src/cli/gc.ts',
  'src/cli/images.ts',
  'src/cli/init.ts',
  'src/cli/output/failure.ts',
  'src/cli/output/reproducible.ts',
  'src/cli/program.ts',
  'src/cli/retry.ts',
  'src/cli/schema.ts',
  'src/cli/verify.ts',
  'src/webui/views/build/actions/retry-dialog.tsx',
  'src/webui/views/build/actions/use-delete.tsx',
  'src/webui/views/build/actions/use-verify.tsx',
  'src/webui/views/build/timeline/timeline.tsx',
  'src/webui/views/build/verification.tsx',
  'src/webui/views/distribution-form/beginning.ts',
  'src/webui/views/distribution-form/review.tsx',
  'src/webui/views/distribution/actions.tsx',
];

/** They hold programs in other languages, which nobody reads as text. */
const programs = ['parts/checks/systemd/systemd.ts', 'src/store/sqlite/migrate.ts'];

/** As `stage.fault`: part of the API, and never shown without its title. */
const errorCode = /^[a-z-]+\.[a-z-]+$/;

function broken({ text }: SourceText): string[] {
  if (errorCode.test(text)) return [];
  return banned.filter(({ words }) => words.test(text)).map(({ instead }) => instead);
}

const found = sourceFiles(['src', 'parts', 'stage-images'])
  .flatMap((path) => textsOf(path))
  .flatMap((text) => broken(text).map((instead) => ({ ...text, instead })));

describe('texts in the source', () => {
  it('are in plain English', () => {
    const rest = found.filter(({ path }) => !exceptions.includes(path) && !programs.includes(path));
    expect(rest.map(({ path, line, text, instead }) => `${path}:${line}: "${text}" (better: ${instead})`)).toEqual([]);
  });

  it('are literals, templates, attributes and the text between tags, but not comments or names of modules', () => {
    const source = [
      "import { mend } from './mend.ts'; // mend",
      ['const told = `mend $', '{count} things`;'].join(''),
      '/** mend */',
      "export const View = () => <p title='mend it'>\n  mend\n  this\n</p>;",
      "const Schema = z.string().describe('mend');",
    ].join('\n');
    expect(textsOf('view.tsx', source).map(({ line, text }) => `${line} ${text}`)).toEqual([
      '2 mend {} things',
      '4 mend it',
      '5 mend this',
      '8 mend',
    ]);
  });
});

it('the README is in plain English', () => {
  const lines = readFileSync('README.md', 'utf8').split('\n');
  const wrong = lines.filter((text) => broken({ path: 'README.md', line: 0, text }).length > 0);
  expect(wrong).toEqual([]);
});
