/** The work on stage images that this page has going, whichever view began it. */
import { useSyncExternalStore } from 'react';
import { queryClient } from '../../api.ts';
import { ImageWork, type WorkState } from './image-work.ts';

const work = new ImageWork(() => {
  void queryClient.invalidateQueries({ queryKey: ['stage-images'] });
  void queryClient.invalidateQueries({ queryKey: ['system'] });
});

export interface CurrentWork extends WorkState {
  start: ImageWork['start'];
  cancel: () => void;
}

export function useImageWork(): CurrentWork {
  const state = useSyncExternalStore(work.watch, work.state);
  return { ...state, start: (title, run) => work.start(title, run), cancel: () => work.cancel() };
}
