/** What a build can be asked for beyond what the definition says. */
import { Checkbox, Group, Input, NumberInput, SegmentedControl, SimpleGrid, Stack, Switch } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { architectures } from '../../../architecture.ts';
import type { BuildOptions } from '../../../model/build.ts';
import type { ListedComponent } from '../../../model/component.ts';
import { componentsQuery } from '../../api.ts';

interface ChoicesProps {
  options: BuildOptions;
  change: (part: Partial<BuildOptions>) => void;
  arch: BuildOptions['arch'];
  formats: readonly string[];
}

export function Choices({ options, change, arch, formats }: ChoicesProps) {
  return (
    <Stack gap="sm">
      <Group gap="xl" align="flex-start">
        <Input.Wrapper labelElement="div" label="Architecture">
          <div>
            <SegmentedControl
              aria-label="Architecture"
              mt={4}
              data={[...architectures]}
              value={arch ?? ''}
              onChange={(value) => change({ arch: architectures.find((one) => one === value) })}
            />
          </div>
        </Input.Wrapper>
        <Formats arch={arch} chosen={formats} onChange={(next) => change({ formats: next })} />
      </Group>
      <SimpleGrid cols={{ base: 1, xs: 2 }} spacing="lg">
        <Switch
          label="Boot test"
          description="Start the image in a VM and wait for a login prompt."
          checked={options.boot}
          onChange={(event) => change({ boot: event.currentTarget.checked })}
        />
        <Switch
          label="No cache"
          description="Rebuild everything, ignoring cached results."
          checked={options.noCache}
          onChange={(event) => change({ noCache: event.currentTarget.checked })}
        />
        <NumberInput
          label="Priority"
          description="Higher goes first, −100 to 100."
          value={options.priority}
          min={-100}
          max={100}
          allowDecimal={false}
          clampBehavior="strict"
          onChange={(value) => change({ priority: Number(value) || 0 })}
          size="xs"
          maw={210}
        />
      </SimpleGrid>
    </Stack>
  );
}

function Formats(props: { arch: BuildOptions['arch']; chosen: readonly string[]; onChange: (next: string[]) => void }) {
  const { arch, chosen, onChange } = props;
  const { data: components = [] } = useQuery(componentsQuery);
  const formats = components.filter(({ kind }) => kind === 'format');
  const supports = (format: ListedComponent) => arch === undefined || format.arch.includes(arch);
  return (
    <Checkbox.Group
      label="Formats"
      value={[...chosen]}
      onChange={(next) => onChange(next)}
      error={chosen.length === 0 && formats.length > 0 ? 'Choose at least one.' : undefined}
    >
      <Group gap="md" mt={8}>
        {formats.map((format) => (
          <Checkbox
            key={format.name}
            value={format.name}
            label={format.title}
            disabled={!supports(format)}
            description={supports(format) ? undefined : `Not for ${arch}.`}
            title={format.summary}
          />
        ))}
      </Group>
    </Checkbox.Group>
  );
}
