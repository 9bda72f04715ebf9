import { expect, it } from 'vitest';
import { differences, shortly } from '../../../src/plan/explain.ts';

const request = (hash: string, key: string, content: string, more: object[] = []) => ({
  users: [{ name: 'root', passwordHash: hash, sshKeys: [key], groups: [], shell: '/bin/bash' }, ...more],
  files: [
    {
      path: '/etc/wireguard/wg0.conf',
      content,
      mode: '0600',
      from: { kind: 'definition', pointer: '/system/files/0' },
    },
  ],
});

it('a reason says that a secret changed, and neither what it was nor what it is', () => {
  const found = differences(request('$y$OLD', 'ssh-ed25519 OLD', 'OLD'), request('$y$NEW', 'ssh-ed25519 NEW', 'NEW'));
  expect(found.map(({ what }) => what)).toEqual([
    'files./etc/wireguard/wg0.conf.content',
    'users.root.passwordHash',
    'users.root.sshKeys',
  ]);
  expect(shortly(found)).toBe(
    'files./etc/wireguard/wg0.conf.content: changed, users.root.passwordHash: changed, users.root.sshKeys: changed',
  );
  expect(JSON.stringify(found)).not.toMatch(/OLD|NEW/);
});

it('nor does it say those of a user or a file that was not there', () => {
  const user = { name: 'me', passwordHash: '$y$NEW', sshKeys: ['ssh-ed25519 NEW'], groups: [], shell: '/bin/sh' };
  const found = differences({ ...request('a', 'b', 'c'), files: [] }, request('a', 'b', 'NEW', [user]));
  expect(found).toHaveLength(2);
  expect(JSON.stringify(found)).not.toContain('NEW');
  expect(JSON.stringify(found)).toContain('/bin/sh');
});

it('everything else is cited', () => {
  const shell = (path: string) => ({ users: [{ name: 'u', shell: path }] });
  expect(shortly(differences(shell('/bin/sh'), shell('/bin/zsh')))).toBe('users.u.shell: /bin/sh→/bin/zsh');
});
