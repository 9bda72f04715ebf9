/** Work on stage images, one at a time: what it says, how it ended, and the way to end it. */
import { useRef, useState } from 'react';
import type { ImageProgress } from '../../../client/client.ts';
import { queryClient } from '../../api.ts';

/** So many lines of its output are shown. */
const shownLines = 200;

export interface ImageWork {
  running: boolean;
  title: string | undefined;
  /** The newest step of each image. */
  steps: ReadonlyMap<string, ImageProgress>;
  lines: readonly string[];
  outcome: { ok: true } | { ok: false; error: unknown } | undefined;
  start: (title: string, run: (signal: AbortSignal) => AsyncIterable<ImageProgress> | Promise<void>) => void;
  cancel: () => void;
}

type State = Pick<ImageWork, 'running' | 'title' | 'steps' | 'lines' | 'outcome'>;

const idle: State = { running: false, title: undefined, steps: new Map(), lines: [], outcome: undefined };

export function useImageWork(): ImageWork {
  const [state, setState] = useState(idle);
  const ending = useRef<AbortController>(undefined);
  const start: ImageWork['start'] = (title, run) => {
    const controller = new AbortController();
    ending.current = controller;
    setState({ ...idle, running: true, title });
    const follow = async () => {
      const work = run(controller.signal);
      if (work instanceof Promise) return work;
      for await (const progress of work) setState((before) => told(before, progress));
    };
    follow()
      .then(
        () => setState((before) => ({ ...before, running: false, outcome: { ok: true } })),
        (error: unknown) =>
          setState((before) =>
            controller.signal.aborted ? idle : { ...before, running: false, outcome: { ok: false, error } },
          ),
      )
      .finally(() => {
        void queryClient.invalidateQueries({ queryKey: ['stage-images'] });
        void queryClient.invalidateQueries({ queryKey: ['system'] });
      });
  };
  return { ...state, start, cancel: () => ending.current?.abort() };
}

function told(state: State, progress: ImageProgress): State {
  if (progress.kind === 'log') return { ...state, lines: [...state.lines, progress.text].slice(-shownLines) };
  return { ...state, steps: new Map(state.steps).set(progress.image, progress) };
}
