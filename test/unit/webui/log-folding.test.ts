import { describe, expect, it } from 'vitest';
import type { StageState } from '../../../src/model/stage-run.ts';
import type { StageName } from '../../../src/stages/names.ts';
import { LogRows, sectionsOf } from '../../../src/webui/views/build/log/log-rows.ts';
import { LogStore } from '../../../src/webui/views/build/log/log-store.ts';
import { allSections, Folding, outline, type Section } from '../../../src/webui/views/build/log/sections.ts';

/** A journal as it comes, one entry a second. */
class Told {
  /** Nobody looks: what would tell them waits for a frame that never comes. */
  readonly log = new LogStore(() => () => undefined);
  #seconds = 0;

  state(stage: StageName, state: StageState, attempt = 1): this {
    this.log.stage({ type: 'stage', ...this.#place(stage, attempt), state, reason: null, error: null });
    return this;
  }
  phase(stage: StageName, phase: string, item: string | null = null): this {
    this.log.phase({ type: 'phase', ...this.#place(stage, 1), phase, item });
    return this;
  }
  lines(stage: StageName, count: number, text = 'line', attempt = 1): this {
    for (let number = 1; number <= count; number++)
      this.log.append({ type: 'log', ...this.#place(stage, attempt), stream: 'stdout', text: `${text} ${number}` });
    return this;
  }
  #place(stage: StageName, attempt: number) {
    return { at: new Date(1_000 * this.#seconds++).toISOString(), stage, attempt };
  }
}

const named = ({ stage }: { stage: string }) => stage;

/** What is to be seen: headings with `+` when they are folded and `-` when not, and the numbers of lines, `3..5`. */
function seen(log: LogStore, stage?: StageName, folding = new Folding()): string[] {
  const outlines = outline(log.attempts(stage), stage === undefined ? named : undefined);
  folding.settle(allSections(outlines));
  return shown(new LogRows(outlines, (section) => folding.isOpen(section)));
}

function shown(rows: LogRows): string[] {
  const all: string[] = [];
  let first: number | undefined;
  for (let index = 0; index < rows.length; index++) {
    const row = rows.row(index);
    if ('heading' in row) all.push(`${row.open ? '-' : '+'} ${row.heading.title}`);
    else {
      first ??= row.line;
      const next = index + 1 < rows.length ? rows.row(index + 1) : undefined;
      if (next && 'line' in next && next.line === row.line + 1) continue;
      all.push(first === row.line ? `${first}` : `${first}..${row.line}`);
      first = undefined;
    }
  }
  return all;
}

describe('a log that is folded', () => {
  it('has a stage with its phases, and the items of a phase; long ones that have ended well are folded', () => {
    const { log } = new Told()
      .state('assemble', 'running')
      .lines('assemble', 1)
      .phase('assemble', 'verifying packages')
      .phase('assemble', 'unpacking packages', 'libc6')
      .lines('assemble', 20)
      .phase('assemble', 'unpacking packages', 'bash')
      .lines('assemble', 20)
      .phase('assemble', 'users, files and services')
      .lines('assemble', 2)
      .phase('assemble', 'packing rootfs.tar')
      .lines('assemble', 200);
    const running = ['- assemble', '0', '- verifying packages', '+ unpacking packages', '- users, files and services'];
    expect(seen(log)).toEqual([...running, '41..42', '- packing rootfs.tar', '43..242']);
    expect(seen(log, 'assemble')).toEqual([...running.slice(1), '41..42', '- packing rootfs.tar', '43..242']);

    const open = new Folding();
    const unpacking = sectionNamed(log, 'unpacking packages');
    open.choose(unpacking, true);
    expect(seen(log, 'assemble', open).slice(2, 5)).toEqual(['- unpacking packages', '+ libc6', '+ bash']);
    expect([unpacking.startedAt, unpacking.endedAt]).toEqual(['1970-01-01T00:00:03.000Z', '1970-01-01T00:00:45.000Z']);
  });

  it('keeps what tells of an error open, and the last phase of what failed', () => {
    const told = new Told()
      .state('compile', 'running')
      .phase('compile', 'configuring packages', 'one')
      .lines('compile', 3)
      .phase('compile', 'configuring packages', 'two')
      .lines('compile', 1, 'error: no rule')
      .lines('compile', 40)
      .phase('compile', 'linking')
      .lines('compile', 40)
      .state('compile', 'failed');
    expect(seen(told.log)).toEqual([
      ...['- compile', '- configuring packages', '+ one', '- two', '3..43', '- linking', '44..83'],
    ]);
  });

  it('shows stages that ran side by side one after the other, the one that still runs last', () => {
    const { log } = new Told()
      .state('compile', 'running')
      .state('assemble', 'running')
      .lines('compile', 1)
      .lines('assemble', 1)
      .lines('compile', 1)
      .lines('assemble', 1)
      .state('assemble', 'succeeded');
    expect(seen(log)).toEqual(['- assemble', '1', '3', '- compile', '0', '2']);
  });

  it('has the attempts of a stage, numbered as the log of the stage is', () => {
    const { log } = new Told()
      .state('boot', 'running')
      .lines('boot', 2)
      .state('boot', 'failed')
      .state('boot', 'running', 2)
      .lines('boot', 2, 'line', 2);
    const outlines = outline(log.attempts('boot'), ({ attempt }) => `Attempt ${attempt}`);
    expect(shown(new LogRows(outlines, () => true))).toEqual(['- Attempt 1', '0..1', '- Attempt 2', '2..3']);
    const second = new LogRows(outline(log.attempts('boot', 2), undefined), () => true);
    expect(shown(second)).toEqual(['0..1']);
  });

  it('folds nothing that somebody opened, and nothing that ends while it is read', () => {
    const told = new Told().state('compile', 'running').phase('compile', 'compiling').lines('compile', 50);
    const folding = new Folding();
    expect(seen(told.log, 'compile', folding)).toEqual(['- compiling', '0..49']);
    told.phase('compile', 'installing').lines('compile', 1);
    const outlines = outline(told.log.attempts('compile'), undefined);
    expect(shown(new LogRows(outlines, (section) => folding.isOpen(section)))).toContain('- compiling');
    expect(seen(told.log, 'compile', folding)).toContain('+ compiling');
    folding.choose(sectionNamed(told.log, 'compiling'), true);
    expect(seen(told.log, 'compile', folding)).toContain('- compiling');
  });

  it('finds a line, or the heading that it is folded under', () => {
    const { log } = new Told()
      .state('compile', 'running')
      .phase('compile', 'preparing')
      .lines('compile', 2)
      .phase('compile', 'compiling')
      .lines('compile', 50)
      .state('compile', 'succeeded')
      .state('boot', 'running')
      .lines('boot', 1);
    const outlines = outline(log.attempts(), named);
    const open = new LogRows(outlines, () => true);
    for (const line of [0, 1, 2, 51, 52]) expect(open.row(open.rowOf(line) ?? -1)).toEqual({ line });
    expect(open.rowOf(53)).toBeUndefined();
    const folded = new LogRows(outlines, ({ title }) => title !== 'compiling');
    const row = folded.row(folded.rowOf(30) ?? -1);
    expect('heading' in row && row.heading.title).toBe('compiling');
    expect(sectionsOf(outlines, 30).map(({ title }) => title)).toEqual(['compile', 'compiling']);
    expect(sectionsOf(outlines, 99)).toEqual([]);
    expect(() => open.row(open.length)).toThrow(RangeError);
    // Whatever is asked for before it.
    expect([open.key(0), open.key(56), open.key(1), open.key(3)]).toEqual(['compile 1', 52, 'compile 1/0', 1]);
  });
});

function sectionNamed(log: LogStore, title: string): Section {
  const found = [...allSections(outline(log.attempts(), named))].find((section) => section.title === title);
  if (!found) throw new Error(`no section ${title}`);
  return found;
}
