import { Page } from '../../parts/page.tsx';

export function StageImages() {
  return <Page title="StageImages">{null}</Page>;
}
