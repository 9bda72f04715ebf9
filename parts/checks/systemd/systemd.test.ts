import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from 'vitest';
import type { Question } from '../check.ts';
import { systemdCheckStrings, systemdReport } from './systemd.ts';

const run = promisify(execFile);
let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'boot-tester-'));
});
afterEach(() => rm(folder, { recursive: true }));

/** The text of a credential among the strings. */
function credential(name: string, commands: readonly (readonly string[])[] = []): string {
  const start = `io.systemd.credential.binary:${name}=`;
  const string =
    systemdCheckStrings(commands, 'ttyS1').find((string) => string.startsWith(start)) ??
    expect.fail(`there is no ${name}`);
  return Buffer.from(string.slice(start.length), 'base64').toString();
}

/** The script of the unit, unquoted as systemd.service(5) says. */
function script(questions: readonly Question[] = []): string {
  const commands = questions.map(({ command }) => command);
  const [, text] =
    /^ExecStart=-\/bin\/sh -c "(.*)"$/m.exec(credential('systemd.extra-unit.ldf-check.service', commands)) ?? [];
  return (text ?? expect.fail('the unit runs no script')).replace(
    /\\n|\\(.)|\$\$|%%/g,
    (quoted, char: string | undefined) => (quoted === '\\n' ? '\n' : (char ?? quoted.charAt(0))),
  );
}

/** Stands in for sleep(1): tells how often it was called. */
const slept = 'echo "$1" >>"$(dirname "$0")/slept"';

/** Runs the script where systemctl and journalctl are the given shell scripts, and reads what it reports. */
async function report(
  systemctl: string,
  journalctl: string,
  loginctl = 'exit 1',
  questions: readonly Question[] = [],
): Promise<ReturnType<typeof systemdReport>> {
  const port = join(folder, 'ttyS1');
  for (const [name, text] of Object.entries({ systemctl, journalctl, loginctl, sleep: slept }))
    await writeFile(join(folder, name), `#!/bin/sh\n${text}\n`, { mode: 0o755 });
  await run('/bin/sh', ['-c', script(questions).replace('/dev/ttyS1', port)], {
    env: { PATH: [folder, process.env.PATH].join(delimiter) },
  });
  const heard = systemdReport({ screen: true, words: [], questions });
  for (const line of (await readFile(port, 'utf8')).split('\n')) heard.heard(line);
  return heard;
}

test('the file system of / is told, and what lies below it; a port that says something else is not believed', () => {
  const notesOf = (...lines: string[]) => {
    const heard = systemdReport({ screen: false, words: [], questions: [] });
    for (const line of lines) heard.heard(`ldf-check ${line}`);
    return heard.notes;
  };
  expect(notesOf('start')).toEqual([]);
  expect(notesOf('root btrfs')).toEqual(['/ is btrfs']);
  expect(notesOf('root overlay erofs')).toEqual(['/ is overlay over erofs']);
  expect(notesOf('root \u001b[31m')).toEqual([]);
});

test('the check tells active targets, failed units and why', async () => {
  const heard = await report(
    `case "$*" in
      "is-system-running --wait") echo degraded; exit 1 ;;
      *is-active*) exit 3 ;;
      *--type=target*) echo 'basic.target loaded active active Basic'; echo 'multi-user.target loaded active active M' ;;
      *--state=failed*) echo 'a\\x2db.service loaded failed failed A'; echo 'ldf-check.service loaded failed failed B' ;;
      *--property=Result*) echo exit-code ;;
    esac`,
    `printf 'cannot  open "%%s" $HOME\\n  second\\n'`,
  );
  expect(heard).toMatchObject({ begun: true, ended: true });
  expect(heard.isActive('multi-user.target')).toBe(true);
  expect(heard.isActive('graphical.target')).toBe(false);
  expect(heard.problems).toMatchObject([
    {
      code: 'boot.unit-failed',
      message: 'a\\x2db.service failed (exit-code)',
      evidence: 'cannot  open "%s" $HOME\n  second',
    },
  ]);
});

test('a system without failed units has no problems', async () => {
  const heard = await report('case "$*" in *is-active*) exit 3 ;; esac', 'exit 0');
  expect(heard).toMatchObject({ begun: true, ended: true, problems: [] });
});

test('what else the port says is passed over, and an end without a beginning is none', () => {
  const heard = systemdReport({ screen: true, words: [], questions: [] });
  for (const line of ['BdsDxe: loading Boot0001', 'ldf-check end', 'xldf-check start', 'ldf-check unheard-of x'])
    heard.heard(line);
  expect(heard).toMatchObject({ begun: false, ended: false, problems: [] });
});

test('the check is wanted by the target that every boot reaches', () => {
  expect(credential('systemd.unit-dropin.multi-user.target')).toContain('Wants=ldf-check.service');
});

test('a port that says more than the check does is bounded', () => {
  const heard = systemdReport({ screen: true, words: [], questions: [] });
  heard.heard('ldf-check start');
  for (let index = 0; index < 10_000; index += 1) {
    heard.heard(`ldf-check active ${index}.target`);
    heard.heard(`ldf-check failed ${index}.service ${'x'.repeat(4000)}`);
    heard.heard(`ldf-check journal 0.service ${index} ${'y'.repeat(4000)}`);
  }
  heard.heard(`ldf-check active ${'z'.repeat(4000)}`);
  heard.heard('ldf-check end');
  expect(heard.problems).toHaveLength(50);
  expect(heard.problems[0]?.evidence?.split('\n').map((line) => line.charAt(0))).toEqual(['0', '1', '2', '3', '4']);
  expect(JSON.stringify(heard.problems).length).toBeLessThan(100_000);
  expect(heard.isActive('499.target')).toBe(true);
  expect(heard.isActive('500.target')).toBe(false);
});

const withDisplayManager = 'case "$*" in *--state=failed*) [ -s "$(dirname "$0")/slept" ] && echo x.service ;; esac';

test('a display manager gets the time to draw, and only then are failed units looked for', async () => {
  const heard = await report(withDisplayManager, 'exit 0', 'echo "c1 112 lightdm seat0 800 greeter - no -"');
  expect(await readFile(join(folder, 'slept'), 'utf8')).toMatch(/^(?:3\n){1,30}$/);
  expect(heard.problems).toHaveLength(1);
});

test('a display manager whose greeter never comes is not waited for without end', async () => {
  const heard = await report(withDisplayManager, 'exit 0');
  expect((await readFile(join(folder, 'slept'), 'utf8')).split('\n').length).toBeGreaterThan(40 + 1);
  expect(heard).toMatchObject({ ended: true, problems: [{ code: 'boot.unit-failed' }, { code: 'boot.screen-dark' }] });
}, 60_000);

test('a dark screen is no failure of a machine that has none', () => {
  const reports = [true, false].map((screen) => systemdReport({ screen, words: [], questions: [] }));
  for (const line of ['start', 'dark', 'end']) for (const heard of reports) heard.heard(`ldf-check ${line}`);
  expect(reports.map(({ problems }) => problems.map(({ code }) => code))).toEqual([['boot.screen-dark'], []]);
});

test('words that the kernel was not started with are told, whichever way they are quoted', () => {
  const words = ['quiet', 'foo="a b"', 'unit=a\\x2db'];
  const problemsWith = (line: string) => {
    const heard = systemdReport({ screen: false, words, questions: [] });
    for (const said of ['start', `cmdline ${line}`, 'end']) heard.heard(`ldf-check ${said}`);
    return heard.problems;
  };
  expect(problemsWith('root=x quiet "foo=a b" unit=a\\x2db extra')).toEqual([]);
  expect(problemsWith('root=x foo="a c" unit=a\\x2db')).toMatchObject([
    { code: 'boot.cmdline-lost', message: expect.stringContaining('quiet foo="a b"'), evidence: expect.any(String) },
  ]);
});

test('the check tells the command line of the kernel that it runs on', async () => {
  await report('exit 1', 'exit 0');
  const line = (await readFile('/proc/cmdline', 'utf8')).trimEnd();
  expect(await readFile(join(folder, 'ttyS1'), 'utf8')).toContain(`ldf-check cmdline ${line}\n`);
});

test('what the components ask is put to the guest, and another answer is a problem', async () => {
  const question = (what: string, command: readonly string[], answer: string): Question => ({
    what,
    command,
    matches: (line) => line === answer,
    hint: undefined,
  });
  const questions = [
    question('words stay what they are', ['printf', '%s\\n', "it's $HOME; `id`", 'two'], "it's $HOME; `id`"),
    question('it enforces', ['echo', 'Permissive'], 'Enforcing'),
    question('it is there', ['/nonexistent/program'], 'yes'),
    question('it says anything', ['true'], 'yes'),
  ];
  const heard = await report('exit 1', 'exit 0', 'exit 1', questions);
  expect(heard.problems).toMatchObject([
    { code: 'boot.answer', message: 'it does not show that it enforces', evidence: 'Permissive' },
    { message: 'it does not show that it is there', evidence: expect.stringContaining('/nonexistent/program') },
    { message: 'it does not show that it says anything', evidence: 'true printed nothing' },
  ]);
  expect(heard.ended).toBe(true);
});

test('a guest that was not asked, or is asked by somebody else, has given no wrong answer', () => {
  const question: Question = { what: 'x', command: ['true'], matches: () => false, hint: undefined };
  const heard = systemdReport({ screen: false, words: [], questions: [question] });
  for (const line of ['start', 'answer 7 no', 'answered 7', 'answer 0 no', 'end']) heard.heard(`ldf-check ${line}`);
  expect(heard.problems).toEqual([]);
});
