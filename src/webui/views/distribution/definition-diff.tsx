/** Two definitions as YAML, and what differs. Loaded when it is first needed, with the reader of YAML. */
import { TextDiff } from '../../parts/text-diff.tsx';
import { toYaml } from '../distribution-form/yaml.ts';

interface DefinitionDiffProps {
  before: Record<string, unknown>;
  after: Record<string, unknown>;
  label: string;
}

export default function DefinitionDiff({ before, after, label }: DefinitionDiffProps) {
  return <TextDiff before={toYaml(before)} after={toYaml(after)} label={label} />;
}
