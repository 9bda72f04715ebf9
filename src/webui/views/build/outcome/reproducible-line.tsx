/** Whether a build is reproducible, in a line; the check of it where nobody has tried. */
import { Button, Group, Text } from '@mantine/core';
import type { Build } from '../../../../model/build.ts';
import type { Reproducibility } from '../../../../model/reproducibility.ts';
import { AnchorLink } from '../../../parts/anchor.tsx';
import { amber } from '../../../parts/verdict.tsx';
import { canVerify, useVerify } from '../actions/use-verify.tsx';

const verdicts: Readonly<Record<Reproducibility['state'], { words: string; color: string }>> = {
  same: { words: 'Reproducible: built again from scratch, it was the same byte for byte.', color: 'inherit' },
  different: { words: 'Not reproducible: built again from scratch, it had other bytes.', color: 'red' },
  failed: { words: 'Whether it is reproducible is not known: the builds could not be compared.', color: amber },
};

export function ReproducibleLine({ build }: { build: Build }) {
  const { reproducible } = build;
  const { ask, busy } = useVerify(build);
  const { words, color } = reproducible
    ? verdicts[reproducible.state]
    : { words: 'Reproducibility not checked yet.', color: 'inherit' };
  return (
    <Group gap="xs" data-testid="reproducible">
      <Text size="sm" c={color}>
        {words}
      </Text>
      {reproducible ? (
        <AnchorLink to="/builds/$id" params={{ id: build.id }} search={{ tab: 'verification' }} size="sm">
          Details
        </AnchorLink>
      ) : (
        canVerify(build) && (
          <Button size="compact-xs" variant="light" onClick={ask} loading={busy}>
            Check
          </Button>
        )
      )}
    </Group>
  );
}
