/**
 * What a script inside the guest tells over the second serial port, line by line, each a word and what belongs to it: `start`,
 * `cmdline`, `root`, `active UNIT`, `failed UNIT RESULT`, `journal UNIT LINE`, `dark`, `answer N LINE`, `answered N`, `end`.
 */
import { meaningOf } from '../../src/definition/command-line.ts';
import { shellWord } from '../../src/shell-word.ts';
import type { CheckReport, Expected, Problem } from './check.ts';

export const prefix = 'ldf-check ';
/** Of a system where everything fails, so many units tell enough. */
const maxUnits = 50;
/** The script asks for so many lines of a unit's journal; a port that says more of it is not our script. */
export const maxJournalLines = 5;
/** Active targets that are kept: a system has some 30. */
const maxActive = 500;
/** A question's program has so long, and so much of what it prints is read. */
const answerSeconds = 60;
const maxAnswerLines = 20;
/** Unit names have at most so many characters (systemd.unit(5)). */
const maxUnitName = 255;
/** A command line is no longer than this (COMMAND_LINE_SIZE). */
const maxCommandLine = 2048;
/** A name of a file system, in the kernel's list of them. */
const fileSystemName = /^[a-z0-9._-]{1,31}$/;
/** Of a line of a journal, so much is kept. */
const maxTextLength = 1000;

/** In what one init system's report differs from another's. */
export interface Own {
  /** What the check itself runs as; its own failure is no problem of the image. */
  name: string;
  /** What to do about a unit that failed. */
  failedHint: string;
  /** Of a screen that stays dark; absent where nobody looks. */
  dark?: Problem;
}

/** Reads the check's lines; whatever else the port says (firmware uses it, too) is passed over. */
export class GuestReport implements CheckReport {
  readonly #expected: Expected;
  #begun = false;
  #ended = false;
  #dark = false;
  #commandLine: string | undefined;
  #root: readonly string[] = [];
  readonly #failed = new Map<string, { result: string; journal: string[] }>();
  readonly #active = new Set<string>();

  /** By a question's number, what the guest has answered so far, and whether that was all. */
  readonly #answers = new Map<number, { lines: string[]; over: boolean }>();

  readonly #own: Own;

  constructor(expected: Expected, own: Own) {
    this.#expected = expected;
    this.#own = own;
  }

  get begun(): boolean {
    return this.#begun;
  }

  get ended(): boolean {
    return this.#ended;
  }

  /**
   * One problem for each failed unit, with the end of its journal as evidence; one for a screen that stays dark, one for lost
   * words, and one for each question with another answer.
   */
  get problems(): Problem[] {
    const { dark: darkProblem } = this.#own;
    const dark = this.#dark && this.#expected.screen && darkProblem ? [darkProblem] : [];
    return [...this.#unitProblems(), ...dark, ...this.#wordProblems(), ...this.#answerProblems()];
  }

  #answerProblems(): Problem[] {
    return this.#expected.questions.flatMap(({ what, command, matches, hint }, index) => {
      const { lines, over } = this.#answers.get(index) ?? { lines: [], over: false };
      if (!over || lines.some(matches)) return [];
      return [
        {
          code: 'boot.answer',
          message: `it does not show that ${what}`,
          hint: hint ?? `See what \`${command.join(' ')}\` says in the guest: boot the image and look.`,
          evidence: lines.length > 0 ? lines.join('\n') : `${command.join(' ')} printed nothing`,
        },
      ];
    });
  }

  /** Words are compared by what they mean: boot loaders differ in how they quote. */
  #wordProblems(): Problem[] {
    const line = this.#commandLine;
    if (line === undefined) return [];
    const present = new Set(meaningOf(line));
    const lost = this.#expected.words.filter((word) => meaningOf(word).some((meant) => !present.has(meant)));
    if (lost.length === 0) return [];
    return [
      {
        code: 'boot.cmdline-lost',
        message: `its kernel was started without ${lost.join(' ')}`,
        hint: 'See whether the boot loader can hand such words over; without quotes and backslashes every one can.',
        evidence: line,
      },
    ];
  }

  #unitProblems(): Problem[] {
    return [...this.#failed].map(([unit, { result, journal }]) => ({
      code: 'boot.unit-failed',
      message: `${unit} failed (${result})`,
      hint: this.#own.failedHint,
      ...(journal.length === 0 ? {} : { evidence: journal.join('\n') }),
    }));
  }

  /** Which file system the root is, and where that is a layer, what lies below it. */
  get notes(): readonly string[] {
    return this.#root.length > 0 ? [`/ is ${this.#root.join(' over ')}`] : [];
  }

  isActive(unit: string): boolean {
    return this.#active.has(unit);
  }

  heard(line: string): void {
    if (!line.startsWith(prefix)) return;
    const [word, unit = '', ...rest] = line.slice(prefix.length).split(' ');
    if (word === 'cmdline') this.#commandLine = line.slice(`${prefix}cmdline `.length, maxCommandLine + prefix.length);
    else if (word === 'start') this.#begun = true;
    else if (word === 'end') this.#ended = this.#begun;
    else if (word === 'dark') this.#dark = true;
    else if (word === 'root') this.#root = [unit, ...rest].filter((name) => fileSystemName.test(name)).slice(0, 2);
    else if (word === 'answer' || word === 'answered')
      this.#sawAnswer(Number(unit), word === 'answered', rest.join(' '));
    if (unit.length > maxUnitName) return;
    const text = rest.join(' ').slice(0, maxTextLength);
    if (word === 'active') this.#sawActive(unit);
    else if (word === 'failed') this.#sawFailed(unit, text);
    else if (word === 'journal') this.#sawJournal(unit, text);
  }

  #sawAnswer(index: number, over: boolean, line: string): void {
    if (this.#expected.questions[index] === undefined) return;
    const answer = this.#answers.get(index) ?? { lines: [], over: false };
    this.#answers.set(index, answer);
    if (over) answer.over = true;
    else if (answer.lines.length < maxAnswerLines) answer.lines.push(line.slice(0, maxTextLength));
  }

  #sawActive(unit: string): void {
    if (this.#active.size < maxActive) this.#active.add(unit);
  }

  #sawFailed(unit: string, result: string): void {
    if (unit === this.#own.name || this.#failed.has(unit) || this.#failed.size >= maxUnits) return;
    this.#failed.set(unit, { result, journal: [] });
  }

  #sawJournal(unit: string, text: string): void {
    const journal = this.#failed.get(unit)?.journal;
    if (journal && journal.length < maxJournalLines) journal.push(text);
  }
}

/**
 * Lines of a shell script with which every answer opens: the kernel's command line, and which file systems / is of. Like all lines
 * here they are for any sh and any system's tools; what is mounted last at a place is what is seen there.
 */
export const opening = `echo ${prefix}start
read -r line </proc/cmdline && printf '${prefix}cmdline %s\\n' "$line"
type_of() {
  found=
  while read -r source place type rest; do if [ "$place" = "$1" ]; then found=$type; fi; done </proc/mounts
  echo "$found"
}
echo ${prefix}root $(type_of /) $(type_of /run/overlay/lower)
`;

/** Lines of a shell script that puts a question and tells the answer; timeout(1) ends what hangs. */
export function askedInShell(command: readonly string[], index: number): string {
  return `timeout ${answerSeconds} ${command.map(shellWord).join(' ')} 2>&1 </dev/null | head -n ${maxAnswerLines} |
  while IFS= read -r line; do printf '${prefix}answer ${index} %s\\n' "$line"; done
echo ${prefix}answered ${index}
`;
}
