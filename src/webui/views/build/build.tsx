import { Page } from '../../parts/page.tsx';

export function Build() {
  return <Page title="Build">{null}</Page>;
}
