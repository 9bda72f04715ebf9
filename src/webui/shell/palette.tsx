/** The command palette: one field that finds views, distributions, builds, and what can be done on this page. */
import { Box, Group, Kbd, Modal, Text, TextInput } from '@mantine/core';
import { IconSearch } from '@tabler/icons-react';
import { useQuery } from '@tanstack/react-query';
import { useRouter } from '@tanstack/react-router';
import { Fragment, type KeyboardEvent, useEffect, useId, useMemo, useState } from 'react';
import { buildsQuery, distributionsQuery } from '../api.ts';
import { navigation } from './navigation.ts';
import { type PageAction, usePageActions } from './page-actions.ts';
import classes from './palette.module.css';
import { foundEntries, type PaletteEntry } from './palette-entries.ts';

export default function Palette({ onClose }: { onClose: () => void }) {
  const [typed, setTyped] = useState('');
  const [chosen, setChosen] = useState(0);
  const listId = useId();
  const { entries, loading } = useEntries();
  const [entered, setEntered] = useState(false);
  const found = useMemo(() => foundEntries(entries, typed), [entries, typed]);
  const at = Math.min(chosen, found.length - 1);
  const run = (entry: PaletteEntry | undefined) => {
    if (!entry) return;
    onClose();
    entry.run();
  };
  const steps = new Map([
    ['ArrowDown', 1],
    ['ArrowUp', -1],
  ]);
  const onKeyDown = (event: KeyboardEvent) => {
    const step = steps.get(event.key);
    if (step !== undefined) setChosen((at + step + found.length) % Math.max(1, found.length));
    // What was typed may be among those that are still to come.
    else if (event.key === 'Enter' && found.length === 0 && loading) setEntered(true);
    else if (event.key === 'Enter') run(found[at]);
    else return;
    event.preventDefault();
  };
  useEffect(() => {
    if (!entered || (found.length === 0 && loading)) return;
    setEntered(false);
    run(found[0]);
  });
  useEffect(() => {
    // It gives a promise in new browsers, which is no clean-up.
    void document.getElementById(`${listId}-${at}`)?.scrollIntoView({ block: 'nearest' });
  }, [listId, at]);
  return (
    <Modal opened onClose={onClose} withCloseButton={false} padding={0} size={600} yOffset="10vh" aria-label="Commands">
      <TextInput
        data-autofocus
        role="combobox"
        aria-label="Search or run a command"
        aria-expanded
        aria-controls={listId}
        aria-activedescendant={found.length > 0 ? `${listId}-${at}` : undefined}
        placeholder="Search distributions, builds and commands"
        leftSection={<IconSearch size={18} aria-hidden />}
        size="md"
        variant="unstyled"
        className={classes.search}
        value={typed}
        onChange={({ currentTarget }) => {
          setTyped(currentTarget.value);
          setChosen(0);
          setEntered(false);
        }}
        onKeyDown={onKeyDown}
      />
      <div id={listId} role="listbox" aria-label="What was found" className={classes.list}>
        {found.map((entry, index) => (
          <Fragment key={entry.id}>
            {entry.group !== found[index - 1]?.group && (
              <Text size="xs" fw={600} c="dimmed" className={classes.group} role="presentation">
                {entry.group}
              </Text>
            )}
            <Box
              id={`${listId}-${index}`}
              role="option"
              tabIndex={-1}
              aria-selected={index === at}
              className={classes.entry}
              onClick={() => run(entry)}
            >
              <Group justify="space-between" wrap="nowrap" gap="sm">
                <Text size="sm" truncate>
                  {entry.label}{' '}
                  <Text span size="sm" c="dimmed">
                    {entry.about}
                  </Text>
                </Text>
                {entry.key && <Kbd size="xs">{entry.key}</Kbd>}
              </Group>
            </Box>
          </Fragment>
        ))}
      </div>
      {found.length === 0 && (
        <Text size="sm" c="dimmed" p="md" role="status">
          {loading ? 'Searching…' : 'Nothing is called so.'}
        </Text>
      )}
    </Modal>
  );
}

function useEntries(): { entries: PaletteEntry[]; loading: boolean } {
  const router = useRouter();
  const actions = usePageActions();
  const { data: distributions, isPending: noDistributions } = useQuery(distributionsQuery);
  const { data: builds, isPending: noBuilds } = useQuery(buildsQuery());
  const entries = useMemo(
    () => [
      ...actions.map((action: PageAction, index) => ({
        ...action,
        id: `action ${index}`,
        group: 'On this page' as const,
      })),
      ...navigation.map(({ to, label }) => ({
        ...{ id: to, group: 'Views' as const, label },
        run: () => void router.navigate({ to }),
      })),
      ...(distributions?.items ?? []).flatMap(({ id, name, version }) => {
        const to = '/distributions/$id';
        const group = 'Distributions' as const;
        const params = { id };
        return [
          { id, group, label: name, about: version, run: () => void router.navigate({ to, params }) },
          {
            ...{ id: `build ${id}`, group, label: `Build ${name}…` },
            run: () => void router.navigate({ to, params, search: { build: true } }),
          },
          {
            ...{ id: `edit ${id}`, group, label: `Edit ${name}` },
            run: () => void router.navigate({ to: '/distributions/$id/edit', params }),
          },
        ];
      }),
      ...(builds?.items ?? []).map(({ id, name, version, number, state }) => ({
        ...{ id, group: 'Builds' as const, label: `${name} ${version} #${number}`, about: state },
        run: () => void router.navigate({ to: '/builds/$id', params: { id } }),
      })),
    ],
    [router, actions, distributions, builds],
  );
  return { entries, loading: noDistributions || noBuilds };
}
