import { Page } from '../../parts/page.tsx';

export function NewDistribution() {
  return <Page title="NewDistribution">{null}</Page>;
}
