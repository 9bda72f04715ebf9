import { Page } from '../../parts/page.tsx';

export function EditDistribution() {
  return <Page title="EditDistribution">{null}</Page>;
}
