import { Page } from '../../parts/page.tsx';

export function Components() {
  return <Page title="Components">{null}</Page>;
}
