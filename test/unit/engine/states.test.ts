import { describe, expect, it } from 'vitest';
import {
  buildHasEnded,
  buildTransitions,
  checkBuildTransition,
  checkStageTransition,
  stageIsDone,
  stageTransitions,
  stageWentWrong,
} from '../../../src/engine/core/states.ts';
import { buildStates } from '../../../src/model/build.ts';
import { stageStates } from '../../../src/model/stage-run.ts';

describe('the states of a build', () => {
  it('change as the table says, and in no other way', () => {
    for (const from of buildStates)
      for (const to of buildStates) {
        const check = () => checkBuildTransition(from, to);
        if (buildTransitions[from].includes(to)) expect(check).not.toThrow();
        else expect(check).toThrow(`a build cannot go from ${from} to ${to}`);
      }
  });

  it('end, and begin again by a retry alone', () => {
    for (const state of buildStates.filter(buildHasEnded)) expect(buildTransitions[state]).toEqual(['queued']);
    expect(buildStates.filter((state) => !buildHasEnded(state))).toEqual(['queued', 'running']);
    expect(() => checkBuildTransition('queued', 'succeeded')).toThrow();
  });
});

describe('the states of a stage', () => {
  it('change as the table says, and in no other way', () => {
    for (const from of stageStates)
      for (const to of stageStates) {
        const check = () => checkStageTransition(from, to);
        if (stageTransitions[from].includes(to)) expect(check).not.toThrow();
        else expect(check).toThrow(`a stage cannot go from ${from} to ${to}`);
      }
  });

  it('are over for good: what is retried is another attempt', () => {
    const over = stageStates.filter((state) => stageIsDone(state) || stageWentWrong(state));
    expect(stageStates.filter((state) => !over.includes(state))).toEqual(['pending', 'running']);
    for (const state of over) expect(stageTransitions[state]).toEqual([]);
  });
});
